-- name: AccountCallbackGet :one
SELECT * FROM account_callbacks WHERE company_id = @company_id AND appid = @appid;

-- name: AccountCallbacksOfCompany :many
SELECT * FROM account_callbacks WHERE company_id = @company_id;

-- name: AccountCallbacksNote :exec
-- What a process has seen since the last time, of any number of accounts. The year 1 is not at all; of two times the later stands.
INSERT INTO account_callbacks AS c (company_id, appid, verified_at, heard_at, refused_at, refused)
SELECT k.company_id, k.appid, NULLIF(k.verified_at, '0001-01-01'), NULLIF(k.heard_at, '0001-01-01'), NULLIF(k.refused_at, '0001-01-01'), k.refused
FROM (SELECT unnest(@company_ids::uuid[]) AS company_id, unnest(@appids::text[]) AS appid, unnest(@verified_ats::timestamptz[]) AS verified_at,
        unnest(@heard_ats::timestamptz[]) AS heard_at, unnest(@refused_ats::timestamptz[]) AS refused_at, unnest(@refuseds::text[]) AS refused) k
WHERE EXISTS (SELECT FROM accounts a WHERE a.company_id = k.company_id AND a.appid = k.appid)
ORDER BY k.company_id, k.appid
ON CONFLICT (company_id, appid) DO UPDATE SET verified_at = GREATEST(c.verified_at, excluded.verified_at),
    heard_at = GREATEST(c.heard_at, excluded.heard_at), refused_at = GREATEST(c.refused_at, excluded.refused_at),
    refused = CASE WHEN excluded.refused = '' THEN c.refused ELSE excluded.refused END;
