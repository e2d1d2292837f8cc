-- name: IdempotencyGet :one
SELECT * FROM idempotency_keys WHERE company_id = @company_id AND key = @key;

-- name: IdempotencyPut :exec
INSERT INTO idempotency_keys (company_id, key, fingerprint, session_id, seq, created_at)
VALUES (@company_id, @key, @fingerprint, @session_id, @seq, @created_at);

-- name: IdempotencyForget :execrows
DELETE FROM idempotency_keys WHERE company_id = ANY(@company_ids::uuid[]) AND created_at < @before;
