-- name: TokenHashCompany :one
-- Whose token this is: asked before the company is known.
SELECT company_id FROM token_hashes WHERE hash = @hash;

-- name: TokenHashPut :one
INSERT INTO token_hashes (hash, company_id) VALUES (@hash, @company_id)
ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash
RETURNING company_id;
