-- name: AppIDCompany :one
-- Whose account this is: the one question that may be asked before the company is known.
SELECT company_id FROM appids WHERE appid = @appid;

-- name: AppIDClaim :one
-- The company that has the account, which is the asking one unless another had it before.
INSERT INTO appids (appid, company_id) VALUES (@appid, @company_id)
ON CONFLICT (appid) DO UPDATE SET appid = excluded.appid
RETURNING company_id;

-- name: AppIDMoves :one
-- Locked until it has been moved: of two who move an account, one does.
SELECT appid FROM appids WHERE appid = @appid AND company_id = @company_id FOR UPDATE;

-- name: AppIDMove :exec
UPDATE appids SET company_id = @company_id WHERE appid = @appid;

-- name: AppIDCompanies :many
-- Every company that has an account, for who works for all of them.
SELECT DISTINCT company_id FROM appids ORDER BY company_id;
