-- +goose Up

-- Whose waiting sessions open by themselves: few, and asked about often.
CREATE INDEX agents_opening ON agents (company_id, uid) WHERE conversations > 0 AND presence = 'online';

-- +goose Down
SELECT 1;
