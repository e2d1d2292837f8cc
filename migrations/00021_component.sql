-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- The third-party platform (第三方平台) through which companies connect accounts by a scan. It is the operator's and stands outside every
-- company; an installation has at most one. What is secret is sealed before it comes here.
CREATE TABLE components (
    appid            text PRIMARY KEY CHECK (appid ~ '^[A-Za-z0-9_-]{1,64}$'),
    secret           bytea NOT NULL,
    token            bytea NOT NULL,
    aes_key          bytea NOT NULL,
    previous_aes_key bytea,                         -- WeChat may still use it while a key is being changed
    ticket           bytea,                         -- the newest that WeChat pushed: good for 12 hours
    ticket_at        timestamptz,                   -- and when WeChat made it
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticket_has_a_time CHECK ((ticket IS NULL) = (ticket_at IS NULL))
);
CREATE UNIQUE INDEX components_one ON components ((true));
GRANT SELECT, INSERT, UPDATE, DELETE ON components TO weir_app;

-- An attempt at connecting by scan. WeChat's event about it names no company, only the code that the attempt was begun with, so this is
-- asked before the company is known. The browser comes back with the state. Of both only hashes are kept.
CREATE TABLE pre_auth_codes (
    code_hash       bytea PRIMARY KEY,
    state_hash      bytea NOT NULL UNIQUE,
    component_appid text NOT NULL REFERENCES components ON DELETE CASCADE,
    company_id      uuid NOT NULL,
    uid             bigint NOT NULL,
    made_at         timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    used_at         timestamptz,                    -- somebody is turning it into an account, or has
    appid           text,                           -- the account that it became
    refused         text NOT NULL DEFAULT '',       -- or why it can become none: the key of the sentence
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid) ON DELETE CASCADE
);
CREATE INDEX pre_auth_codes_until ON pre_auth_codes (until);
GRANT SELECT, INSERT, UPDATE, DELETE ON pre_auth_codes TO weir_app;

-- An account is connected directly, by its own secrets, or by the component that its owner authorised. The refresh token is what the
-- authorisation hangs on: lost, only the owner can make another. An account that was moved to another company leaves its row and its
-- history here, and nothing that opens it.
ALTER TABLE accounts
    ADD COLUMN via             text NOT NULL DEFAULT 'direct' CHECK (via IN ('direct', 'component')),
    ADD COLUMN component_appid text REFERENCES components,
    ADD COLUMN refresh_token   bytea,
    ADD COLUMN functions       integer[] NOT NULL DEFAULT '{}',     -- WeChat's numbers of the permission sets
    ADD COLUMN authorised_at   timestamptz,
    ADD COLUMN unauthorised_at timestamptz,                         -- the owner withdrew it, or WeChat does not know it any more
    ADD COLUMN moved_at        timestamptz,
    ALTER COLUMN secret DROP NOT NULL,
    ALTER COLUMN token DROP NOT NULL,
    DROP CONSTRAINT encryption_needs_a_key,
    ADD CONSTRAINT encryption_needs_a_key CHECK (moved_at IS NOT NULL OR via = 'component' OR mode = 'plain' OR aes_key IS NOT NULL),
    ADD CONSTRAINT connected_by_what_it_takes CHECK (moved_at IS NOT NULL OR CASE via
        WHEN 'direct' THEN secret IS NOT NULL AND token IS NOT NULL
        ELSE component_appid IS NOT NULL AND refresh_token IS NOT NULL AND authorised_at IS NOT NULL END),
    ADD CONSTRAINT withdrawn_was_authorised CHECK (unauthorised_at IS NULL OR via = 'component'),
    ADD CONSTRAINT moved_opens_nothing CHECK (moved_at IS NULL OR secret IS NULL AND token IS NULL AND aes_key IS NULL AND previous_aes_key IS NULL AND refresh_token IS NULL);

-- +goose Down
SELECT 1;
