-- +goose Up

-- What a customer is told of their session. owed: what an act did to it and the answer to their next message will say. What they
-- were told last: of which opening, how many were before them, and how long it would take (seconds; 0: nothing was said of it).
-- told_at: when their place was last looked at, told or not.
ALTER TABLE sessions
    ADD COLUMN owed       text NOT NULL DEFAULT '' CHECK (owed IN ('', 'connected', 'returned', 'noted')),
    ADD COLUMN told_opens timestamptz,
    ADD COLUMN told_ahead integer,
    ADD COLUMN told_wait  bigint NOT NULL DEFAULT 0,
    ADD COLUMN told_at    timestamptz;

-- How long those who were given out of a queue last had to wait, in seconds; who had not to wait is not here. It is only written
-- behind, so that nobody waits for anybody here. Group 0 is the queue of no group.
CREATE TABLE queue_waits (
    company_id uuid NOT NULL,
    appid      text NOT NULL,
    group_id   bigint NOT NULL,
    given_at   timestamptz NOT NULL,
    session_id uuid NOT NULL,
    wait       bigint NOT NULL,
    PRIMARY KEY (company_id, appid, group_id, given_at, session_id),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id)
);
SELECT fence('queue_waits');

-- Other hours, or another clock, are other times: what waits for an opening is reckoned anew, whoever changes them.
CREATE TRIGGER groups_rehour AFTER UPDATE ON groups FOR EACH ROW WHEN (OLD.hours IS DISTINCT FROM NEW.hours) EXECUTE FUNCTION group_retime();
CREATE TRIGGER accounts_rehour AFTER UPDATE ON accounts FOR EACH ROW WHEN (OLD.hours IS DISTINCT FROM NEW.hours) EXECUTE FUNCTION group_retime();
CREATE TRIGGER companies_rehour BEFORE UPDATE ON companies FOR EACH ROW WHEN (OLD.timezone <> NEW.timezone) EXECUTE FUNCTION company_retime();

-- +goose Down
SELECT 1;
