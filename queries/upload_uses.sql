-- name: UploadUsesForget :exec
DELETE FROM upload_uses WHERE company_id = @company_id AND appid = @appid AND openid = @openid;

-- name: UploadUse :one
-- The message in which an upload was sent in a session, or anywhere where none is named.
SELECT * FROM upload_uses
WHERE company_id = @company_id AND upload_id = @upload_id AND (sqlc.narg('session_id')::uuid IS NULL OR session_id = sqlc.narg('session_id')::uuid)
ORDER BY message_id LIMIT 1;
