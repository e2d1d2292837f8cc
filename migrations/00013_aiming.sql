-- +goose Up

-- How long a session for an agent by name waits for that agent alone, in seconds, before others may have it; 0: not at all.
ALTER TABLE companies ADD COLUMN target_wait bigint NOT NULL DEFAULT 300 CHECK (target_wait >= 0);
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION company_retime() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agents    boolean := (OLD.away_after, OLD.grace) IS DISTINCT FROM (NEW.away_after, NEW.grace);
    customers boolean := OLD.reclaim_after <> NEW.reclaim_after;
    sessions  boolean := (OLD.queue_timeout, OLD.reception_timeout, OLD.idle_timeout, OLD.exclusive_wait, OLD.target_wait, OLD.timezone)
        IS DISTINCT FROM (NEW.queue_timeout, NEW.reception_timeout, NEW.idle_timeout, NEW.exclusive_wait, NEW.target_wait, NEW.timezone);
BEGIN
    NEW.retime := true;
    NEW.retimes := OLD.retimes + 1;
    NEW.retime_agents := NEW.retime_agents OR agents;
    NEW.retime_customers := NEW.retime_customers OR customers;
    NEW.retime_sessions := NEW.retime_sessions OR sessions OR NOT (agents OR customers);
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER companies_retime_target BEFORE UPDATE ON companies FOR EACH ROW
    WHEN (OLD.target_wait IS DISTINCT FROM NEW.target_wait) EXECUTE FUNCTION company_retime();

-- What a session that comes to a group, or is sent by a rule, has of priority in the queue: the highest goes first.
ALTER TABLE groups ADD COLUMN priority integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100);
ALTER TABLE rules ADD COLUMN assign_priority integer NOT NULL DEFAULT 0 CHECK (assign_priority BETWEEN -100 AND 100);

-- What said for whom the session is: {"kind": "rule", "rule_id": 7, "name": "售后"}. NULL: nothing did, it went to the account's default group or to anybody.
ALTER TABLE sessions ADD COLUMN aimed_by jsonb;

ALTER TABLE agents
    ADD COLUMN every_account boolean NOT NULL DEFAULT true,                              -- a seat at every account, also at those to come; else the seats are chosen
    ADD COLUMN conversations integer NOT NULL DEFAULT 0 CHECK (conversations >= 0);      -- up to how many what waits is opened by itself; 0: the agent opens it

-- Who waits for an agent who cannot come any more is looked at again at once, and every copy of the company is read anew.
-- +goose StatementBegin
CREATE FUNCTION company_reseat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE companies SET retime = true, retime_sessions = true, retimes = retimes + 1, version = version + 1 WHERE company_id = OLD.company_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER agents_reseat AFTER UPDATE OF disabled_at ON agents FOR EACH ROW
    WHEN (OLD.disabled_at IS DISTINCT FROM NEW.disabled_at) EXECUTE FUNCTION company_reseat();
CREATE TRIGGER seats_reseat AFTER DELETE ON seats FOR EACH ROW EXECUTE FUNCTION company_reseat();

-- +goose Down
SELECT 1;
