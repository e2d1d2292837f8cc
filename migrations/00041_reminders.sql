-- +goose Up

-- What an agent wants to be reminded of about a customer, and when. came_at: its time has come, and the agent's lists show it until it is
-- done or put off.
CREATE TABLE reminders (
    company_id  uuid NOT NULL,
    reminder_id uuid NOT NULL,
    uid         bigint NOT NULL,                     -- whom it reminds: who made it
    appid       text NOT NULL,
    openid      text NOT NULL,
    text        text NOT NULL,
    due_at      timestamptz NOT NULL,
    came_at     timestamptz,
    done_at     timestamptz,
    PRIMARY KEY (company_id, reminder_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid),
    FOREIGN KEY (company_id, appid, openid) REFERENCES customers (company_id, appid, openid)
);
SELECT fence('reminders');
CREATE INDEX reminders_due ON reminders (company_id, due_at) WHERE came_at IS NULL AND done_at IS NULL;
CREATE INDEX reminders_open ON reminders (company_id, uid, due_at) WHERE done_at IS NULL;

-- +goose Down
SELECT 1;
