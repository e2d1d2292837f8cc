-- name: MediaDue :many
-- What is to be fetched now, and what was claimed but left behind: its process died, or its claim ran out.
SELECT m.company_id, m.message_id FROM media m
WHERE m.company_id = ANY(@company_ids::uuid[])
  AND (m.next_try_at <= @at::timestamptz
    OR (m.state = 'fetching' AND NOT EXISTS (SELECT FROM instances i WHERE i.instance_id = m.fetching_by AND i.seen_at >= @alive_since)))
  AND m.state IN ('waiting', 'fetching')
ORDER BY m.next_try_at LIMIT @max;

-- name: MediaClaim :one
-- Of two processes that try, one gets it, and has until @again.
UPDATE media m SET state = 'fetching', fetching_by = @fetching_by::uuid, next_try_at = @again::timestamptz, attempts = attempts + 1
WHERE m.company_id = @company_id AND m.message_id = @message_id AND m.state IN ('waiting', 'fetching')
  AND (m.next_try_at <= @at::timestamptz
    OR (m.state = 'fetching' AND NOT EXISTS (SELECT FROM instances i WHERE i.instance_id = m.fetching_by AND i.seen_at >= @alive_since)))
RETURNING *;

-- name: MediaSet :execrows
-- What became of it, said by whoever claimed it.
UPDATE media SET state = @state, next_try_at = @next_try_at, fetching_by = NULL
WHERE company_id = @company_id AND message_id = @message_id AND fetching_by = @fetching_by::uuid;

-- name: MediaAgain :execrows
-- A person asks for another try.
UPDATE media SET state = 'waiting', next_try_at = @at::timestamptz, attempts = 0
WHERE company_id = @company_id AND message_id = @message_id AND state = 'failed';

-- name: MediaGet :one
SELECT * FROM media WHERE company_id = @company_id AND message_id = @message_id;

-- name: MediaForget :exec
DELETE FROM media WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: MediaOfCustomerKept :many
SELECT message_id, created_at FROM media WHERE company_id = @company_id AND appid = @appid AND openid = @openid AND state = 'kept';

-- name: MediaFailedSince :many
SELECT appid, count(*)::bigint AS failed FROM media
WHERE company_id = @company_id AND state IN ('failed', 'expired') AND created_at >= @since::timestamptz GROUP BY appid;
