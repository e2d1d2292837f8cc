-- name: MessagesHeard :many
-- Which of these callbacks were heard before: WeChat repeats a callback it thinks we missed. A message is known by its key; its time only
-- says in which month to look, and a day on either side is looked at, too. Each is looked up by itself (OFFSET 0 keeps it so): a join would be
-- planned by how large the month was once. @since and @until are the earliest and the latest of them, with that day, so that no other
-- month is even opened.
SELECT k.place::integer AS place, m.session_id, m.seq
FROM (SELECT unnest(@places::integer[]) AS place, unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid,
        unnest(@keys::text[]) AS key, unnest(@created_ats::timestamptz[]) AS created_at) k
CROSS JOIN LATERAL (SELECT x.session_id, x.seq FROM messages x
    WHERE x.company_id = k.company_id AND x.appid = k.appid AND x.wechat_key = k.key
      AND x.created_at >= k.created_at - interval '1 day' AND x.created_at <= k.created_at + interval '1 day'
      AND x.created_at >= @since::timestamptz AND x.created_at <= @until::timestamptz ORDER BY x.created_at LIMIT 1 OFFSET 0) m;

-- name: MessagesInsert :exec
INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, uid, customer_service_id, opercode, message_type, text, data,
    wechat_key, rule_id, version, delivery, next_try_at, sent_at)
SELECT k.company_id, k.message_id, k.created_at, NULLIF(k.session_id, '00000000-0000-0000-0000-000000000000'), NULLIF(k.seq, 0), k.appid, k.openid,
    NULLIF(k.uid, 0), NULLIF(k.customer_service_id, 0), k.opercode, k.message_type, k.text, NULLIF(k.data, '')::jsonb,
    NULLIF(k.wechat_key, ''), NULLIF(k.rule_id, 0), k.version, NULLIF(k.delivery, ''), CASE WHEN k.delivery = 'queued' THEN k.created_at END,
    CASE WHEN k.delivery = 'sent' THEN k.created_at END
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@message_ids::uuid[]) AS message_id,
        unnest(@created_ats::timestamptz[]) AS created_at, unnest(@session_ids::uuid[]) AS session_id, unnest(@seqs::integer[]) AS seq,
        unnest(@appids::text[]) AS appid, unnest(@openids::text[]) AS openid, unnest(@uids::bigint[]) AS uid,
        unnest(@customer_service_ids::bigint[]) AS customer_service_id, unnest(@opercodes::smallint[]) AS opercode,
        unnest(@message_types::smallint[]) AS message_type, unnest(@texts::text[]) AS text, unnest(@datas::text[]) AS data,
        unnest(@wechat_keys::text[]) AS wechat_key, unnest(@rule_ids::bigint[]) AS rule_id, unnest(@versions::bigint[]) AS version,
        unnest(@deliveries::text[]) AS delivery) k;

-- name: MessageAnswer :one
-- The passive reply that stands right behind a message, for when WeChat repeats it.
SELECT message_type, text, data FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq = @seq AND wechat_key = @wechat_key;

-- name: MessagesAfter :many
-- What a reader who has seen @after still lacks. It misses nothing: seq is handed out under the customer's row lock.
SELECT * FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq > @after AND created_at >= @since
ORDER BY seq LIMIT @max;

-- name: MessagesHeardAfter :many
-- What the customer has said since a place.
SELECT * FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq > @after AND opercode = 2 AND created_at >= @since
ORDER BY seq LIMIT @max;

-- name: MessagesBefore :many
SELECT * FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq < @before AND created_at >= @since
ORDER BY seq DESC LIMIT @max;

-- name: MessagesChanged :many
-- What a reader has seen, and has changed since.
SELECT * FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq BETWEEN @first::integer AND @seen::integer AND version > @version AND created_at >= @since
ORDER BY seq;

-- name: MessageAt :one
SELECT * FROM messages WHERE company_id = @company_id AND session_id = @session_id AND seq = @seq;

-- name: MessagesMadeAfter :many
-- For an event stream whose log was lost: what was made since, by the order of ids.
SELECT * FROM messages WHERE company_id = @company_id AND message_id > @after
ORDER BY message_id LIMIT @max;

-- name: MessagesPending :one
-- How many messages to this customer are on their way and not yet counted in the ledger. One that waits for other windows than @window_key
-- is on its way when there is one (@open). Template messages count against nothing.
SELECT count(*)::bigint FROM messages WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND delivery = 'queued'
  AND data->'out'->'template' IS NULL
  AND (delivery_reason <> 'delivery.waits' OR (@open::boolean AND data->'out'->>'since' <> @window_key::text));

-- name: MessagesToSend :many
-- What is to be sent to this customer, first things first, but for what waits for other windows than @window_key, or for any. The
-- customer is locked.
SELECT * FROM messages WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND delivery IN ('queued', 'sending')
  AND (delivery_reason <> 'delivery.waits' OR (@open::boolean AND data->'out'->>'since' <> @window_key::text))
ORDER BY message_id LIMIT @max;

-- name: MessageDeliverySet :one
UPDATE messages SET delivery = @delivery, delivery_code = @delivery_code, delivery_reason = @delivery_reason, attempts = @attempts,
    next_try_at = @next_try_at, sending_by = @sending_by, sent_at = @sent_at, version = @version
WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at
RETURNING *;

-- name: ErrandsDue :many
-- Customers of these companies who have something to be sent now, or something left behind by a process that died.
-- Not those of an account for which nothing is sent just now, and what waits for a customer's next message only when that has come.
SELECT DISTINCT m.company_id, m.appid, m.openid FROM messages m
WHERE m.company_id = ANY(@company_ids::uuid[])
  AND ((m.delivery = 'queued' AND m.next_try_at <= @at::timestamptz
        AND NOT EXISTS (SELECT FROM accounts a WHERE a.company_id = m.company_id AND a.appid = m.appid AND a.probe_at > @at::timestamptz)
        AND (m.delivery_reason <> 'delivery.waits' OR EXISTS (SELECT FROM customers c WHERE c.company_id = m.company_id AND c.appid = m.appid AND c.openid = m.openid
            AND ((c.quota_until > @at::timestamptz AND c.quota_used < c.quota_allowed) OR (c.event_until > @at::timestamptz AND c.event_used < c.event_allowed))
            AND c.quota_key || ' ' || c.event_key <> m.data->'out'->>'since')))
    OR (m.delivery = 'sending' AND NOT EXISTS (SELECT FROM instances i WHERE i.instance_id = m.sending_by AND i.seen_at >= @alive_since)))
LIMIT @max;

-- name: MessagesStrand :execrows
-- What was written for an account that was moved away is not sent any more.
UPDATE messages SET delivery = 'failed', delivery_reason = 'account.moved', sending_by = NULL WHERE company_id = @company_id AND appid = @appid AND delivery = 'queued';

-- name: InstanceAlive :one
SELECT EXISTS (SELECT FROM instances WHERE instance_id = @instance_id AND seen_at >= @alive_since)::boolean;

-- name: MakeMonths :one
SELECT make_months(@around::timestamptz, @before, @ahead)::integer;

-- name: MessagesHeardLast :many
-- The last things that the customers of these sessions said, as the message feeds in Redis hold them. No partition older than
-- a session is looked into.
SELECT m.* FROM (SELECT unnest(@session_ids::uuid[]) AS session_id, unnest(@oldest_ats::timestamptz[]) AS oldest_at) k
JOIN LATERAL (SELECT l.message_id, l.created_at FROM messages l
    WHERE l.company_id = @company_id AND l.session_id = k.session_id AND l.created_at >= k.oldest_at AND l.opercode = 2
    ORDER BY l.seq DESC LIMIT @max) n ON true
JOIN messages m ON m.company_id = @company_id AND m.message_id = n.message_id AND m.created_at = n.created_at;

-- name: MessageResent :exec
-- This one failed, and was sent again as another.
UPDATE messages SET resent_seq = @resent_seq::integer, version = @version
WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at;

-- name: MessageReasonSet :exec
UPDATE messages SET delivery_reason = @delivery_reason WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at;

-- name: MessageGet :one
SELECT * FROM messages WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at;

-- name: MessageDataSet :exec
UPDATE messages SET data = @data, version = @version WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at;

-- name: MessageOfJob :one
SELECT * FROM messages WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND wechat_msgid = @wechat_msgid
ORDER BY message_id DESC LIMIT 1;

-- name: MessageOfNotice :one
-- The last notice of a template to this customer whose result is open, where WeChat gave it no name.
SELECT * FROM messages WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND created_at >= @since AND wechat_msgid IS NULL
  AND delivery_reason = 'delivery.accepted' AND data->'out'->'template'->>'template_id' = @template_id::text
ORDER BY message_id DESC LIMIT 1;

-- name: MessageJobSet :exec
-- WeChat's name for a template message, by which it tells what became of it.
UPDATE messages SET wechat_msgid = @wechat_msgid WHERE company_id = @company_id AND message_id = @message_id AND created_at = @created_at;

-- name: MessagesForget :exec
-- Of who is forgotten nothing stays that was said.
UPDATE messages SET text = '', data = CASE WHEN message_type IN (2, 3, 4) THEN '{"media":"expired"}'::jsonb END
WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: MessageHeardEver :one
-- Whether a customer of this account ever wrote: the first row of the index that refuses repeats says so.
SELECT EXISTS (SELECT FROM messages WHERE company_id = @company_id AND appid = @appid AND wechat_key IS NOT NULL AND opercode = 2)::boolean;

-- name: MessagesUnsent :many
-- What is to be sent for each account: what goes as soon as it can, what waits for its customer's next message, and how old the oldest is.
SELECT appid, count(*) FILTER (WHERE delivery_reason <> 'delivery.waits')::bigint AS queued, count(*) FILTER (WHERE delivery_reason = 'delivery.waits')::bigint AS waiting,
    min(created_at)::timestamptz AS oldest_at
FROM messages WHERE company_id = @company_id AND delivery IN ('queued', 'sending') GROUP BY appid;

-- name: MessagesFailedSince :many
SELECT appid, count(*) FILTER (WHERE delivery = 'failed')::bigint AS failed, count(*) FILTER (WHERE delivery = 'uncertain')::bigint AS uncertain
FROM messages WHERE company_id = @company_id AND delivery IN ('failed', 'uncertain') AND created_at >= @since::timestamptz GROUP BY appid;
