-- name: CompanyGet :one
SELECT * FROM companies WHERE company_id = @company_id;

-- name: CompanyLock :one
-- For who changes much of a company at once.
SELECT * FROM companies WHERE company_id = @company_id FOR UPDATE;

-- name: CompanyVersions :many
-- What whoever keeps a copy of a company asks, to know whether it is old.
SELECT company_id, version FROM companies WHERE company_id = ANY(@company_ids::uuid[]);

-- name: CompanyPut :one
-- Makes the company match.
INSERT INTO companies AS c (company_id, name, timezone, locale, distribution, notices, queue_timeout, reception_timeout, idle_timeout, reclaim_after,
    exclusive_wait, away_after, grace)
VALUES (@company_id, @name, @timezone, @locale, @distribution, @notices, @queue_timeout, @reception_timeout, @idle_timeout, @reclaim_after,
    @exclusive_wait, @away_after, @grace)
ON CONFLICT (company_id) DO UPDATE SET name = excluded.name, timezone = excluded.timezone, locale = excluded.locale,
    distribution = excluded.distribution, notices = excluded.notices, queue_timeout = excluded.queue_timeout,
    reception_timeout = excluded.reception_timeout, idle_timeout = excluded.idle_timeout, reclaim_after = excluded.reclaim_after,
    exclusive_wait = excluded.exclusive_wait, away_after = excluded.away_after, grace = excluded.grace
RETURNING *;

-- name: CompanyTouch :exec
-- Something that hangs on the company has changed: copies of it are old.
UPDATE companies SET version = version + 1 WHERE company_id = @company_id;

-- name: CompaniesDue :many
-- When time next does something in each of these companies: one look into each of four indexes, however much there is in them.
-- The year 9999 is never.
SELECT k.company_id::uuid AS company_id, (r.company_id IS NOT NULL)::boolean AS retime, COALESCE(s.due_at, '9999-01-01')::timestamptz AS sessions_at,
    COALESCE(a.due_at, '9999-01-01')::timestamptz AS agents_at, COALESCE(c.reclaim_at, '9999-01-01')::timestamptz AS customers_at,
    COALESCE(m.due_at, '9999-01-01')::timestamptz AS reminders_at
FROM unnest(@company_ids::uuid[]) AS k (company_id)
LEFT JOIN LATERAL (SELECT o.company_id FROM companies o WHERE o.company_id = k.company_id AND o.retime) r ON true
LEFT JOIN LATERAL (SELECT s.due_at FROM sessions s WHERE s.company_id = k.company_id AND s.due_at IS NOT NULL ORDER BY s.due_at LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT a.due_at FROM agents a WHERE a.company_id = k.company_id AND a.due_at IS NOT NULL ORDER BY a.due_at LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT c.reclaim_at FROM customers c WHERE c.company_id = k.company_id AND c.reclaim_at IS NOT NULL ORDER BY c.reclaim_at LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT m.due_at FROM reminders m WHERE m.company_id = k.company_id AND m.came_at IS NULL AND m.done_at IS NULL ORDER BY m.due_at LIMIT 1) m ON true
WHERE r.company_id IS NOT NULL OR LEAST(s.due_at, a.due_at, c.reclaim_at, m.due_at) <= @horizon::timestamptz;

-- name: CompanyRetimed :execrows
-- Everything is looked at anew, and no time has changed meanwhile.
UPDATE companies SET retime = false, retime_agents = false, retime_sessions = false, retime_customers = false
WHERE company_id = @company_id AND retime AND retimes = @retimes;

-- name: PatienceSet :exec
-- For the rest of the transaction: not to wait long for whoever else changes the same rows, but to come again.
SET LOCAL lock_timeout = '200ms';

-- name: CompanyForgetAfterSet :exec
-- How long, in seconds, what is known of who unfollowed is kept; null: for good.
UPDATE companies SET forget_after = @forget_after, version = version + 1 WHERE company_id = @company_id;

-- name: CompanySettingsPut :exec
-- How the company has its sessions handled. What is due when is reckoned anew by whoever is first.
UPDATE companies SET distribution = @distribution, notices = @notices, notice_texts = @notice_texts, queue_timeout = @queue_timeout,
    reception_timeout = @reception_timeout, idle_timeout = @idle_timeout, reclaim_after = @reclaim_after, exclusive_wait = @exclusive_wait,
    target_wait = @target_wait, away_after = @away_after, grace = @grace, version = version + 1
WHERE company_id = @company_id;

-- name: CompanyQuotaSet :exec
-- How many messages WeChat takes after a customer's message and after what else they do, and for how long, in seconds. What customers did
-- before keeps what it allowed.
UPDATE companies SET quota_message = @quota_message, window_message = @window_message, quota_event = @quota_event, window_event = @window_event, version = version + 1
WHERE company_id = @company_id;

-- name: CompanyNoticesPut :exec
UPDATE companies SET notice_texts = @notice_texts, version = version + 1 WHERE company_id = @company_id;

-- name: CompanyTargetWaitSet :exec
-- How long, in seconds, a session for an agent by name waits for that agent alone.
UPDATE companies SET target_wait = @target_wait, version = version + 1 WHERE company_id = @company_id;
