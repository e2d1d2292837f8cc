-- name: AgentGet :one
SELECT * FROM agents WHERE company_id = @company_id AND uid = @uid;

-- name: AgentsOfCompany :many
SELECT * FROM agents WHERE company_id = @company_id ORDER BY uid;

-- name: AgentLock :one
-- Agents are locked without their keys: a new session that names one as its customer's own need not wait.
SELECT * FROM agents WHERE company_id = @company_id AND uid = @uid FOR NO KEY UPDATE;

-- name: AgentsLock :many
-- Everybody who could be given a session, locked in one order, so that two who give out sessions count one after the other.
SELECT * FROM agents WHERE company_id = @company_id AND disabled_at IS NULL AND capacity > 0 ORDER BY uid FOR NO KEY UPDATE;

-- name: AgentsLockNamed :many
-- Those whom an act concerns, locked in the one order in which everybody locks agents.
SELECT * FROM agents WHERE company_id = @company_id AND uid = ANY(@uids::bigint[]) ORDER BY uid FOR NO KEY UPDATE;

-- name: AgentsLockThese :many
-- Those of these who could be given a session, locked in one order.
SELECT * FROM agents WHERE company_id = @company_id AND uid = ANY(@uids::bigint[]) AND disabled_at IS NULL AND capacity > 0 ORDER BY uid FOR NO KEY UPDATE;

-- name: AgentsFree :many
-- Who can take a session, the least busy first.
SELECT uid, (capacity - load)::integer AS places FROM agents WHERE company_id = @company_id AND presence = 'online' AND load < capacity AND disabled_at IS NULL
ORDER BY load, last_assigned_at NULLS FIRST, uid LIMIT @max;

-- name: AgentsFreeOf :many
-- Those of these who can take a session.
SELECT uid, (capacity - load)::integer AS places FROM agents
WHERE company_id = @company_id AND uid = ANY(@uids::bigint[]) AND presence = 'online' AND load < capacity AND disabled_at IS NULL;

-- name: AgentsFreeLeastBusy :many
-- The first in the order of an index who can take a session of an account and are in one of these groups (none named: in any).
SELECT a.uid FROM agents a WHERE a.company_id = @company_id AND a.presence = 'online' AND a.load < a.capacity AND a.disabled_at IS NULL
  AND EXISTS (SELECT FROM seats s WHERE s.company_id = a.company_id AND s.appid = @appid AND s.uid = a.uid)
  AND (cardinality(@group_ids::bigint[]) = 0 OR EXISTS (SELECT FROM group_members m WHERE m.company_id = a.company_id AND m.group_id = ANY(@group_ids::bigint[]) AND m.uid = a.uid))
ORDER BY a.load, a.last_assigned_at NULLS FIRST, a.uid LIMIT @max;

-- name: AgentsFreeRoundRobin :many
SELECT a.uid FROM agents a WHERE a.company_id = @company_id AND a.presence = 'online' AND a.load < a.capacity AND a.disabled_at IS NULL
  AND EXISTS (SELECT FROM seats s WHERE s.company_id = a.company_id AND s.appid = @appid AND s.uid = a.uid)
  AND (cardinality(@group_ids::bigint[]) = 0 OR EXISTS (SELECT FROM group_members m WHERE m.company_id = a.company_id AND m.group_id = ANY(@group_ids::bigint[]) AND m.uid = a.uid))
ORDER BY a.last_assigned_at NULLS FIRST, a.uid LIMIT @max;

-- name: AgentsFreeLongestIdle :many
SELECT a.uid FROM agents a WHERE a.company_id = @company_id AND a.presence = 'online' AND a.load < a.capacity AND a.disabled_at IS NULL
  AND EXISTS (SELECT FROM seats s WHERE s.company_id = a.company_id AND s.appid = @appid AND s.uid = a.uid)
  AND (cardinality(@group_ids::bigint[]) = 0 OR EXISTS (SELECT FROM group_members m WHERE m.company_id = a.company_id AND m.group_id = ANY(@group_ids::bigint[]) AND m.uid = a.uid))
ORDER BY a.busy_at NULLS FIRST, a.uid LIMIT @max;

-- name: AgentsFreeInOrder :many
-- The first of some groups: of each in its own order, one group after the other.
SELECT a.uid FROM group_members m JOIN agents a USING (company_id, uid)
WHERE m.company_id = @company_id AND m.group_id = ANY(@group_ids::bigint[]) AND a.presence = 'online' AND a.load < a.capacity AND a.disabled_at IS NULL
  AND EXISTS (SELECT FROM seats s WHERE s.company_id = a.company_id AND s.appid = @appid AND s.uid = a.uid)
ORDER BY array_position(@group_ids::bigint[], m.group_id), m.position, m.uid LIMIT @max;

