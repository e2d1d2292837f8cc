-- name: EventsHeard :many
SELECT k.place::integer AS place, e.answer, e.answer_data
FROM (SELECT unnest(@places::integer[]) AS place, unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid,
        unnest(@keys::text[]) AS key) k
CROSS JOIN LATERAL (SELECT x.answer, x.answer_data FROM events x WHERE x.company_id = k.company_id AND x.appid = k.appid AND x.wechat_key = k.key OFFSET 0) e;

-- name: EventInsert :exec
INSERT INTO events (company_id, event_id, appid, openid, created_at, event, event_key, wechat_key, session_id, rule_id, answer, answer_data, raw)
VALUES (@company_id, @event_id, @appid, @openid, @created_at, @event, @event_key, @wechat_key, @session_id, @rule_id, @answer, @answer_data, @raw);

-- name: EventsOfCustomer :many
SELECT * FROM events WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND event_id >= @after
ORDER BY event_id DESC LIMIT @max;

-- name: EventsForget :exec
UPDATE events SET raw = '', event_key = '', answer = '', answer_data = NULL WHERE company_id = @company_id AND appid = @appid AND openid = @openid;
