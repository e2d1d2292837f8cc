-- name: TemplateReadingGet :one
SELECT * FROM template_readings WHERE company_id = @company_id AND appid = @appid;

-- name: TemplateReadingAsk :exec
-- Has an account's templates be read where they never were.
INSERT INTO template_readings (company_id, appid, due_at) VALUES (@company_id, @appid, @at::timestamptz)
ON CONFLICT (company_id, appid) DO NOTHING;

-- name: TemplateReadingDue :exec
-- Has them be read now.
INSERT INTO template_readings (company_id, appid, due_at) VALUES (@company_id, @appid, @at::timestamptz)
ON CONFLICT (company_id, appid) DO UPDATE SET due_at = excluded.due_at, attempts = 0, code = 0;

-- name: TemplateReadingsClaim :many
-- Accounts whose templates are to be read. Whoever claims them has until @again.
UPDATE template_readings r SET due_at = @again::timestamptz, attempts = r.attempts + 1
FROM (SELECT x.company_id, x.appid FROM template_readings x WHERE x.company_id = ANY(@company_ids::uuid[]) AND x.due_at <= @at::timestamptz
    AND EXISTS (SELECT FROM appids i WHERE i.appid = x.appid AND i.company_id = x.company_id)
    ORDER BY x.due_at LIMIT @max FOR UPDATE SKIP LOCKED) k
WHERE r.company_id = k.company_id AND r.appid = k.appid
RETURNING r.company_id, r.appid, r.attempts;

-- name: TemplateReadingDone :exec
UPDATE template_readings SET due_at = @due_at, read_at = @read_at::timestamptz, attempts = 0, code = 0 WHERE company_id = @company_id AND appid = @appid;

-- name: TemplateReadingFailed :exec
UPDATE template_readings SET due_at = @due_at, code = @code WHERE company_id = @company_id AND appid = @appid;
