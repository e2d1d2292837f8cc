-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- What a rule answers is a list of messages, in this order: [{"type": "text", "text": …}, {"type": "news", "title": …}, …]. What is known of an
-- upload that one carries stands beside it, so that a callback is answered without looking.
ALTER TABLE rules ADD COLUMN pieces jsonb NOT NULL DEFAULT '[]';
UPDATE rules SET pieces = COALESCE((SELECT jsonb_agg(jsonb_build_object('type', 'text', 'text', t) ORDER BY n) FROM unnest(reply) WITH ORDINALITY AS x (t, n)), '[]');
ALTER TABLE rules DROP CONSTRAINT a_rule_does_something;
ALTER TABLE rules DROP COLUMN reply;
ALTER TABLE rules RENAME COLUMN pieces TO reply;
ALTER TABLE rules ADD CONSTRAINT a_rule_does_something CHECK (jsonb_array_length(reply) > 0 OR assign_uid IS NOT NULL OR assign_group_id IS NOT NULL);

-- What was answered to an event at once, where it was no text: a repeat is answered the same.
ALTER TABLE events ADD COLUMN answer_data jsonb;

-- +goose Down
SELECT 1;
