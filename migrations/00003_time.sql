-- +goose Up

-- Row-level security holds for the migration, too: it names every company that has an account or an agent.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM (SELECT company_id FROM appids UNION SELECT company_id FROM logins) c), ''), true);

-- Seconds: after how long without a sign of activity an agent with an open workspace is away (0: never), and how long an agent
-- who went offline keeps what is in conversation. retime: its times have changed, and what is due when must be reckoned again.
ALTER TABLE companies
    ADD COLUMN away_after bigint NOT NULL DEFAULT 900 CHECK (away_after >= 0),
    ADD COLUMN grace      bigint NOT NULL DEFAULT 300 CHECK (grace >= 0),
    ADD COLUMN retime     boolean NOT NULL DEFAULT false;
CREATE INDEX companies_retime ON companies (company_id) WHERE retime;

-- due_at: when time will next do something to the agent's presence or sessions, or a moment before.
ALTER TABLE agents
    ADD COLUMN active_at timestamptz,                -- the last sign that a person is at the workspace, to about a minute
    ADD COLUMN due_at    timestamptz;
UPDATE agents SET presence = status, presence_at = now() WHERE status <> 'auto' AND disabled_at IS NULL;
CREATE INDEX agents_due ON agents (company_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX agents_present ON agents (company_id, uid) WHERE status = 'auto' AND presence <> 'offline';

ALTER TABLE sessions ADD COLUMN requeued_at timestamptz; -- when it last came back into the queue; null: it never left it

-- When the customer's exclusive agent is to be taken from them for want of replies, or before: whoever finds it due looks again.
ALTER TABLE customers ADD COLUMN reclaim_at timestamptz;
UPDATE customers SET reclaim_at = now() WHERE exclusive_uid IS NOT NULL;
CREATE INDEX customers_reclaim ON customers (company_id, reclaim_at) WHERE reclaim_at IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION reclaim_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.reclaim_at := CASE WHEN NEW.exclusive_uid IS NOT NULL THEN
        COALESCE(NEW.exclusive_since, now()) + (SELECT reclaim_after FROM companies WHERE company_id = NEW.company_id) * interval '1 second' END;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER customers_reclaim BEFORE UPDATE OF exclusive_uid ON customers FOR EACH ROW
    WHEN (OLD.exclusive_uid IS DISTINCT FROM NEW.exclusive_uid) EXECUTE FUNCTION reclaim_later();
CREATE TRIGGER customers_reclaim_new BEFORE INSERT ON customers FOR EACH ROW WHEN (NEW.exclusive_uid IS NOT NULL) EXECUTE FUNCTION reclaim_later();

-- Whoever disables an agent, or changes a time, need not remember what follows from it.
-- +goose StatementBegin
CREATE FUNCTION agent_disabled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.due_at := NEW.disabled_at;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER agents_disabled BEFORE UPDATE OF disabled_at ON agents FOR EACH ROW
    WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION agent_disabled();
-- +goose StatementBegin
CREATE FUNCTION company_retime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.retime := true;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER companies_retime BEFORE UPDATE ON companies FOR EACH ROW
    WHEN ((OLD.queue_timeout, OLD.reception_timeout, OLD.idle_timeout, OLD.reclaim_after, OLD.exclusive_wait, OLD.away_after, OLD.grace)
        IS DISTINCT FROM (NEW.queue_timeout, NEW.reception_timeout, NEW.idle_timeout, NEW.reclaim_after, NEW.exclusive_wait, NEW.away_after, NEW.grace))
    EXECUTE FUNCTION company_retime();
-- +goose StatementBegin
CREATE FUNCTION group_retime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE companies SET retime = true WHERE company_id = NEW.company_id AND NOT retime;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER groups_retime AFTER UPDATE ON groups FOR EACH ROW
    WHEN ((OLD.overflow_after, OLD.overflow_group_id) IS DISTINCT FROM (NEW.overflow_after, NEW.overflow_group_id)) EXECUTE FUNCTION group_retime();

-- +goose Down
SELECT 1;
