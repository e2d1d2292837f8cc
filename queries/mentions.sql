-- name: MentionsInsert :exec
INSERT INTO mentions (company_id, session_id, note_id, uid)
SELECT @company_id, @session_id, @note_id, unnest(@uids::bigint[]);

-- name: MentionsDrop :many
-- A note that was taken back names nobody any more: whom it named.
DELETE FROM mentions WHERE company_id = @company_id AND session_id = @session_id AND note_id = @note_id RETURNING uid;

-- name: MentionedIn :one
-- Whether a note of a session names an agent.
SELECT EXISTS (SELECT FROM mentions WHERE company_id = @company_id AND session_id = @session_id AND uid = @uid);

-- name: MentionsSeen :execrows
UPDATE mentions SET seen_at = @at::timestamptz WHERE company_id = @company_id AND session_id = @session_id AND uid = @uid AND seen_at IS NULL;

-- name: MentionsUnseen :many
-- The notes that name an agent and that they have not seen, newest first.
SELECT m.session_id, m.note_id, n.uid AS by_uid, n.text, n.made_at, s.appid, s.openid, c.remark
FROM mentions m
JOIN notes n ON n.company_id = m.company_id AND n.session_id = m.session_id AND n.note_id = m.note_id
JOIN sessions s ON s.company_id = m.company_id AND s.session_id = m.session_id
JOIN customers c ON c.company_id = s.company_id AND c.appid = s.appid AND c.openid = s.openid
WHERE m.company_id = @company_id AND m.uid = @uid AND m.seen_at IS NULL
ORDER BY m.note_id DESC LIMIT @max;
