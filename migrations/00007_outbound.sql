-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- How many messages of ours wait for this customer's next message: whoever hears from them knows without looking.
ALTER TABLE customers ADD COLUMN held integer NOT NULL DEFAULT 0 CHECK (held >= 0);

-- The place of the message that was sent in the stead of one that failed.
ALTER TABLE messages ADD COLUMN resent_seq integer CHECK (resent_seq > 0);

-- Why nothing is sent for an account: WeChat's code, and the address that it wants in its list. Callbacks are taken all the
-- while (that is paused_at). probe_at: when one message is tried, to see whether it works again.
ALTER TABLE accounts
    ADD COLUMN trouble_at   timestamptz,
    ADD COLUMN trouble_code integer NOT NULL DEFAULT 0,
    ADD COLUMN trouble_say  text NOT NULL DEFAULT '',      -- the key of the sentence
    ADD COLUMN trouble_ip   text NOT NULL DEFAULT '',
    ADD COLUMN probe_at     timestamptz,
    ADD COLUMN probes       integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT trouble_is_probed CHECK ((trouble_at IS NULL) = (probe_at IS NULL));

-- +goose Down
SELECT 1;