-- name: AgentPut :exec
INSERT INTO agents (company_id, uid, name, role, email, password, capacity)
VALUES (@company_id, @uid, @name, @role, @email, @password, @capacity)
ON CONFLICT (company_id, uid) DO UPDATE SET name = excluded.name, role = excluded.role, email = excluded.email,
    password = excluded.password, capacity = excluded.capacity;

-- name: AgentStreams :one
-- What the agent's workspaces come to: whether one is open at a process that lives, and when the last one closed.
SELECT COALESCE(bool_or(c.left_at IS NULL), false)::boolean AS open, COALESCE(max(c.left_at), 'epoch')::timestamptz AS left_at
FROM connections c JOIN instances i USING (instance_id)
WHERE c.company_id = @company_id AND c.uid = @uid AND i.seen_at >= @alive_since;

-- name: AgentPresenceSet :exec
-- The one statement that says what an agent's presence is. The agent is locked.
UPDATE agents SET status = @status, presence = @presence, presence_at = @presence_at, active_at = @active_at, due_at = @due_at
WHERE company_id = @company_id AND uid = @uid;

-- name: AgentDueSet :exec
-- When to look again, unless something happened meanwhile.
UPDATE agents SET due_at = @due_at WHERE company_id = @company_id AND uid = @uid AND due_at = @was::timestamptz;

-- name: AgentsDue :many
SELECT uid FROM agents WHERE company_id = @company_id AND due_at <= @now::timestamptz ORDER BY due_at LIMIT @max;

-- name: AgentsAmiss :many
-- Those who leave their presence to their workspaces, and whose presence is not what these say: a process died, or was held for
-- dead and is not.
SELECT a.company_id, a.uid FROM agents a
WHERE a.company_id = ANY(@company_ids::uuid[]) AND a.status = 'auto' AND a.presence <> 'offline' AND NOT EXISTS (
    SELECT FROM connections c JOIN instances i USING (instance_id)
    WHERE c.company_id = a.company_id AND c.uid = a.uid AND i.seen_at >= @alive_since AND (c.left_at IS NULL OR c.left_at >= @left_since::timestamptz))
UNION ALL
SELECT a.company_id, a.uid FROM agents a
WHERE a.company_id = ANY(@company_ids::uuid[]) AND a.status = 'auto' AND a.presence = 'offline' AND a.disabled_at IS NULL AND EXISTS (
    SELECT FROM connections c JOIN instances i USING (instance_id)
    WHERE c.company_id = a.company_id AND c.uid = a.uid AND i.seen_at >= @alive_since AND c.left_at IS NULL);

-- name: AgentAssigned :exec
UPDATE agents SET last_assigned_at = @at::timestamptz WHERE company_id = @company_id AND uid = @uid;

-- name: AgentPasswordSet :one
UPDATE agents SET password = @password WHERE company_id = @company_id AND uid = @uid RETURNING login_epoch;

-- name: AgentPreferencesSet :exec
UPDATE agents SET locale = @locale, theme = @theme WHERE company_id = @company_id AND uid = @uid;

-- name: AgentsOnline :many
-- Who of these companies is online.
SELECT company_id, uid FROM agents WHERE company_id = ANY(@company_ids::uuid[]) AND presence = 'online' ORDER BY company_id, uid;

-- name: AgentsRetime :many
-- Has the next agents behind one looked at anew whose presence may be due at another time now.
WITH batch AS (
    SELECT o.uid FROM agents o WHERE o.company_id = @company_id AND (o.due_at IS NOT NULL OR o.presence <> 'offline') AND o.uid > @after ORDER BY o.uid LIMIT @max FOR NO KEY UPDATE
), anew AS (
    UPDATE agents a SET due_at = @at::timestamptz FROM batch b WHERE a.company_id = @company_id AND a.uid = b.uid
)
SELECT uid FROM batch ORDER BY uid;

-- name: AgentPlacesSet :exec
-- Where the agent has seats, and up to how many conversations what waits for them opens by itself.
UPDATE agents SET every_account = @every_account, conversations = @conversations WHERE company_id = @company_id AND uid = @uid;

-- name: AgentDisabledSet :exec
-- Since when the agent may not log in and is given nothing; null: they may.
UPDATE agents SET disabled_at = @disabled_at WHERE company_id = @company_id AND uid = @uid;

-- name: AgentsOpening :many
-- Those whose waiting sessions open by themselves, and who have some.
SELECT a.company_id, a.uid FROM agents a WHERE a.company_id = ANY(@company_ids::uuid[]) AND a.conversations > 0 AND a.presence = 'online'
  AND EXISTS (SELECT FROM sessions s WHERE s.company_id = a.company_id AND s.uid = a.uid AND s.state = 0);
