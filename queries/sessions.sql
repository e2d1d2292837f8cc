-- name: SessionsLive :many
-- The live sessions of the customers of a group of callbacks, who are locked already.
SELECT s.* FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@openids::text[]) AS openid) k
JOIN sessions s ON s.company_id = k.company_id AND s.appid = k.appid AND s.openid = k.openid AND s.state >= 0;

-- name: SessionsHear :exec
-- What a group of callbacks leaves of its sessions: new ones are made, live ones go on.
INSERT INTO sessions AS s (company_id, session_id, appid, openid, state, type, target_uid, group_id, exclusive_uid, created_at, queued_at, oldest_at,
    last_seq, heard, version, waiting_since, last_at, last_opercode, last_type, last_text, held, home_group_id, due_at, rank, not_before, left_message,
    owed, told_opens, told_ahead, told_wait, told_at, priority, aimed_by)
SELECT k.company_id, k.session_id, k.appid, k.openid, 3, k.type, NULLIF(k.target_uid, 0), NULLIF(k.group_id, 0), NULLIF(k.exclusive_uid, 0), k.created_at, k.created_at, k.oldest_at,
    k.last_seq, k.heard, k.version, NULLIF(k.waiting_since, '0001-01-01 00:00:00+00'), k.last_at, k.last_opercode, k.last_type, k.last_text,
    k.held, NULLIF(k.home_group_id, 0), NULLIF(k.due_at, '0001-01-01 00:00:00+00'),
    k.rank, NULLIF(k.not_before, '0001-01-01 00:00:00+00'), k.left_message,
    k.owed, NULLIF(k.told_opens, '0001-01-01 00:00:00+00'), NULLIF(k.told_ahead, -1), k.told_wait, NULLIF(k.told_at, '0001-01-01 00:00:00+00'),
    k.priority, NULLIF(k.aimed_by, '')::jsonb
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@session_ids::uuid[]) AS session_id, unnest(@appids::text[]) AS appid,
        unnest(@openids::text[]) AS openid, unnest(@types::text[]) AS type, unnest(@target_uids::bigint[]) AS target_uid,
        unnest(@group_ids::bigint[]) AS group_id, unnest(@exclusive_uids::bigint[]) AS exclusive_uid,
        unnest(@created_ats::timestamptz[]) AS created_at, unnest(@oldest_ats::timestamptz[]) AS oldest_at, unnest(@last_seqs::integer[]) AS last_seq,
        unnest(@heards::integer[]) AS heard, unnest(@versions::bigint[]) AS version, unnest(@waiting_sinces::timestamptz[]) AS waiting_since,
        unnest(@last_ats::timestamptz[]) AS last_at, unnest(@last_opercodes::smallint[]) AS last_opercode,
        unnest(@last_types::smallint[]) AS last_type, unnest(@last_texts::text[]) AS last_text,
        unnest(@helds::boolean[]) AS held, unnest(@home_group_ids::bigint[]) AS home_group_id, unnest(@due_ats::timestamptz[]) AS due_at,
        unnest(@not_befores::timestamptz[]) AS not_before, unnest(@left_messages::boolean[]) AS left_message,
        unnest(@oweds::text[]) AS owed, unnest(@told_opens::timestamptz[]) AS told_opens, unnest(@told_aheads::integer[]) AS told_ahead,
        unnest(@told_waits::bigint[]) AS told_wait, unnest(@told_ats::timestamptz[]) AS told_at,
        unnest(@priorities::integer[]) AS priority, unnest(@ranks::bigint[]) AS rank, unnest(@aimed_bys::text[]) AS aimed_by) k
