-- +goose Up

-- Row-level security holds for the migration, too: it names every company that has an account or an agent.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM (SELECT company_id FROM appids UNION SELECT company_id FROM logins) c), ''), true);

-- Which times have changed, so that nothing else is looked at anew; and how often any has: whoever has looked at everything
-- knows whether they have changed again meanwhile.
ALTER TABLE companies
    ADD COLUMN retime_agents    boolean NOT NULL DEFAULT false,
    ADD COLUMN retime_sessions  boolean NOT NULL DEFAULT false,
    ADD COLUMN retime_customers boolean NOT NULL DEFAULT false,
    ADD COLUMN retimes          bigint NOT NULL DEFAULT 0;
UPDATE companies SET retime_agents = true, retime_sessions = true, retime_customers = true WHERE retime;

-- What else calls this (other hours, another time zone) is about sessions.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION company_retime() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agents    boolean := (OLD.away_after, OLD.grace) IS DISTINCT FROM (NEW.away_after, NEW.grace);
    customers boolean := OLD.reclaim_after <> NEW.reclaim_after;
    sessions  boolean := (OLD.queue_timeout, OLD.reception_timeout, OLD.idle_timeout, OLD.exclusive_wait, OLD.timezone)
        IS DISTINCT FROM (NEW.queue_timeout, NEW.reception_timeout, NEW.idle_timeout, NEW.exclusive_wait, NEW.timezone);
BEGIN
    NEW.retime := true;
    NEW.retimes := OLD.retimes + 1;
    NEW.retime_agents := NEW.retime_agents OR agents;
    NEW.retime_customers := NEW.retime_customers OR customers;
    NEW.retime_sessions := NEW.retime_sessions OR sessions OR NOT (agents OR customers);
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION group_retime() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE companies SET retime = true, retime_sessions = true, retimes = retimes + 1 WHERE company_id = NEW.company_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
SELECT 1;
