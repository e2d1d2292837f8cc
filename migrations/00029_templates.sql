-- +goose Up

-- The templates of an account, as WeChat has them: of template messages, and of subscription notices (kind subscribe). With them a customer can be
-- written to when WeChat takes nothing else. An admin may keep some from the agents.
CREATE TABLE templates (
    company_id  uuid NOT NULL,
    appid       text NOT NULL,
    template_id text NOT NULL CHECK (template_id <> ''),
    kind        text NOT NULL CHECK (kind IN ('template', 'subscribe')),
    title       text NOT NULL,
    content     text NOT NULL,
    fields      jsonb NOT NULL,                       -- [{key, label, most}]: what is filled in, in order
    hidden      boolean NOT NULL DEFAULT false,
    read_at     timestamptz NOT NULL,
    PRIMARY KEY (company_id, appid, template_id),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('templates');

-- When WeChat is asked for an account's templates next. There is a row once somebody wanted them: who never does is never asked about.
CREATE TABLE template_readings (
    company_id uuid NOT NULL,
    appid      text NOT NULL,
    due_at     timestamptz NOT NULL,
    read_at    timestamptz,                          -- null: never yet
    attempts   smallint NOT NULL DEFAULT 0,
    code       integer NOT NULL DEFAULT 0,           -- WeChat's last no; 0: none
    PRIMARY KEY (company_id, appid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('template_readings');
CREATE INDEX template_readings_due ON template_readings (company_id, due_at);

-- WeChat may tell what became of a template message before its answer to the sending is kept, which names the message. Such a result lies
-- here until then.
CREATE TABLE template_results (
    company_id  uuid NOT NULL,
    appid       text NOT NULL,
    openid      text NOT NULL,
    msgid       text NOT NULL,
    template_id text NOT NULL,                       -- of notices, which WeChat does not always name; else empty
    code        integer NOT NULL,                    -- 0: it arrived
    reason      text NOT NULL,
    PRIMARY KEY (company_id, appid, openid, msgid),
    FOREIGN KEY (company_id, appid, openid) REFERENCES customers (company_id, appid, openid) ON DELETE CASCADE
);
SELECT fence('template_results');

-- The notices whose result is open, for when WeChat tells it by their template and not by a name.
CREATE INDEX messages_accepted ON messages (company_id, appid, openid, created_at) WHERE delivery_reason = 'delivery.accepted';

-- +goose Down
SELECT 1;