ON CONFLICT (company_id, session_id) DO UPDATE SET type = excluded.type, target_uid = excluded.target_uid, group_id = excluded.group_id,
    oldest_at = excluded.oldest_at, last_seq = excluded.last_seq, heard = excluded.heard, version = excluded.version, waiting_since = excluded.waiting_since,
    last_at = excluded.last_at, last_opercode = excluded.last_opercode, last_type = excluded.last_type, last_text = excluded.last_text,
    held = excluded.held, home_group_id = excluded.home_group_id, due_at = excluded.due_at,
    not_before = excluded.not_before, left_message = excluded.left_message, owed = excluded.owed,
    told_opens = excluded.told_opens, told_ahead = excluded.told_ahead, told_wait = excluded.told_wait, told_at = excluded.told_at,
    priority = excluded.priority, rank = excluded.rank, aimed_by = excluded.aimed_by;

-- name: SessionsHeard :exec
-- What a group of callbacks leaves of sessions of which nothing else has changed: most of them, in a third of the columns.
UPDATE sessions AS s SET oldest_at = k.oldest_at, last_seq = k.last_seq, heard = k.heard, version = k.version,
    waiting_since = NULLIF(k.waiting_since, '0001-01-01 00:00:00+00'),
    last_at = k.last_at, last_opercode = k.last_opercode, last_type = k.last_type, last_text = k.last_text
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@session_ids::uuid[]) AS session_id, unnest(@oldest_ats::timestamptz[]) AS oldest_at,
        unnest(@last_seqs::integer[]) AS last_seq, unnest(@heards::integer[]) AS heard, unnest(@versions::bigint[]) AS version,
        unnest(@waiting_sinces::timestamptz[]) AS waiting_since, unnest(@last_ats::timestamptz[]) AS last_at,
        unnest(@last_opercodes::smallint[]) AS last_opercode, unnest(@last_types::smallint[]) AS last_type,
        unnest(@last_texts::text[]) AS last_text) k
WHERE s.company_id = k.company_id AND s.session_id = k.session_id;

-- name: SessionGet :one
SELECT * FROM sessions WHERE company_id = @company_id AND session_id = @session_id;

-- name: SessionLiveOf :one
SELECT * FROM sessions WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND state >= 0;

-- name: SessionSave :exec
-- Whatever a rule may change of a session. The customer is locked.
UPDATE sessions SET state = @state, type = @type, target_uid = @target_uid, group_id = @group_id, exclusive_uid = @exclusive_uid, uid = @uid,
    customer_service_id = @customer_service_id, priority = @priority, queued_at = @queued_at, assigned_at = @assigned_at, taken_at = @taken_at,
    closed_at = @closed_at, closed_why = @closed_why, last_seq = @last_seq, seen_seq = @seen_seq, seen_heard = @seen_heard, version = @version, waiting_since = @waiting_since,
    last_at = @last_at, last_opercode = @last_opercode, last_type = @last_type, last_text = @last_text,
    rank = @rank, held = @held, home_group_id = @home_group_id, due_at = @due_at, left_uid = @left_uid, guests = COALESCE(@guests::bigint[], '{}'), requeued_at = @requeued_at, not_before = @not_before, left_message = @left_message,
    owed = @owed, told_opens = @told_opens, told_ahead = @told_ahead, told_wait = @told_wait, told_at = @told_at,
    aimed_by = @aimed_by
WHERE company_id = @company_id AND session_id = @session_id;

-- name: SessionSeen :execrows
UPDATE sessions SET seen_seq = @seq, seen_heard = CASE WHEN @seq >= last_seq THEN heard ELSE seen_heard END WHERE company_id = @company_id AND session_id = @session_id AND uid = @uid AND seen_seq < @seq;

-- name: SessionTurn :one
-- A reader of the thread would see a change: its version grows.
UPDATE sessions SET version = version + 1 WHERE company_id = @company_id AND session_id = @session_id RETURNING version;

