-- name: PreAuthCodeInsert :exec
INSERT INTO pre_auth_codes (code_hash, state_hash, component_appid, company_id, uid, made_at, until)
VALUES (@code_hash, @state_hash, @component_appid, @company_id, @uid, @made_at, @until);

-- name: PreAuthCodeOfCode :one
SELECT * FROM pre_auth_codes WHERE code_hash = @code_hash;

-- name: PreAuthCodeOfState :one
-- A state that belongs to another person is no state.
SELECT * FROM pre_auth_codes WHERE state_hash = @state_hash AND company_id = @company_id AND uid = @uid;

-- name: PreAuthCodeTake :execrows
-- Of the event and the browser that come back with the same authorisation code, one turns it into an account. Whoever took it and died is
-- waited for until @stale.
UPDATE pre_auth_codes SET used_at = @at::timestamptz WHERE code_hash = @code_hash AND appid IS NULL AND (used_at IS NULL OR used_at < @stale::timestamptz);

-- name: PreAuthCodeGive :exec
-- It became no account: another try may.
UPDATE pre_auth_codes SET used_at = NULL WHERE code_hash = @code_hash AND appid IS NULL;

-- name: PreAuthCodeRefused :exec
-- It can become no account: WeChat has taken the authorisation code, and whoever comes second is told the same.
UPDATE pre_auth_codes SET refused = @refused WHERE code_hash = @code_hash;

-- name: PreAuthCodeBecame :exec
UPDATE pre_auth_codes SET appid = @appid::text WHERE code_hash = @code_hash;

-- name: PreAuthCodesForget :exec
DELETE FROM pre_auth_codes WHERE until < @before::timestamptz;
