-- name: APITokenPut :exec
INSERT INTO api_tokens (company_id, name, hash) VALUES (@company_id, @name, @hash)
ON CONFLICT (company_id, name) DO UPDATE SET hash = excluded.hash;

-- name: APITokensOfCompany :many
SELECT * FROM api_tokens WHERE company_id = @company_id ORDER BY name;

-- name: APITokenGet :one
SELECT * FROM api_tokens WHERE company_id = @company_id AND name = @name;
