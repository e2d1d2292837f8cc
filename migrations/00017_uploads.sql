-- +goose Up

-- Row-level security holds for the migration, too.
SELECT set_config('app.company_id', COALESCE((SELECT string_agg(DISTINCT company_id::text, ',') FROM appids), ''), true);

-- What people here, or other programs, gave us to send: pictures, voice messages and videos, made to fit WeChat's limits. The bytes are in
-- the media store, under the company, the month and the id. One that no message and no rule names is removed after a day.
CREATE TABLE uploads (
    company_id uuid NOT NULL REFERENCES companies,
    upload_id  uuid NOT NULL,
    uid        bigint,                               -- whose it is; null: the company's, by its API or its file
    kind       text NOT NULL CHECK (kind IN ('image', 'voice', 'video')),
    mime       text NOT NULL,
    size       bigint NOT NULL,
    width      integer NOT NULL DEFAULT 0,
    height     integer NOT NULL DEFAULT 0,
    length_ms  bigint NOT NULL DEFAULT 0,
    thumb      boolean NOT NULL DEFAULT false,       -- there is a small picture of it
    play       text NOT NULL DEFAULT '',             -- the type of what was made of it for browsers
    sum        bytea NOT NULL DEFAULT '',            -- of the file as it came: the same one need not be kept twice
    of_rules   boolean NOT NULL DEFAULT false,       -- a rule has named it: threads in which it was said show it for good
    created_at timestamptz NOT NULL,
    PRIMARY KEY (company_id, upload_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid)
);
SELECT fence('uploads');
CREATE INDEX uploads_by_sum ON uploads (company_id, sum) WHERE of_rules;
CREATE INDEX uploads_of_agent ON uploads (company_id, uid, created_at);

-- Which messages an upload was sent in: who may see it, and when it may go.
CREATE TABLE upload_uses (
    company_id uuid NOT NULL,
    upload_id  uuid NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamptz NOT NULL,                 -- the message's
    session_id uuid,
    appid      text NOT NULL,
    openid     text NOT NULL,
    PRIMARY KEY (company_id, upload_id, message_id),
    FOREIGN KEY (company_id, upload_id) REFERENCES uploads (company_id, upload_id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, message_id, created_at) REFERENCES messages (company_id, message_id, created_at) ON DELETE CASCADE
);
SELECT fence('upload_uses');
CREATE INDEX upload_uses_of_customer ON upload_uses (company_id, appid, openid);

-- What WeChat calls an upload at an account. It forgets it after three days, so it is uploaded again when it is needed later; what rules
-- answer with is kept fresh. try_at: when that is tried next.
CREATE TABLE upload_media (
    company_id uuid NOT NULL,
    upload_id  uuid NOT NULL,
    appid      text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('image', 'voice', 'video', 'thumb')),
    media_id   text NOT NULL DEFAULT '',
    until      timestamptz NOT NULL,
    try_at     timestamptz NOT NULL DEFAULT 'epoch',
    PRIMARY KEY (company_id, upload_id, appid, kind),
    FOREIGN KEY (company_id, upload_id) REFERENCES uploads (company_id, upload_id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
SELECT fence('upload_media');

-- However a message of ours came to carry an upload, it is noted: nobody can forget to say so.
-- +goose StatementBegin
CREATE FUNCTION use_upload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO upload_uses (company_id, upload_id, message_id, created_at, session_id, appid, openid)
    VALUES (NEW.company_id, (NEW.data->>'resources_id')::uuid, NEW.message_id, NEW.created_at, NEW.session_id, NEW.appid, NEW.openid);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER messages_upload AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.opercode <> 2 AND NEW.data IS NOT NULL AND NEW.data->>'resources_id' IS NOT NULL) EXECUTE FUNCTION use_upload();

-- +goose Down
SELECT 1;
