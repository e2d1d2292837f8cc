-- +goose Up

-- The role that serves. It owns nothing, is neither superuser nor exempt from row-level security, and may read and write
-- rows, nothing else. Roles belong to the whole cluster, so another database, or another Weir starting now, may have made it.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_app') THEN
        CREATE ROLE weir_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- +goose StatementEnd
-- Whoever migrates may also serve, by stepping down to weir_app.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'weir_app', 'MEMBER') THEN
        EXECUTE format('GRANT weir_app TO %I', current_user);
    END IF;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO weir_app', current_schema()); END $$;
-- +goose StatementEnd

-- fence puts one table of company data behind row-level security, for its owner too. Whoever asks names the company (or, when
-- a group of callbacks is written at once, the companies) in app.company_id; who names none sees nothing. The subselect makes
-- PostgreSQL read the setting once per statement and not once per row; IS TRUE keeps the policy out of the choice of an
-- index: without it each descent was made once for every company named, and by the wrong index.
-- +goose StatementBegin
CREATE FUNCTION fence(t regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY company ON %s USING ((company_id = ANY '
        || '((SELECT string_to_array(NULLIF(current_setting(''app.company_id'', true), ''''), '','')::uuid[])::uuid[])) IS TRUE)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO weir_app', t);
END $$;
-- +goose StatementEnd

-- A company is a tenant. Every setting that is a time is in seconds. Its version grows with every change to it or to what
-- hangs on it (accounts, agents, groups, rules), so whoever keeps a copy knows when it is old.
CREATE TABLE companies (
    company_id        uuid PRIMARY KEY,
    name              text NOT NULL CHECK (name <> ''),
    timezone          text NOT NULL DEFAULT 'Asia/Shanghai',
    locale            text NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
    distribution      text NOT NULL DEFAULT 'average' CHECK (distribution IN ('average', 'grab')),
    notices           text NOT NULL DEFAULT 'free' CHECK (notices IN ('free', 'all', 'none')),
    queue_timeout     bigint NOT NULL DEFAULT 172800 CHECK (queue_timeout > 0),
    reception_timeout bigint NOT NULL DEFAULT 86400 CHECK (reception_timeout > 0),
    idle_timeout      bigint NOT NULL DEFAULT 172800 CHECK (idle_timeout > 0),
    reclaim_after     bigint NOT NULL DEFAULT 864000 CHECK (reclaim_after > 0),
    quota_message     smallint NOT NULL DEFAULT 5 CHECK (quota_message >= 0),  -- messages that a customer's message allows
    quota_event       smallint NOT NULL DEFAULT 3 CHECK (quota_event >= 0),    -- messages that a menu click, follow or scan allows
    window_message    bigint NOT NULL DEFAULT 172800 CHECK (window_message > 0),
    window_event      bigint NOT NULL DEFAULT 60 CHECK (window_event > 0),
    version           bigint NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL DEFAULT now()
);
SELECT fence('companies');

-- An account is a WeChat Official Account of a company. What is secret is sealed before it comes here.
CREATE TABLE accounts (
    company_id       uuid NOT NULL REFERENCES companies,
    appid            text NOT NULL CHECK (appid ~ '^[A-Za-z0-9_-]{1,64}$'),
    name             text NOT NULL,
    mode             text NOT NULL DEFAULT 'safe' CHECK (mode IN ('plain', 'compatible', 'safe')),
    secret           bytea NOT NULL,
    token            bytea NOT NULL,
    aes_key          bytea,                         -- plain mode needs none
    previous_aes_key bytea,                         -- WeChat may still use it while a key is being changed
    default_group_id bigint,
    paused_at        timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, appid),
    CONSTRAINT encryption_needs_a_key CHECK (mode = 'plain' OR aes_key IS NOT NULL)
);
SELECT fence('accounts');

-- Which company an account belongs to: asked before the company is known, so it stands outside the fence and says nothing else.
CREATE TABLE appids (
    appid      text PRIMARY KEY,
    company_id uuid NOT NULL,
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE
);
GRANT SELECT, INSERT, UPDATE, DELETE ON appids TO weir_app;

-- An agent is a person who answers. status is what was chosen, by the person or through the API, and holds until changed:
-- auto means online while a workspace is open.
CREATE TABLE agents (
    company_id       uuid NOT NULL REFERENCES companies,
    uid              bigint NOT NULL CHECK (uid > 0),
    name             text NOT NULL CHECK (name <> ''),
    role             text NOT NULL DEFAULT 'agent' CHECK (role IN ('agent', 'supervisor', 'admin')),
    email            text NOT NULL CHECK (email = lower(email)),
    password         text NOT NULL,                 -- argon2id, as a PHC string
    capacity         integer NOT NULL DEFAULT 5 CHECK (capacity >= 0), -- sessions waiting or in conversation; 0: never assigned
    status           text NOT NULL DEFAULT 'auto' CHECK (status IN ('auto', 'online', 'away', 'offline')),
    locale           text CHECK (locale IN ('zh-CN', 'en')),
    theme            text CHECK (theme IN ('weir-light', 'weir-dark')),
    last_assigned_at timestamptz,
    disabled_at      timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, uid)
) WITH (fillfactor = 80);
SELECT fence('agents');

-- Who signs in with which address: asked before the company is known.
CREATE TABLE logins (
    email      text PRIMARY KEY CHECK (email = lower(email)),
    company_id uuid NOT NULL,
    uid        bigint NOT NULL,
    UNIQUE (company_id, uid),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid) ON DELETE CASCADE
);
GRANT SELECT, INSERT, UPDATE, DELETE ON logins TO weir_app;

-- A group is agents who share a kind of work.
CREATE TABLE groups (
    company_id uuid NOT NULL REFERENCES companies,
    group_id   bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    name       text NOT NULL CHECK (name <> '' AND name <> 'other'), -- 'other' is the queue of those no group is named for
    strategy   text NOT NULL DEFAULT 'least_busy' CHECK (strategy IN ('least_busy', 'round_robin', 'longest_idle')),
    PRIMARY KEY (company_id, group_id),
    UNIQUE (company_id, name)
);
SELECT fence('groups');
ALTER TABLE accounts ADD FOREIGN KEY (company_id, default_group_id) REFERENCES groups (company_id, group_id);

CREATE TABLE group_members (
    company_id uuid NOT NULL,
    group_id   bigint NOT NULL,
    uid        bigint NOT NULL,
    position   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (company_id, group_id, uid),
    FOREIGN KEY (company_id, group_id) REFERENCES groups (company_id, group_id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid) ON DELETE CASCADE
);
SELECT fence('group_members');

-- A seat is an agent's place at one account: without one an agent gets no session of that account.
CREATE TABLE seats (
    company_id          uuid NOT NULL,
    customer_service_id bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    appid               text NOT NULL,
    uid                 bigint NOT NULL,
    PRIMARY KEY (company_id, customer_service_id),
    UNIQUE (company_id, appid, uid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE,
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid) ON DELETE CASCADE
);
SELECT fence('seats');

-- A rule answers, or says where a session goes, without a person. The lowest priority that matches decides.
CREATE TABLE rules (
    company_id      uuid NOT NULL REFERENCES companies,
    rule_id         bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    name            text NOT NULL CHECK (name <> ''),
    priority        integer NOT NULL DEFAULT 100,
    appid           text,                            -- of one account; null: of all
    kind            text NOT NULL CHECK (kind IN ('exact', 'contains', 'follow')),
    keywords        text[] NOT NULL DEFAULT '{}',
    reply           text[] NOT NULL DEFAULT '{}',    -- texts, sent in this order
    assign_uid      bigint,
    assign_group_id bigint,
    enabled         boolean NOT NULL DEFAULT true,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, rule_id),
    UNIQUE (company_id, name),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid) ON DELETE CASCADE,
    FOREIGN KEY (company_id, assign_uid) REFERENCES agents (company_id, uid),
    FOREIGN KEY (company_id, assign_group_id) REFERENCES groups (company_id, group_id),
    CONSTRAINT keywords_unless_follow CHECK ((kind = 'follow') = (cardinality(keywords) = 0)),
    CONSTRAINT a_rule_does_something CHECK (cardinality(reply) > 0 OR assign_uid IS NOT NULL OR assign_group_id IS NOT NULL),
    CONSTRAINT one_target CHECK (assign_uid IS NULL OR assign_group_id IS NULL)
);
SELECT fence('rules');

-- What a program shows to use a company's API. Only the hash is kept.
CREATE TABLE api_tokens (
    company_id uuid NOT NULL REFERENCES companies,
    name       text NOT NULL CHECK (name <> ''),
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, name),
    UNIQUE (company_id, hash)
);
SELECT fence('api_tokens');
-- Whose token a hash is: asked before the company is known.
CREATE TABLE token_hashes (
    hash       bytea PRIMARY KEY,
    company_id uuid NOT NULL,
    FOREIGN KEY (company_id, hash) REFERENCES api_tokens (company_id, hash) ON DELETE CASCADE ON UPDATE CASCADE
);
GRANT SELECT, INSERT, UPDATE, DELETE ON token_hashes TO weir_app;

-- A customer is a WeChat user of an account. This row is also the lock for everything about them: their live session, its
-- messages and the ledger are only changed by who holds it. The ledger says what WeChat allows us to send: quota_used of
-- quota_allowed until quota_until, since what the customer did at quota_opened_at.
CREATE TABLE customers (
    company_id      uuid NOT NULL,
    appid           text NOT NULL,
    openid          text NOT NULL CHECK (length(openid) BETWEEN 1 AND 64),
    remark          text NOT NULL DEFAULT '',
    exclusive_uid   bigint,
    exclusive_since timestamptz,
    subscribed      boolean,                         -- null: not known
    source          text NOT NULL DEFAULT '',        -- the EventKey they first came with
    first_at        timestamptz NOT NULL,
    heard_at        timestamptz NOT NULL,
    replied_at      timestamptz,
    quota_allowed   smallint NOT NULL DEFAULT 0,
    quota_used      smallint NOT NULL DEFAULT 0 CHECK (quota_used >= 0),
    quota_opened_at timestamptz NOT NULL DEFAULT 'epoch',
    quota_until     timestamptz NOT NULL DEFAULT 'epoch',
    quota_trigger   text NOT NULL DEFAULT '' CHECK (quota_trigger IN ('', 'message', 'event')),
    quota_key       text NOT NULL DEFAULT '',        -- which act opened the window: a repeat of it opens nothing
    PRIMARY KEY (company_id, appid, openid),
    FOREIGN KEY (company_id, appid) REFERENCES accounts (company_id, appid),
    FOREIGN KEY (company_id, exclusive_uid) REFERENCES agents (company_id, uid)
) WITH (fillfactor = 70);
SELECT fence('customers');

-- A session is one customer's stretch of service, from the first word until it is closed.
CREATE TABLE sessions (
    company_id          uuid NOT NULL,
    session_id          uuid NOT NULL,
    appid               text NOT NULL,
    openid              text NOT NULL,
    state               smallint NOT NULL CHECK (state BETWEEN -4 AND 3),
    type                text NOT NULL CHECK (type IN ('user', 'group', 'other')),
    target_uid          bigint,
    group_id            bigint,
    exclusive_uid       bigint,                      -- whose customer it was when it queued
    uid                 bigint,
    customer_service_id bigint,
    priority            integer NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL,
    queued_at           timestamptz NOT NULL,
    assigned_at         timestamptz,
    taken_at            timestamptz,
    closed_at           timestamptz,
    closed_why          text NOT NULL DEFAULT '',
    oldest_at           timestamptz NOT NULL,        -- no message of it is older: what a reader need not look behind
    last_seq            integer NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    heard               integer NOT NULL DEFAULT 0,  -- how many of them the customer wrote
    seen_seq            integer NOT NULL DEFAULT 0,  -- how far its agent has read
    seen_heard          integer NOT NULL DEFAULT 0,  -- and how many of the customer's messages that were
    version             bigint NOT NULL DEFAULT 0,   -- grows with every change that a reader of the thread would see
    waiting_since       timestamptz,                 -- since when the customer waits for a word from a person
    last_at             timestamptz NOT NULL,
    last_opercode       smallint NOT NULL DEFAULT 2,
    last_type           smallint NOT NULL DEFAULT 1,
    last_text           text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, session_id),
    FOREIGN KEY (company_id, appid, openid) REFERENCES customers (company_id, appid, openid),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid),
    FOREIGN KEY (company_id, target_uid) REFERENCES agents (company_id, uid),
    FOREIGN KEY (company_id, group_id) REFERENCES groups (company_id, group_id),
    FOREIGN KEY (company_id, customer_service_id) REFERENCES seats (company_id, customer_service_id) ON DELETE SET NULL (customer_service_id),
    CONSTRAINT served_by_someone CHECK (state NOT IN (0, 1, 2) OR uid IS NOT NULL),
    CONSTRAINT queueing_for_no_one CHECK (state <> 3 OR uid IS NULL),
    CONSTRAINT closed_has_a_time CHECK ((state < 0) = (closed_at IS NOT NULL)),
    CONSTRAINT type_names_its_target CHECK ((type = 'user') = (target_uid IS NOT NULL) AND (type <> 'group' OR group_id IS NOT NULL)),
    CONSTRAINT assigned_has_a_time CHECK ((uid IS NULL) = (assigned_at IS NULL))
) WITH (fillfactor = 70);
SELECT fence('sessions');
-- Two callbacks racing cannot open two sessions for one customer.
CREATE UNIQUE INDEX sessions_one_live ON sessions (company_id, appid, openid) WHERE state >= 0;
CREATE INDEX sessions_of_customer ON sessions (company_id, appid, openid, session_id);
CREATE INDEX sessions_of_agent ON sessions (company_id, uid) WHERE state IN (0, 1, 2);
-- The heads of the queues: for a group (or none), for a named agent, for the customers of an exclusive agent.
CREATE INDEX sessions_queue ON sessions (company_id, group_id, priority DESC, queued_at) WHERE state = 3 AND target_uid IS NULL;
CREATE INDEX sessions_queue_user ON sessions (company_id, target_uid, priority DESC, queued_at) WHERE state = 3 AND target_uid IS NOT NULL;
CREATE INDEX sessions_queue_exclusive ON sessions (company_id, exclusive_uid, priority DESC, queued_at) WHERE state = 3 AND exclusive_uid IS NOT NULL;

-- A message, in either direction. A row with a delivery is its own errand: the courier carries it to WeChat. Partitioned by
-- month, so that the indexes being written stay small. created_at is WeChat's CreateTime for what a customer sent: a repeated
-- callback carries the same one, so it may stand in the key that refuses repeats.
CREATE TABLE messages (
    company_id          uuid NOT NULL,
    message_id          uuid NOT NULL,
    created_at          timestamptz NOT NULL,
    session_id          uuid,                        -- null: an automatic answer outside any session
    seq                 integer CHECK (seq > 0),
    appid               text NOT NULL,
    openid              text NOT NULL,
    uid                 bigint,
    customer_service_id bigint,
    opercode            smallint NOT NULL CHECK (opercode BETWEEN 1 AND 5),
    message_type        smallint NOT NULL CHECK (message_type BETWEEN 0 AND 6),
    text                text NOT NULL DEFAULT '',
    data                jsonb,                       -- the fields of types 2 to 6; for type 0 the document as it came
    wechat_key          text CHECK (wechat_key <> ''), -- an empty key would match everything
    rule_id             bigint,
    version             bigint NOT NULL DEFAULT 0,   -- the session's version when this row last changed
    delivery            text CHECK (delivery IN ('queued', 'sending', 'sent', 'failed', 'uncertain')),
    delivery_code       integer,
    delivery_reason     text NOT NULL DEFAULT '',
    attempts            smallint NOT NULL DEFAULT 0,
    next_try_at         timestamptz,
    sending_by          uuid,                        -- the process that is sending it
    sent_at             timestamptz,
    PRIMARY KEY (company_id, message_id, created_at),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id),
    CONSTRAINT outgoing_has_a_delivery CHECK ((opercode = 2) = (delivery IS NULL)),
    CONSTRAINT a_place_in_its_session CHECK ((session_id IS NULL) = (seq IS NULL) AND (session_id IS NOT NULL OR opercode = 5)),
    CONSTRAINT queued_is_due_some_time CHECK ((delivery = 'queued') IS NOT TRUE OR next_try_at IS NOT NULL),
    CONSTRAINT sending_by_someone CHECK ((delivery = 'sending') IS NOT TRUE OR sending_by IS NOT NULL)
) PARTITION BY RANGE (created_at);
SELECT fence('messages');
CREATE UNIQUE INDEX messages_of_session ON messages (company_id, session_id, seq, created_at);
CREATE UNIQUE INDEX messages_heard_once ON messages (company_id, appid, wechat_key, created_at) WHERE wechat_key IS NOT NULL;
CREATE INDEX messages_to_send ON messages (company_id, appid, openid, message_id) WHERE delivery IN ('queued', 'sending');

-- Whatever no month takes (a callback whose CreateTime is years off) is still kept.
CREATE TABLE messages_other PARTITION OF messages DEFAULT;
SELECT fence('messages_other');
REVOKE ALL ON messages_other FROM weir_app;

-- make_months makes the partitions of the months around a time. The serving role may not create tables, so it asks here.
-- +goose StatementBegin
CREATE FUNCTION make_months(around timestamptz, before integer, ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    m timestamp;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7236001);
    FOR i IN -before..ahead LOOP
        m := date_trunc('month', around AT TIME ZONE 'UTC') + make_interval(months => i);
        part := 'messages_' || to_char(m, 'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF messages FOR VALUES FROM (%L) TO (%L)',
                part, m AT TIME ZONE 'UTC', (m + interval '1 month') AT TIME ZONE 'UTC');
            PERFORM fence(part::regclass);
            EXECUTE format('REVOKE ALL ON %I FROM weir_app', part);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    -- a SECURITY DEFINER function runs with the search path it was made under, not the caller's
    FOREACH f IN ARRAY ARRAY['make_months(timestamptz, integer, integer)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO weir_app', f);
    END LOOP;
    REVOKE ALL ON FUNCTION fence(regclass) FROM PUBLIC;
END $$;
-- +goose StatementEnd
SELECT make_months(now(), 1, 2);

-- Whether the schema is as new as the program is something the serving role may ask.
GRANT SELECT ON goose_db_version TO weir_app;

-- What customers did other than write: followed, scanned, clicked; and every kind of event we do not know, as it came.
CREATE TABLE events (
    company_id uuid NOT NULL,
    event_id   uuid NOT NULL,
    appid      text NOT NULL,
    openid     text NOT NULL,
    created_at timestamptz NOT NULL,
    event      text NOT NULL,                        -- lower case
    event_key  text NOT NULL DEFAULT '',
    wechat_key text NOT NULL CHECK (wechat_key <> ''),
    session_id uuid,
    rule_id    bigint,
    answer     text NOT NULL DEFAULT '',             -- what was answered at once, and is answered again to a repeat
    raw        text NOT NULL DEFAULT '',
    PRIMARY KEY (company_id, event_id),
    UNIQUE (company_id, appid, wechat_key),
    FOREIGN KEY (company_id, appid, openid) REFERENCES customers (company_id, appid, openid),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id)
);
SELECT fence('events');
CREATE INDEX events_of_customer ON events (company_id, appid, openid, event_id);

-- Why a session went where it went: who could have had it, who got it, why the others did not.
CREATE TABLE decisions (
    company_id  uuid NOT NULL,
    decision_id uuid NOT NULL,
    session_id  uuid NOT NULL,
    made_at     timestamptz NOT NULL,
    act         text NOT NULL,                       -- assigned, accepted, transferred, ...
    by_uid      bigint,                              -- the person who did it; null: the desk
    uid         bigint,
    reason      jsonb NOT NULL,
    PRIMARY KEY (company_id, decision_id),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id)
);
SELECT fence('decisions');
CREATE INDEX decisions_of_session ON decisions (company_id, session_id, decision_id);

-- A request that carries an Idempotency-Key is done once; this is what it was and which message came of it.
CREATE TABLE idempotency_keys (
    company_id  uuid NOT NULL REFERENCES companies,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    session_id  uuid NOT NULL,
    seq         integer NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (company_id, key),
    FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, session_id)
);
SELECT fence('idempotency_keys');

-- The processes of Weir that are running. One that has not been seen for a while is dead, and its work is taken over.
CREATE TABLE instances (
    instance_id uuid PRIMARY KEY,
    seen_at     timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON instances TO weir_app;

-- Which agents have a workspace open, and at which process. left_at: the last stream closed then (a page change takes a
-- moment, so an agent counts as connected for a grace time).
CREATE TABLE connections (
    company_id  uuid NOT NULL,
    uid         bigint NOT NULL,
    instance_id uuid NOT NULL REFERENCES instances ON DELETE CASCADE,
    since       timestamptz NOT NULL,
    left_at     timestamptz,
    PRIMARY KEY (company_id, uid, instance_id),
    FOREIGN KEY (company_id, uid) REFERENCES agents (company_id, uid) ON DELETE CASCADE
);
SELECT fence('connections');

-- +goose Down
-- There is no way back from the first migration but to drop the database.
SELECT 1;
