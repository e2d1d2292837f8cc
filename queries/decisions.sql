-- name: DecisionInsert :exec
INSERT INTO decisions (company_id, decision_id, session_id, made_at, act, by_uid, uid, reason)
VALUES (@company_id, @decision_id, @session_id, @made_at, @act, @by_uid, @uid, @reason);

-- name: DecisionsOfSession :many
SELECT * FROM decisions WHERE company_id = @company_id AND session_id = @session_id ORDER BY decision_id DESC LIMIT @max;

-- name: DecisionsAfter :many
-- A page of a session's decisions, in the order in which they were made.
SELECT * FROM decisions WHERE company_id = @company_id AND session_id = @session_id AND decision_id > @after ORDER BY decision_id LIMIT @max;
