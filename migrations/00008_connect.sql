-- +goose Up

-- What WeChat's callbacks to an account have shown lately, for whoever connects it or looks after it. Each process notes at most
-- one in some seconds, so the times are a little behind.
CREATE TABLE account_callbacks (
    company_id  uuid NOT NULL,
    appid       text NOT NULL,
    verified_at timestamptz,                    -- WeChat asked whether the URL is ours, and was answered
    heard_at    timestamptz,                    -- a message or an event was taken
    refused_at  timestamptz,                    -- one could not be believed or read
    refused     text NOT NULL DEFAULT '',       -- and why
    PRIMARY KEY (company_id, appid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('account_callbacks');

-- +goose Down
SELECT 1;