-- name: SessionsQueueing :many
-- The heads of those queues that some agents may take from, behind a place of the serving order: of the groups, each at an account; of
-- the groups for which they were first (0: wherever they are now); of no group; for the agents by name; and of their own
-- customers. Each is read from the front of an index; that is why the third names its group, which is null, in its order.
SELECT q.session_id, q.appid, q.openid, q.rank FROM (SELECT unnest(@group_appids::text[]) AS appid, unnest(@group_ids::bigint[]) AS group_id) k
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.company_id = @company_id AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held AND s.appid = k.appid AND s.group_id = k.group_id
    AND (s.left_uid IS NULL OR s.left_uid <> @gave_back::bigint) AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) AND s.session_id <> ALL(@but::uuid[])
    AND (s.rank, s.session_id) > (@after_rank::bigint, @after_id::uuid) ORDER BY s.rank, s.session_id LIMIT @max) q
UNION
SELECT q.session_id, q.appid, q.openid, q.rank FROM (SELECT unnest(@home_appids::text[]) AS appid, unnest(@home_group_ids::bigint[]) AS home_group_id, unnest(@now_group_ids::bigint[]) AS group_id) k
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.company_id = @company_id AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held AND s.appid = k.appid AND s.home_group_id = k.home_group_id
    AND (k.group_id = 0 OR s.group_id = k.group_id)
    AND (s.left_uid IS NULL OR s.left_uid <> @gave_back::bigint) AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) AND s.session_id <> ALL(@but::uuid[])
    AND (s.rank, s.session_id) > (@after_rank::bigint, @after_id::uuid) ORDER BY s.rank, s.session_id LIMIT @max) q
UNION
SELECT q.session_id, q.appid, q.openid, q.rank FROM unnest(@appids::text[]) AS k (appid)
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.company_id = @company_id AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held AND s.appid = k.appid AND s.group_id IS NULL
    AND (s.left_uid IS NULL OR s.left_uid <> @gave_back::bigint) AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) AND s.session_id <> ALL(@but::uuid[])
    AND (s.rank, s.session_id) > (@after_rank::bigint, @after_id::uuid) ORDER BY s.group_id, s.rank, s.session_id LIMIT @max) q
UNION
SELECT q.session_id, q.appid, q.openid, q.rank FROM unnest(@uids::bigint[]) AS k (uid)
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.company_id = @company_id AND s.state = 3 AND s.target_uid = k.uid
    AND EXISTS (SELECT FROM seats e WHERE e.company_id = @company_id AND e.appid = s.appid AND e.uid = k.uid)
    AND (s.left_uid IS NULL OR s.left_uid <> @gave_back::bigint) AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) AND s.session_id <> ALL(@but::uuid[])
    AND (s.rank, s.session_id) > (@after_rank::bigint, @after_id::uuid) ORDER BY s.rank, s.session_id LIMIT @max) q
UNION
SELECT q.session_id, q.appid, q.openid, q.rank FROM unnest(@uids::bigint[]) AS k (uid)
CROSS JOIN LATERAL (SELECT * FROM sessions s WHERE s.company_id = @company_id AND s.state = 3 AND s.exclusive_uid = k.uid
    AND EXISTS (SELECT FROM seats e WHERE e.company_id = @company_id AND e.appid = s.appid AND e.uid = k.uid)
    AND (s.left_uid IS NULL OR s.left_uid <> @gave_back::bigint) AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) AND s.session_id <> ALL(@but::uuid[])
    AND (s.rank, s.session_id) > (@after_rank::bigint, @after_id::uuid) ORDER BY s.rank, s.session_id LIMIT @max) q
ORDER BY rank, session_id
LIMIT @max;

-- name: SessionsByID :many
SELECT * FROM sessions WHERE company_id = @company_id AND session_id = ANY(@session_ids::uuid[]);

-- name: SessionLoad :one
SELECT count(*)::bigint FROM sessions WHERE company_id = @company_id AND state IN (0, 1, 2) AND uid = @uid;

