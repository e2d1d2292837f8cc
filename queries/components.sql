-- name: ComponentGet :one
-- The installation's third-party platform.
SELECT * FROM components;

-- name: ComponentPut :exec
INSERT INTO components (appid, secret, token, aes_key, previous_aes_key) VALUES (@appid, @secret, @token, @aes_key, @previous_aes_key)
ON CONFLICT (appid) DO UPDATE SET secret = excluded.secret, token = excluded.token, aes_key = excluded.aes_key, previous_aes_key = excluded.previous_aes_key;

-- name: ComponentTicketSet :exec
-- An older one that comes late changes nothing.
UPDATE components SET ticket = @ticket, ticket_at = @at::timestamptz WHERE appid = @appid AND (ticket_at IS NULL OR ticket_at <= @at::timestamptz);
