-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- WeChat opens two windows for a customer: quota_ by a message of theirs, event_ by a menu click, a follow or a scan. What is sent
-- counts against both, and goes for as long as one of them has something left. So far there was one, with what had opened it.
ALTER TABLE customers
    ADD COLUMN event_allowed   smallint NOT NULL DEFAULT 0,
    ADD COLUMN event_used      integer NOT NULL DEFAULT 0 CHECK (event_used >= 0),
    ADD COLUMN event_opened_at timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN event_until     timestamptz NOT NULL DEFAULT 'epoch',
    ADD COLUMN event_key       text NOT NULL DEFAULT '',
    ALTER COLUMN quota_used TYPE integer;
UPDATE customers SET event_allowed = quota_allowed, event_used = quota_used, event_opened_at = quota_opened_at, event_until = quota_until, event_key = quota_key,
    quota_allowed = 0, quota_used = 0, quota_opened_at = 'epoch', quota_until = 'epoch', quota_key = ''
WHERE quota_trigger = 'event';
ALTER TABLE customers DROP COLUMN quota_trigger;

-- +goose Down
SELECT 1;