-- name: SessionsOfAgent :many
-- An agent's own list, and the group conversations that they are a guest in, with what a row shows.
SELECT sqlc.embed(s), c.remark, a.name AS account_name,
    EXISTS (SELECT FROM messages m WHERE m.company_id = s.company_id AND m.session_id = s.session_id AND m.seq = s.last_seq AND m.delivery = 'failed') AS last_failed
FROM sessions s JOIN customers c USING (company_id, appid, openid) JOIN accounts a USING (company_id, appid)
WHERE s.company_id = @company_id AND s.session_id IN (
    SELECT o.session_id FROM sessions o WHERE o.company_id = @company_id AND o.uid = @uid AND o.state IN (0, 1, 2)
    UNION ALL SELECT p.session_id FROM participants p WHERE p.company_id = @company_id AND p.uid = @uid AND p.left_at IS NULL)
ORDER BY s.assigned_at, s.session_id LIMIT @max;

-- name: SessionsShown :many
-- These sessions with what a row of a list shows, in serving order.
SELECT sqlc.embed(s), c.remark, a.name AS account_name
FROM sessions s JOIN customers c USING (company_id, appid, openid) JOIN accounts a USING (company_id, appid)
WHERE s.company_id = @company_id AND s.session_id = ANY(@session_ids::uuid[])
ORDER BY s.rank, s.session_id;

-- name: SessionsLiveOfCompany :many
-- All that Redis should know of a company, in the order of the index of live sessions: the closed ones cost nothing.
SELECT company_id, session_id, appid, openid, state, uid, customer_service_id, group_id, priority, queued_at, assigned_at, taken_at, oldest_at
FROM sessions WHERE company_id = @company_id AND state >= 0 AND (appid, openid) > (@appid::text, @openid::text)
ORDER BY appid, openid LIMIT @max;

-- name: SessionPlaces :many
-- Where these sessions are now: what an index of them outside the database looks at after it has written.
SELECT s.company_id, s.session_id, s.appid, s.openid, s.state, s.uid, s.customer_service_id, s.group_id, s.priority, s.queued_at, s.assigned_at, s.taken_at, s.oldest_at
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@session_ids::uuid[]) AS session_id) k
JOIN sessions s ON s.company_id = k.company_id AND s.session_id = k.session_id;

-- name: SessionsPage :many
SELECT * FROM sessions s
WHERE s.company_id = @company_id AND s.session_id > @after
  AND (sqlc.narg(state)::smallint IS NULL OR s.state = sqlc.narg(state)::smallint)
  AND (sqlc.narg(appid)::text IS NULL OR s.appid = sqlc.narg(appid)::text)
  AND (sqlc.narg(openid)::text IS NULL OR s.openid = sqlc.narg(openid)::text)
  AND (sqlc.narg(uid)::bigint IS NULL OR s.uid = sqlc.narg(uid)::bigint)
  AND (sqlc.narg(left_message)::boolean IS NULL OR s.left_message = sqlc.narg(left_message)::boolean)
ORDER BY s.session_id LIMIT @max;

-- name: SessionsMoved :many
-- For an event stream whose log was lost: whatever is elsewhere since. Not asked often, so no index is kept for it.
SELECT * FROM sessions s
WHERE s.company_id = @company_id AND s.session_id > @after
  AND GREATEST(s.queued_at, s.assigned_at, s.taken_at, s.closed_at) >= @since::timestamptz
ORDER BY s.session_id LIMIT @max;

-- name: SessionsOfCustomer :many
-- Earlier sessions of a customer, newest first.
SELECT * FROM sessions WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND session_id < @before
ORDER BY session_id DESC LIMIT @max;

