-- +goose Up

-- The company's own texts of what the desk tells customers, by kind: {"queued": {"off": true}, "outside": {"text": "…"}}. What is not here is the default.
ALTER TABLE companies ADD COLUMN notice_texts jsonb NOT NULL DEFAULT '{}';

-- When somebody is there, as internal/hours writes it; the group's hold for sessions aimed at it. NULL: always.
ALTER TABLE accounts ADD COLUMN hours jsonb;
ALTER TABLE groups ADD COLUMN hours jsonb;

-- A session that began outside hours waits for the opening, and is marked where the customer chose to leave a message (留言).
ALTER TABLE sessions
    ADD COLUMN not_before   timestamptz,
    ADD COLUMN left_message boolean NOT NULL DEFAULT false;

-- +goose Down
SELECT 1;
