-- name: ReminderInsert :execrows
-- 0 rows: the agent has too many that are not done.
INSERT INTO reminders (company_id, reminder_id, uid, appid, openid, text, due_at)
SELECT @company_id, @reminder_id, @uid, @appid, @openid, @text, @due_at
WHERE (SELECT count(*) FROM reminders r WHERE r.company_id = @company_id AND r.uid = @uid AND r.done_at IS NULL) < @most::int;

-- name: RemindersTake :many
-- Those whose time has come, taken once: whom they remind.
UPDATE reminders m SET came_at = @now::timestamptz
WHERE m.company_id = @company_id AND m.reminder_id IN (
    SELECT r.reminder_id FROM reminders r WHERE r.company_id = @company_id AND r.came_at IS NULL AND r.done_at IS NULL AND r.due_at <= @now::timestamptz
    ORDER BY r.due_at LIMIT @max FOR UPDATE SKIP LOCKED)
RETURNING m.uid;

-- name: RemindersCome :many
-- An agent's whose time has come and that are not done, the longest due first.
SELECT sqlc.embed(r), c.remark FROM reminders r
JOIN customers c ON c.company_id = r.company_id AND c.appid = r.appid AND c.openid = r.openid
WHERE r.company_id = @company_id AND r.uid = @uid AND r.came_at IS NOT NULL AND r.done_at IS NULL ORDER BY r.due_at LIMIT @max;

-- name: RemindersOfCustomer :many
-- An agent's about one customer that are not done.
SELECT * FROM reminders WHERE company_id = @company_id AND uid = @uid AND appid = @appid AND openid = @openid AND done_at IS NULL ORDER BY due_at;

-- name: ReminderDone :execrows
UPDATE reminders SET done_at = @at::timestamptz WHERE company_id = @company_id AND reminder_id = @reminder_id AND uid = @uid AND done_at IS NULL;

-- name: ReminderPutOff :execrows
UPDATE reminders SET due_at = @due_at, came_at = NULL WHERE company_id = @company_id AND reminder_id = @reminder_id AND uid = @uid AND done_at IS NULL;

-- name: ReminderDrop :execrows
DELETE FROM reminders WHERE company_id = @company_id AND reminder_id = @reminder_id AND uid = @uid AND done_at IS NULL;

-- name: ReminderGet :one
SELECT * FROM reminders WHERE company_id = @company_id AND reminder_id = @reminder_id AND uid = @uid AND done_at IS NULL;