-- name: CompaniesQueueing :many
-- Which of these companies have a queue: one look into each of the indexes of queues, however long they are.
SELECT k.company_id::uuid AS company_id FROM unnest(@company_ids::uuid[]) AS k (company_id)
LEFT JOIN LATERAL (SELECT s.company_id FROM sessions s WHERE s.company_id = k.company_id AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held ORDER BY s.appid, s.group_id LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT s.company_id FROM sessions s WHERE s.company_id = k.company_id AND s.state = 3 AND s.target_uid IS NOT NULL ORDER BY s.target_uid LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT s.company_id FROM sessions s WHERE s.company_id = k.company_id AND s.state = 3 AND s.exclusive_uid IS NOT NULL ORDER BY s.exclusive_uid LIMIT 1) e ON true
WHERE COALESCE(a.company_id, t.company_id, e.company_id) IS NOT NULL;

-- name: SessionsMonitored :many
-- What the monitor shows: a company's live sessions, in the order in which they began.
SELECT sqlc.embed(s), c.remark, a.name AS account_name,
    EXISTS (SELECT FROM messages m WHERE m.company_id = s.company_id AND m.session_id = s.session_id AND m.seq = s.last_seq AND m.delivery = 'failed') AS last_failed
FROM sessions s JOIN customers c USING (company_id, appid, openid) JOIN accounts a USING (company_id, appid)
WHERE s.company_id = @company_id AND s.state >= 0 AND s.session_id > @after
  AND (sqlc.narg(state)::smallint IS NULL OR s.state = sqlc.narg(state)::smallint)
  AND (sqlc.narg(uid)::bigint IS NULL OR s.uid = sqlc.narg(uid)::bigint OR sqlc.narg(uid)::bigint = ANY(s.guests))
  AND (sqlc.narg(group_id)::bigint IS NULL OR s.group_id = sqlc.narg(group_id)::bigint)
ORDER BY s.session_id LIMIT @max;

-- name: SessionsCounted :many
-- How many live sessions a company has in each state, each counted to a limit: nobody reads a longer number.
SELECT k.state::smallint AS state, n.total::bigint AS total FROM (VALUES (3), (0), (1), (2)) AS k (state)
CROSS JOIN LATERAL (SELECT count(*) AS total FROM (SELECT FROM sessions s WHERE s.company_id = @company_id AND s.state = k.state LIMIT @max) l) n;

-- name: SessionsDue :many
-- The first of a company that are due, to be locked and looked at.
SELECT session_id, appid, openid FROM sessions WHERE company_id = @company_id AND due_at <= @now::timestamptz ORDER BY due_at LIMIT @max;

-- name: SessionDueSet :exec
-- When to look at it again.
UPDATE sessions SET due_at = @due_at WHERE company_id = @company_id AND session_id = @session_id AND state >= 0;

-- name: SessionsRetime :many
-- Has the next live sessions of a company behind one looked at anew, before what is only due: its times or hours have changed.
WITH batch AS (
    SELECT o.session_id FROM sessions o WHERE o.company_id = @company_id AND o.state >= 0 AND o.session_id > @after ORDER BY o.session_id LIMIT @max FOR NO KEY UPDATE
), anew AS (
    UPDATE sessions s SET due_at = 'epoch' FROM batch b WHERE s.company_id = @company_id AND s.session_id = b.session_id
)
SELECT session_id FROM batch ORDER BY session_id;

-- name: SessionIDsOfAgent :many
-- Those that an agent has in some states.
SELECT session_id FROM sessions WHERE company_id = @company_id AND uid = @uid AND state = ANY(@states::smallint[]) AND state IN (0, 1, 2) ORDER BY session_id;

-- name: SessionsForget :exec
UPDATE sessions SET last_text = '' WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: SessionWaitingOf :one
-- The head of an agent's waiting list.
SELECT session_id FROM sessions WHERE company_id = @company_id AND uid = @uid AND state IN (0, 1, 2) AND state = 0 ORDER BY assigned_at, session_id LIMIT 1;

-- name: SessionsConversing :one
-- How many conversations an agent has.
SELECT count(*)::bigint FROM sessions WHERE company_id = @company_id AND uid = @uid AND state IN (0, 1, 2) AND state IN (1, 2);
