-- name: AccountCallbackGet :one
SELECT * FROM account_callbacks WHERE company_id = @company_id AND appid = @appid;

-- name: AccountCallbackNote :exec
-- Null leaves what is there; of two times the later stands.
INSERT INTO account_callbacks AS c (company_id, appid, verified_at, heard_at, refused_at, refused)
VALUES (@company_id, @appid, sqlc.narg(verified_at), sqlc.narg(heard_at), sqlc.narg(refused_at), @refused)
ON CONFLICT (company_id, appid) DO UPDATE SET verified_at = GREATEST(c.verified_at, excluded.verified_at),
    heard_at = GREATEST(c.heard_at, excluded.heard_at), refused_at = GREATEST(c.refused_at, excluded.refused_at),
    refused = CASE WHEN excluded.refused = '' THEN c.refused ELSE excluded.refused END;
