-- name: LoginFind :one
-- Whose address this is: asked before the company is known.
SELECT company_id, uid FROM logins WHERE email = @email;

-- name: LoginPut :one
-- Who has the address, which is the asking agent unless another had it before.
INSERT INTO logins (email, company_id, uid) VALUES (@email, @company_id, @uid)
ON CONFLICT (email) DO UPDATE SET email = excluded.email
RETURNING company_id, uid;

-- name: LoginDropOld :exec
DELETE FROM logins WHERE company_id = @company_id AND uid = @uid AND email <> @email;
