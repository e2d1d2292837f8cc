-- +goose Up

-- What colleagues note about a session, for each other. It is no message and is never sent: nothing that carries messages to customers reads
-- this table. seq is the place of the message after which it stands (0: none was there yet); key makes writing it twice writing it once.
CREATE TABLE notes (
    company_id   uuid NOT NULL,
    session_id   uuid NOT NULL,
    note_id      uuid NOT NULL,
    uid          bigint NOT NULL,                    -- who wrote it
    seq          int NOT NULL,
    text         text NOT NULL,
    key          uuid NOT NULL,
    made_at      timestamptz NOT NULL,
    withdrawn_at timestamptz,                        -- its writer took it back, and its text with it
    PRIMARY KEY (company_id, session_id, note_id),
    UNIQUE (company_id, session_id, key),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid),
    CONSTRAINT withdrawn_is_empty CHECK (withdrawn_at IS NULL OR text = '')
);
SELECT fence('notes');

-- Whom a note names, and when they saw it. Who is named may see the session.
CREATE TABLE mentions (
    company_id uuid NOT NULL,
    session_id uuid NOT NULL,
    note_id    uuid NOT NULL,
    uid        bigint NOT NULL,
    seen_at    timestamptz,
    PRIMARY KEY (company_id, session_id, note_id, uid),
    FOREIGN KEY (company_id, session_id, note_id) REFERENCES notes (company_id, session_id, note_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid)
);
SELECT fence('mentions');
CREATE INDEX mentions_unseen ON mentions (company_id, uid, note_id) WHERE seen_at IS NULL;

-- +goose Down
SELECT 1;
