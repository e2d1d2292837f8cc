-- name: AccountGet :one
SELECT * FROM accounts WHERE company_id = @company_id AND appid = @appid;

-- name: AccountLock :one
-- For who changes part of an account, and keeps the rest as it is by then.
SELECT * FROM accounts WHERE company_id = @company_id AND appid = @appid FOR UPDATE;

-- name: AccountsOfCompany :many
SELECT * FROM accounts WHERE company_id = @company_id ORDER BY appid;

-- name: AccountsOutline :many
-- How the accounts of several companies are, and nothing that is secret.
SELECT a.appid, (a.trouble_at IS NOT NULL)::boolean AS stopped, a.trouble_code, (a.paused_at IS NOT NULL)::boolean AS paused, a.verification_expires_at, c.heard_at
FROM accounts a LEFT JOIN account_callbacks c ON c.company_id = a.company_id AND c.appid = a.appid
WHERE a.company_id = ANY(@company_ids::uuid[]) AND a.moved_at IS NULL ORDER BY a.appid;

-- name: AccountPut :exec
-- An account that is connected directly, however it was connected before.
INSERT INTO accounts (company_id, appid, name, mode, secret, token, aes_key, previous_aes_key)
VALUES (@company_id, @appid, @name, @mode, @secret, @token, @aes_key, @previous_aes_key)
ON CONFLICT (company_id, appid) DO UPDATE SET name = excluded.name, mode = excluded.mode, secret = excluded.secret,
    token = excluded.token, aes_key = excluded.aes_key, previous_aes_key = excluded.previous_aes_key,
    via = 'direct', component_appid = NULL, refresh_token = NULL, functions = '{}', unauthorised_at = NULL, moved_at = NULL;

-- name: AccountNameSet :execrows
UPDATE accounts SET name = @name WHERE company_id = @company_id AND appid = @appid;

-- name: AccountAuthorise :exec
-- An account that is connected by the component, however it was connected before; the name that it has here stays. What waited for
-- the authorisation goes out.
INSERT INTO accounts (company_id, appid, name, via, component_appid, refresh_token, functions, authorised_at)
VALUES (@company_id, @appid, @name, 'component', @component_appid::text, @refresh_token::bytea, @functions, @at::timestamptz)
ON CONFLICT (company_id, appid) DO UPDATE SET via = 'component', component_appid = excluded.component_appid, refresh_token = excluded.refresh_token,
    functions = excluded.functions, authorised_at = excluded.authorised_at, unauthorised_at = NULL, moved_at = NULL,
    trouble_at = NULL, trouble_code = 0, trouble_say = '', trouble_ip = '', probe_at = NULL, probes = 0;

-- name: AccountUnauthorise :execrows
-- The owner withdrew the authorisation; one that is newer stays. Nothing is sent until there is another.
UPDATE accounts SET unauthorised_at = @at::timestamptz, trouble_at = @at::timestamptz, trouble_code = 61003, trouble_say = 'account.withdrawn', trouble_ip = '', probe_at = @never::timestamptz
WHERE company_id = @company_id AND appid = @appid AND via = 'component' AND moved_at IS NULL AND unauthorised_at IS NULL AND authorised_at <= @at::timestamptz;

-- name: AccountRefreshSet :execrows
-- WeChat gave another refresh token in place of one; where that was replaced meanwhile, the newer stays.
UPDATE accounts SET refresh_token = @refresh_token::bytea WHERE company_id = @company_id AND appid = @appid AND refresh_token = @was::bytea;

-- name: AccountRenew :execrows
-- The owner of an authorised account authorised it once more, which makes the refresh token before void.
UPDATE accounts SET refresh_token = @refresh_token::bytea, functions = @functions, authorised_at = @at::timestamptz
WHERE company_id = @company_id AND appid = @appid AND via = 'component' AND unauthorised_at IS NULL AND moved_at IS NULL;

-- name: AccountsAuthorised :many
-- Accounts of these companies that are connected by the component.
SELECT appid FROM accounts WHERE company_id = ANY(@company_ids::uuid[]) AND via = 'component' AND unauthorised_at IS NULL AND moved_at IS NULL ORDER BY appid;

-- name: AccountTake :exec
-- What opens an account comes to the company that it is moved to.
INSERT INTO accounts (company_id, appid, name, mode, secret, token, aes_key, previous_aes_key, via, component_appid, refresh_token, functions, authorised_at, unauthorised_at)
VALUES (@company_id, @appid, @name, @mode, @secret, @token, @aes_key, @previous_aes_key, @via, @component_appid, @refresh_token, @functions, @authorised_at, @unauthorised_at)
ON CONFLICT (company_id, appid) DO UPDATE SET mode = excluded.mode, secret = excluded.secret, token = excluded.token, aes_key = excluded.aes_key,
    previous_aes_key = excluded.previous_aes_key, via = excluded.via, component_appid = excluded.component_appid, refresh_token = excluded.refresh_token,
    functions = excluded.functions, authorised_at = excluded.authorised_at, unauthorised_at = excluded.unauthorised_at, moved_at = NULL, paused_at = NULL,
    trouble_at = NULL, trouble_code = 0, trouble_say = '', trouble_ip = '', probe_at = NULL, probes = 0;

-- name: AccountLeave :exec
-- And leaves the company that it is moved from: its row and its history stay, nothing is sent from there any more.
UPDATE accounts SET moved_at = @at::timestamptz, secret = NULL, token = NULL, aes_key = NULL, previous_aes_key = NULL, refresh_token = NULL,
    trouble_at = @at::timestamptz, trouble_code = 0, trouble_say = 'account.moved', trouble_ip = '', probe_at = @never::timestamptz
WHERE company_id = @company_id AND appid = @appid;

-- name: AccountStop :exec
-- WeChat takes nothing from this account until something is done about it.
UPDATE accounts SET trouble_at = COALESCE(trouble_at, @at::timestamptz), trouble_code = @code, trouble_say = @say, trouble_ip = @ip,
    probe_at = @probe_at::timestamptz, probes = probes + 1
WHERE company_id = @company_id AND appid = @appid AND unauthorised_at IS NULL AND moved_at IS NULL;

-- name: AccountResume :execrows
-- Not one that waits for an authorisation, nor one that was moved.
UPDATE accounts SET trouble_at = NULL, trouble_code = 0, trouble_say = '', trouble_ip = '', probe_at = NULL, probes = 0
WHERE company_id = @company_id AND appid = @appid AND trouble_at IS NOT NULL AND unauthorised_at IS NULL AND moved_at IS NULL;

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

-- name: AccountsOfGroupSet :exec
-- Makes the group the default of these accounts, and of no others.
UPDATE accounts SET default_group_id = CASE WHEN appid = ANY(@appids::text[]) THEN @group_id::bigint END
WHERE company_id = @company_id AND (appid = ANY(@appids::text[]) OR default_group_id = @group_id::bigint);
