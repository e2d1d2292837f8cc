-- name: AccountGet :one
SELECT * FROM accounts WHERE company_id = @company_id AND appid = @appid;

-- name: AccountsOfCompany :many
SELECT * FROM accounts WHERE company_id = @company_id ORDER BY appid;

-- name: AccountPut :exec
INSERT INTO accounts (company_id, appid, name, mode, secret, token, aes_key, previous_aes_key)
VALUES (@company_id, @appid, @name, @mode, @secret, @token, @aes_key, @previous_aes_key)
ON CONFLICT (company_id, appid) DO UPDATE SET name = excluded.name, mode = excluded.mode, secret = excluded.secret,
    token = excluded.token, aes_key = excluded.aes_key, previous_aes_key = excluded.previous_aes_key;

-- name: AccountStop :exec
-- WeChat takes nothing from this account until something is done about it.
UPDATE accounts SET trouble_at = COALESCE(trouble_at, @at::timestamptz), trouble_code = @code, trouble_say = @say, trouble_ip = @ip,
    probe_at = @probe_at::timestamptz, probes = probes + 1
WHERE company_id = @company_id AND appid = @appid;

-- name: AccountResume :execrows
UPDATE accounts SET trouble_at = NULL, trouble_code = 0, trouble_say = '', trouble_ip = '', probe_at = NULL, probes = 0
WHERE company_id = @company_id AND appid = @appid AND trouble_at IS NOT NULL;

-- name: AccountProbe :execrows
-- Whoever gets the row tries one message; the others wait for what comes of it.
UPDATE accounts SET probe_at = @next::timestamptz
WHERE company_id = @company_id AND appid = @appid AND trouble_at IS NOT NULL AND probe_at <= @at::timestamptz;

-- name: AccountVerificationSet :exec
-- What WeChat says of the account's verification; the newest counts.
UPDATE accounts SET verification = @verification, verification_at = @at::timestamptz, verification_expires_at = COALESCE(@expires_at, verification_expires_at),
    verification_reason = @reason
WHERE company_id = @company_id AND appid = @appid AND (verification_at IS NULL OR verification_at <= @at::timestamptz);

-- name: AccountPausedSet :execrows
UPDATE accounts SET paused_at = sqlc.narg(paused_at) WHERE company_id = @company_id AND appid = @appid;

-- name: AccountHoursPut :execrows
UPDATE accounts SET hours = @hours WHERE company_id = @company_id AND appid = @appid;

-- name: AccountDefaultGroupSet :execrows
-- Where its sessions go that nothing sends elsewhere; null: to anybody.
UPDATE accounts SET default_group_id = @default_group_id WHERE company_id = @company_id AND appid = @appid;
