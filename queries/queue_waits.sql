-- name: QueueWaitInsert :exec
INSERT INTO queue_waits (company_id, appid, group_id, given_at, session_id, wait)
VALUES (@company_id, @appid, @group_id, @given_at, @session_id, @wait);

-- name: QueueFronts :many
-- The front of these queues: the places in serving order of the first who wait, since when the very first does (the epoch: nobody),
-- how long those given out lately had to wait (the latest first), and whether somebody but @left is free to take from it.
SELECT k.company_id::uuid AS company_id, k.appid::text AS appid, k.group_id::bigint AS group_id, f.ranks::bigint[] AS ranks, f.head::timestamptz AS head,
    ARRAY(SELECT w.wait FROM queue_waits w WHERE w.company_id = k.company_id AND w.appid = k.appid AND w.group_id = k.group_id
        AND w.given_at > @since::timestamptz ORDER BY w.given_at DESC LIMIT 20)::bigint[] AS waits,
    EXISTS (SELECT FROM agents a JOIN seats t ON t.company_id = a.company_id AND t.uid = a.uid
        WHERE a.company_id = k.company_id AND t.appid = k.appid AND a.presence = 'online' AND a.load < a.capacity AND a.disabled_at IS NULL AND a.uid <> @left_uid::bigint
          AND (k.group_id = 0 OR EXISTS (SELECT FROM group_members m WHERE m.company_id = a.company_id AND m.group_id = k.group_id AND m.uid = a.uid)))::boolean AS free
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@group_ids::bigint[]) AS group_id) k
CROSS JOIN LATERAL (SELECT COALESCE(array_agg(q.rank ORDER BY q.rank), '{}') AS ranks, COALESCE((array_agg(q.since ORDER BY q.rank))[1], 'epoch') AS head FROM (
    (SELECT s.rank, COALESCE(s.requeued_at, s.queued_at) AS since FROM sessions s
        WHERE s.company_id = k.company_id AND s.appid = k.appid AND s.group_id = k.group_id AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held
          AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) ORDER BY s.rank, s.session_id LIMIT @max)
    UNION ALL
    (SELECT s.rank, COALESCE(s.requeued_at, s.queued_at) AS since FROM sessions s
        WHERE s.company_id = k.company_id AND s.appid = k.appid AND k.group_id = 0 AND s.group_id IS NULL AND s.state = 3 AND s.target_uid IS NULL AND NOT s.held
          AND (s.not_before IS NULL OR s.not_before <= @now::timestamptz) ORDER BY s.rank, s.session_id LIMIT @max)) q) f;

-- name: QueueWaitsForget :exec
DELETE FROM queue_waits WHERE company_id = ANY(@company_ids::uuid[]) AND given_at < @before::timestamptz;
