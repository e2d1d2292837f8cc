-- name: NoteInsert :execrows
-- 0 rows: it was written before, under the same key.
INSERT INTO notes (company_id, session_id, note_id, uid, seq, text, key, made_at)
VALUES (@company_id, @session_id, @note_id, @uid, @seq, @text, @key, @made_at)
ON CONFLICT (company_id, session_id, key) DO NOTHING;

-- name: NotesOfSession :many
-- The newest of a session, newest first, each with whom it names.
SELECT sqlc.embed(n), ARRAY(SELECT m.uid FROM mentions m WHERE m.company_id = n.company_id AND m.session_id = n.session_id AND m.note_id = n.note_id ORDER BY m.uid)::bigint[] AS named
FROM notes n WHERE n.company_id = @company_id AND n.session_id = @session_id
ORDER BY n.note_id DESC LIMIT @max;

-- name: NoteGet :one
SELECT * FROM notes WHERE company_id = @company_id AND session_id = @session_id AND note_id = @note_id;

-- name: NoteWithdraw :execrows
UPDATE notes SET withdrawn_at = @at::timestamptz, text = ''
WHERE company_id = @company_id AND session_id = @session_id AND note_id = @note_id AND uid = @uid AND withdrawn_at IS NULL AND made_at > @since::timestamptz;
