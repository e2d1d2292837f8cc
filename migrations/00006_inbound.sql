-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- What is to be fetched from WeChat: one row for each picture, voice message and video that a customer sent. The row is its own
-- errand, claimed by the process that fetches. What became of it stands in the message's data, for whoever draws it. WeChat forgets
-- media after three days.
CREATE TABLE media (
    company_id  uuid NOT NULL,
    message_id  uuid NOT NULL,
    created_at  timestamptz NOT NULL,                 -- the message's
    session_id  uuid NOT NULL,
    appid       text NOT NULL,
    openid      text NOT NULL,
    state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'fetching', 'kept', 'failed', 'expired')),
    attempts    smallint NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    fetching_by uuid,
    PRIMARY KEY (company_id, message_id),
    FOREIGN KEY (company_id, message_id, created_at) REFERENCES messages (company_id, message_id, created_at) ON DELETE CASCADE,
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id),
    CONSTRAINT waiting_is_due_some_time CHECK (state <> 'waiting' OR next_try_at IS NOT NULL),
    CONSTRAINT fetching_by_someone CHECK (state <> 'fetching' OR fetching_by IS NOT NULL)
);
SELECT fence('media');
CREATE INDEX media_to_fetch ON media (company_id, next_try_at) WHERE state IN ('waiting', 'fetching');
CREATE INDEX media_of_customer ON media (company_id, appid, openid);

-- However a customer's picture came to be written, it is fetched: nobody can forget to say so. A message of another kind does not
-- get as far as the function.
-- +goose StatementBegin
CREATE FUNCTION fetch_media() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO media (company_id, message_id, created_at, session_id, appid, openid, next_try_at)
    VALUES (NEW.company_id, NEW.message_id, NEW.created_at, NEW.session_id, NEW.appid, NEW.openid, now());
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER messages_media AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.opercode = 2 AND NEW.message_type IN (2, 3, 4) AND NEW.session_id IS NOT NULL) EXECUTE FUNCTION fetch_media();

-- What WeChat tells of a customer, and where it is asked. profile_due: when it is asked next; a new customer is due at once.
ALTER TABLE customers
    ADD COLUMN unionid         text NOT NULL DEFAULT '',    -- the same person at every account of one Open Platform account
    ADD COLUMN subscribe_scene text NOT NULL DEFAULT '',    -- how they came to follow: ADD_SCENE_QR_CODE ...
    ADD COLUMN qr_scene        text NOT NULL DEFAULT '',    -- by which QR code
    ADD COLUMN subscribed_at   timestamptz,
    ADD COLUMN unsubscribed_at timestamptz,
    ADD COLUMN profile_at      timestamptz,                 -- when WeChat last told
    ADD COLUMN profile_due     timestamptz DEFAULT now(),
    ADD COLUMN tags            text[] NOT NULL DEFAULT '{}',
    -- What people here chose and WeChat does not have yet.
    ADD COLUMN remark_waits    boolean NOT NULL DEFAULT false,
    ADD COLUMN tags_wait       boolean NOT NULL DEFAULT false,
    ADD COLUMN push_due        timestamptz,                 -- null: nothing waits, or it has failed
    ADD COLUMN push_attempts   smallint NOT NULL DEFAULT 0,
    ADD COLUMN push_code       integer,                     -- WeChat's last no to it
    ADD COLUMN lat             double precision,            -- where they last were, degrees (GCJ-02), where they let WeChat tell
    ADD COLUMN lng             double precision,
    ADD COLUMN accuracy        double precision,
    ADD COLUMN located_at      timestamptz,
    ADD COLUMN anonymised_at   timestamptz;
CREATE INDEX customers_profile ON customers (company_id, profile_due) WHERE profile_due IS NOT NULL;
CREATE INDEX customers_push ON customers (company_id, push_due) WHERE push_due IS NOT NULL;
CREATE INDEX customers_person ON customers (company_id, unionid) WHERE unionid <> '';
CREATE INDEX customers_gone ON customers (company_id, unsubscribed_at) WHERE unsubscribed_at IS NOT NULL AND anonymised_at IS NULL;

-- How long, in seconds, what is known of a customer is kept after they unfollowed or withdrew their consent; null: for good.
ALTER TABLE companies ADD COLUMN forget_after bigint CHECK (forget_after >= 0);

-- What WeChat said about the account itself, for its page of health: verified, renewed, expired.
ALTER TABLE accounts
    ADD COLUMN verification            text NOT NULL DEFAULT '', -- the last of WeChat's events about it: verify_expired ...
    ADD COLUMN verification_at         timestamptz,
    ADD COLUMN verification_expires_at timestamptz,
    ADD COLUMN verification_reason     text NOT NULL DEFAULT '';

-- The name that WeChat gave a template message or a notice: its result comes later, as an event.
ALTER TABLE messages ADD COLUMN wechat_msgid text;
CREATE INDEX messages_of_job ON messages (company_id, appid, openid, wechat_msgid) WHERE wechat_msgid IS NOT NULL;

-- +goose Down
SELECT 1;
