-- name: SearchWalk :exec
-- A walk is under way, and has come so far.
UPDATE search_progress SET target = (@target::text)::pg_snapshot, xact = @xact, message_id = @message_id;

-- name: SearchArrive :exec
-- A walk is done: what was committed when it began is in the index.
UPDATE search_progress SET seen = (@target::text)::pg_snapshot, target = NULL, xact = '0', message_id = '00000000-0000-0000-0000-000000000000';

-- name: SearchHold :one
-- Whoever takes words away that may be on their way into the index waits for who works at it, and keeps others from it.
SELECT one FROM search_progress FOR KEY SHARE;
