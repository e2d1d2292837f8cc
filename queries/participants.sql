-- name: ParticipantWas :one
-- Whether an agent was ever a guest in a session.
SELECT EXISTS (SELECT FROM participants WHERE company_id = @company_id AND session_id = @session_id AND uid = @uid);
