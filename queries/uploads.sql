-- name: UploadInsert :exec
INSERT INTO uploads (company_id, upload_id, uid, kind, mime, size, width, height, length_ms, thumb, play, sum, created_at)
VALUES (@company_id, @upload_id, @uid, @kind, @mime, @size, @width, @height, @length_ms, @thumb, @play, @sum, @created_at);

-- name: UploadGet :one
SELECT * FROM uploads WHERE company_id = @company_id AND upload_id = @upload_id;

-- name: UploadsUnused :one
-- How many an agent has made lately and not sent.
SELECT count(*)::bigint FROM uploads u
WHERE u.company_id = @company_id AND u.uid IS NOT DISTINCT FROM sqlc.narg('uid')::bigint AND u.created_at > @since AND NOT u.of_rules
  AND NOT EXISTS (SELECT FROM upload_uses x WHERE x.company_id = u.company_id AND x.upload_id = u.upload_id)
  AND NOT EXISTS (SELECT FROM quick_reply_images q WHERE q.company_id = u.company_id AND q.upload_id = u.upload_id);

-- name: UploadsStale :many
-- What nobody sent and no rule or quick reply names.
SELECT * FROM uploads u
WHERE u.company_id = ANY(@company_ids::uuid[]) AND u.created_at < @before AND NOT u.of_rules
  AND NOT EXISTS (SELECT FROM upload_uses x WHERE x.company_id = u.company_id AND x.upload_id = u.upload_id)
  AND NOT EXISTS (SELECT FROM quick_reply_images q WHERE q.company_id = u.company_id AND q.upload_id = u.upload_id)
LIMIT @max;

-- name: UploadDrop :execrows
-- One that nobody has come to send meanwhile. Who would now waits until it is gone, and is told that it is.
DELETE FROM uploads u
WHERE u.company_id = @company_id AND u.upload_id = @upload_id AND NOT u.of_rules
  AND NOT EXISTS (SELECT FROM upload_uses x WHERE x.company_id = u.company_id AND x.upload_id = u.upload_id)
  AND NOT EXISTS (SELECT FROM quick_reply_images q WHERE q.company_id = u.company_id AND q.upload_id = u.upload_id);

-- name: UploadsOfCustomer :many
-- What was sent to this customer and to nobody else.
SELECT DISTINCT ON (u.upload_id) u.* FROM uploads u JOIN upload_uses x ON x.company_id = u.company_id AND x.upload_id = u.upload_id
WHERE x.company_id = @company_id AND x.appid = @appid AND x.openid = @openid AND NOT u.of_rules
  AND NOT EXISTS (SELECT FROM upload_uses o WHERE o.company_id = u.company_id AND o.upload_id = u.upload_id AND (o.appid, o.openid) <> (x.appid, x.openid))
  AND NOT EXISTS (SELECT FROM quick_reply_images q WHERE q.company_id = u.company_id AND q.upload_id = u.upload_id)
ORDER BY u.upload_id;

-- name: UploadHold :one
-- Until the transaction ends nobody removes it.
SELECT * FROM uploads WHERE company_id = @company_id AND upload_id = @upload_id FOR KEY SHARE;

-- name: UploadOfRules :exec
-- A rule names it, so it stays.
UPDATE uploads SET of_rules = true WHERE company_id = @company_id AND upload_id = @upload_id;
