-- name: CallbackCountsAdd :exec
-- What a process counted since the last time, of any number of accounts; of one that was removed meanwhile nothing is kept.
INSERT INTO callback_counts AS c (company_id, appid, began_at, taken, late, refused)
SELECT k.company_id, k.appid, k.began_at, k.taken, k.late, k.refused
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@began_ats::timestamptz[]) AS began_at,
        unnest(@takens::integer[]) AS taken, unnest(@lates::integer[]) AS late, unnest(@refuseds::integer[]) AS refused) k
WHERE EXISTS (SELECT FROM accounts a WHERE a.company_id = k.company_id AND a.appid = k.appid)
ORDER BY k.company_id, k.appid, k.began_at
ON CONFLICT (company_id, appid, began_at) DO UPDATE SET taken = c.taken + excluded.taken, late = c.late + excluded.late, refused = c.refused + excluded.refused;

-- name: CallbackCountsSince :many
SELECT * FROM callback_counts WHERE company_id = @company_id AND began_at >= @since::timestamptz ORDER BY appid, began_at;

-- name: CallbackCountsForget :exec
DELETE FROM callback_counts WHERE company_id = ANY(@company_ids::uuid[]) AND began_at < @before::timestamptz;
