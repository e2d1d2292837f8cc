-- +goose Up

-- Row-level security holds for the migration, too: it names every company that has an account (no other has a session yet).
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- A group conversation has guests beside the session's own agent, in the order in which they came. left_uid gave the session
-- back to the queue: it is not given to them again by itself.
ALTER TABLE sessions
    ADD COLUMN guests   bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN left_uid bigint;
UPDATE sessions SET state = 1 WHERE state = 2; -- there were no guests so far
ALTER TABLE sessions
    ADD FOREIGN KEY (company_id, left_uid) REFERENCES agents (company_id, uid),
    ADD CONSTRAINT guests_make_a_group CHECK ((state = 2) = (cardinality(guests) > 0)),
    ADD CONSTRAINT no_guest_in_ones_own CHECK (uid <> ALL (guests)),
    ADD CONSTRAINT left_while_queueing CHECK (left_uid IS NULL OR state = 3 OR state < 0),
    ADD CONSTRAINT taken_has_a_time CHECK (state < 0 OR (state IN (1, 2)) = (taken_at IS NOT NULL));

-- Who was a guest in which session, from when to when: an agent's list asks for those who are there, and whoever
-- was there may read it when it is over.
CREATE TABLE participants (
    company_id uuid NOT NULL,
    session_id uuid NOT NULL,
    uid        bigint NOT NULL,
    joined_at  timestamptz NOT NULL DEFAULT now(),
    left_at    timestamptz,                         -- null: still there
    PRIMARY KEY (company_id, session_id, uid),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid)
);
SELECT fence('participants');
CREATE INDEX participants_there ON participants (company_id, uid) WHERE left_at IS NULL;

-- The list of guests is the session's; this table follows it, whoever changes it.
-- +goose StatementBegin
CREATE FUNCTION follow_guests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE participants SET left_at = now()
    WHERE company_id = NEW.company_id AND session_id = NEW.session_id AND left_at IS NULL AND uid <> ALL (NEW.guests);
    INSERT INTO participants AS p (company_id, session_id, uid)
    SELECT NEW.company_id, NEW.session_id, g FROM unnest(NEW.guests) g ORDER BY g
    ON CONFLICT (company_id, session_id, uid) DO UPDATE SET joined_at = excluded.joined_at, left_at = NULL WHERE p.left_at IS NOT NULL;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sessions_guests AFTER UPDATE OF guests ON sessions FOR EACH ROW
    WHEN (OLD.guests <> NEW.guests) EXECUTE FUNCTION follow_guests();

-- The monitor reads a company's live sessions in the order in which they began.
CREATE INDEX sessions_live ON sessions (company_id, session_id) WHERE state >= 0;

-- +goose Down
SELECT 1;
