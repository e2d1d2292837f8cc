-- name: AccountEventInsert :execrows
-- No row: it was heard before.
INSERT INTO account_events (company_id, event_id, appid, created_at, event, wechat_key, raw)
VALUES (@company_id, @event_id, @appid, @created_at, @event, @wechat_key, @raw)
ON CONFLICT (company_id, appid, wechat_key) DO NOTHING;

-- name: AccountEventsLast :many
SELECT * FROM account_events WHERE company_id = @company_id AND appid = @appid ORDER BY event_id DESC LIMIT @max;
