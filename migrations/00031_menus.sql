-- +goose Up

-- The custom menu of an account, under the conversation on its customers' phones. draft is what people here work on, published what WeChat
-- was given last (null: nothing, or it was taken back): buttons as the desk writes them. The texts that buttons answer with are read from both.
CREATE TABLE menus (
    company_id   uuid NOT NULL,
    appid        text NOT NULL,
    draft        jsonb NOT NULL DEFAULT '[]',
    published    jsonb,
    published_at timestamptz,
    by_uid       bigint,                             -- who published it or took it back
    PRIMARY KEY (company_id, appid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE,
    FOREIGN KEY (company_id, by_uid) REFERENCES agents (company_id, uid),
    CONSTRAINT published_some_time CHECK (published IS NULL OR published_at IS NOT NULL)
);
SELECT fence('menus');

-- +goose Down
SELECT 1;
