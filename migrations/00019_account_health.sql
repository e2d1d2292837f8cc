-- +goose Up

-- What WeChat said of an account itself: verified, expired, a mass message done. Nobody wrote it, so it makes no customer.
CREATE TABLE account_events (
    company_id uuid NOT NULL,
    event_id   uuid NOT NULL,
    appid      text NOT NULL,
    created_at timestamptz NOT NULL,              -- WeChat's CreateTime
    event      text NOT NULL,                     -- lower case
    wechat_key text NOT NULL CHECK (wechat_key <> ''),
    raw        text NOT NULL,                     -- the document as it came
    PRIMARY KEY (company_id, event_id),
    UNIQUE (company_id, appid, wechat_key),       -- WeChat repeats a callback that it thinks we missed
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('account_events');

-- How many callbacks of an account came in each half hour, for its page of health. Processes count in memory and add now and then, so the
-- figures are a little behind, and what a process that dies had counted is lost.
CREATE TABLE callback_counts (
    company_id uuid NOT NULL,
    appid      text NOT NULL,
    began_at   timestamptz NOT NULL,              -- the half hour's
    taken      integer NOT NULL DEFAULT 0,        -- messages and events
    late       integer NOT NULL DEFAULT 0,        -- of these: answered so late that WeChat was about to repeat them
    refused    integer NOT NULL DEFAULT 0,        -- that could not be believed or read
    PRIMARY KEY (company_id, appid, began_at),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('callback_counts');

-- What went wrong at an account lately, without reading what did not.
CREATE INDEX messages_failed ON messages (company_id, appid, created_at) WHERE delivery IN ('failed', 'uncertain');
CREATE INDEX media_failed ON media (company_id, appid, created_at) WHERE state IN ('failed', 'expired');
CREATE INDEX customers_push_failed ON customers (company_id, appid) WHERE push_code IS NOT NULL AND push_due IS NULL;

-- +goose Down
SELECT 1;
