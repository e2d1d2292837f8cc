-- +goose Up

-- Row-level security holds for the migration, too: it names every company that has an account (no other has a session yet).
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- What an agent's chosen status and open workspaces come to, kept as it changes, and how many sessions the agent has: so that
-- who can be given a session is read from an index, however many agents there are.
ALTER TABLE agents
    ADD COLUMN presence    text NOT NULL DEFAULT 'offline' CHECK (presence IN ('online', 'away', 'offline')),
    ADD COLUMN presence_at timestamptz NOT NULL DEFAULT 'epoch', -- since when
    ADD COLUMN load        integer NOT NULL DEFAULT 0 CHECK (load >= 0),
    ADD COLUMN busy_at     timestamptz;                          -- when a session last came or went: the longest ago is the longest idle
UPDATE agents a SET load = (SELECT count(*) FROM sessions s WHERE s.company_id = a.company_id AND s.uid = a.uid AND s.state IN (0, 1, 2));
CREATE INDEX agents_least_busy ON agents (company_id, load, last_assigned_at NULLS FIRST, uid) WHERE presence = 'online' AND load < capacity AND disabled_at IS NULL;
CREATE INDEX agents_round_robin ON agents (company_id, last_assigned_at NULLS FIRST, uid) WHERE presence = 'online' AND load < capacity AND disabled_at IS NULL;
CREATE INDEX agents_longest_idle ON agents (company_id, busy_at NULLS FIRST, uid) WHERE presence = 'online' AND load < capacity AND disabled_at IS NULL;

-- How a group chooses, and where its sessions may go, too, when nobody of it took them for overflow_after seconds: to another
-- group, or (where none is named) to anybody.
ALTER TABLE groups
    DROP CONSTRAINT groups_strategy_check,
    ADD CONSTRAINT groups_strategy_check CHECK (strategy IN ('least_busy', 'round_robin', 'longest_idle', 'in_order')),
    ADD COLUMN overflow_after    bigint CHECK (overflow_after > 0),
    ADD COLUMN overflow_group_id bigint,
    ADD FOREIGN KEY (company_id, overflow_group_id) REFERENCES groups (company_id, group_id),
    ADD CONSTRAINT overflow_has_a_time CHECK (overflow_group_id IS NULL OR overflow_after IS NOT NULL),
    ADD CONSTRAINT overflow_goes_elsewhere CHECK (overflow_group_id <> group_id);

-- How long a customer's exclusive agent who is not online is waited for before others may take the session; 0: not at all.
ALTER TABLE companies ADD COLUMN exclusive_wait bigint NOT NULL DEFAULT 0 CHECK (exclusive_wait >= 0);

ALTER TABLE sessions
    ADD COLUMN rank          bigint NOT NULL DEFAULT 0,       -- serving order, the smallest first: when it queued in ms since 1970, less ten minutes for each step of priority
    ADD COLUMN held          boolean NOT NULL DEFAULT false,  -- kept for the exclusive agent: nobody else may take it yet
    ADD COLUMN home_group_id bigint,                          -- the group it was for before it overflowed: its members may take it, too
    ADD COLUMN due_at        timestamptz,                     -- when time will next do something to it, or a moment before: whoever finds it due looks again
    ADD FOREIGN KEY (company_id, home_group_id) REFERENCES groups (company_id, group_id),
    ADD CONSTRAINT held_while_queueing CHECK (NOT held OR (state = 3 AND exclusive_uid IS NOT NULL)),
    ADD CONSTRAINT closed_is_never_due CHECK (state >= 0 OR due_at IS NULL);
UPDATE sessions SET rank = (extract(epoch FROM queued_at) * 1000)::bigint - priority * 600000::bigint, due_at = CASE WHEN state >= 0 THEN now() END;
DROP INDEX sessions_queue, sessions_queue_user, sessions_queue_exclusive;
CREATE INDEX sessions_queue ON sessions (company_id, appid, group_id, rank, session_id) WHERE state = 3 AND target_uid IS NULL AND NOT held;
CREATE INDEX sessions_queue_home ON sessions (company_id, appid, home_group_id, rank, session_id) WHERE state = 3 AND target_uid IS NULL AND NOT held AND home_group_id IS NOT NULL;
CREATE INDEX sessions_queue_user ON sessions (company_id, target_uid, rank, session_id) WHERE state = 3 AND target_uid IS NOT NULL;
CREATE INDEX sessions_queue_exclusive ON sessions (company_id, exclusive_uid, rank, session_id) WHERE state = 3 AND exclusive_uid IS NOT NULL;
CREATE INDEX sessions_due ON sessions (company_id, due_at) WHERE due_at IS NOT NULL;

-- Whatever gives a session to an agent or takes it away is counted here, so that no one can forget it. Two agents are counted
-- in the order of their numbers, as everybody locks them.
-- +goose StatementBegin
CREATE FUNCTION count_load() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    had bigint := CASE WHEN TG_OP = 'UPDATE' AND OLD.state IN (0, 1, 2) THEN OLD.uid END;
    has bigint := CASE WHEN NEW.state IN (0, 1, 2) THEN NEW.uid END;
    one bigint;
BEGIN
    IF had IS NOT DISTINCT FROM has THEN
        RETURN NULL;
    END IF;
    FOR one IN SELECT u FROM unnest(ARRAY[had, has]) u WHERE u IS NOT NULL ORDER BY u LOOP
        UPDATE agents SET load = load + CASE WHEN one = has THEN 1 ELSE -1 END, busy_at = GREATEST(busy_at, NEW.assigned_at, NEW.closed_at)
        WHERE company_id = NEW.company_id AND uid = one;
    END LOOP;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sessions_load AFTER UPDATE OF state, uid ON sessions FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.uid IS DISTINCT FROM NEW.uid) EXECUTE FUNCTION count_load();
CREATE TRIGGER sessions_load_new AFTER INSERT ON sessions FOR EACH ROW WHEN (NEW.uid IS NOT NULL) EXECUTE FUNCTION count_load();

-- +goose Down
SELECT 1;
