-- +goose Up

-- GIN can hold the company beside the pairs (a trusted extension of PostgreSQL's own: the database's owner may create it).
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- What a message can be found by: every pair of neighbouring characters of its words, made by Weir (internal/search) after the message is
-- committed, so that taking messages costs nothing for it. A term of two characters or more has pairs, too, and a message that holds the term
-- has all of them; whether it holds the term itself is looked up in the message. No key points at messages: it would lock each of them once
-- more, and a row whose message has gone is passed over by whoever reads. By month, like the messages, so that the index being written stays small.
CREATE TABLE search_messages (
    company_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    message_id uuid NOT NULL,
    session_id uuid NOT NULL,
    pairs      text[] COLLATE "C" NOT NULL,
    PRIMARY KEY (company_id, created_at, message_id)
) PARTITION BY RANGE (created_at);
SELECT fence('search_messages');
CREATE INDEX search_messages_pairs ON search_messages USING gin (company_id, pairs) WITH (gin_pending_list_limit = 512);
CREATE TABLE search_messages_other PARTITION OF search_messages DEFAULT;
SELECT fence('search_messages_other');
REVOKE ALL ON search_messages_other FROM weir_app;

-- In which transaction a message was written. Numbers of transactions are given out before anything is written, and a transaction may commit
-- long after later ones did; but which have committed can be asked of PostgreSQL at any time. So nothing is missed by who remembers which
-- had, the last time: what is new is what others wrote. What was there before this step counts as written by the first of all.
ALTER TABLE messages ADD COLUMN xact xid8 NOT NULL DEFAULT '3';
ALTER TABLE messages ALTER COLUMN xact SET DEFAULT pg_current_xact_id();
CREATE INDEX messages_arrived ON messages (xact, message_id) WHERE session_id IS NOT NULL;

-- How far the index is, for all companies: one row, and who works at it has it locked. What was committed when seen was taken is in it. While a
-- walk from there to what was committed when target was taken is under way, it is done up to and with message_id of xact.
CREATE TABLE search_progress (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    seen       pg_snapshot NOT NULL DEFAULT '3:3:',
    target     pg_snapshot,                        -- null: no walk is under way
    xact       xid8 NOT NULL DEFAULT '0',
    message_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO search_progress DEFAULT VALUES;
GRANT SELECT, UPDATE ON search_progress TO weir_app;

-- Under row-level security PostgreSQL looks nothing up by what may leak a value, and "has these pairs" is such a thing: it would read the
-- company's whole history. So one function looks it up, as a role that the fence does not bind here, that nobody can log in as, and that may
-- read nothing else; the company is the one that the fence would take, too.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'weir_search') THEN
        CREATE ROLE weir_search NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
BEGIN
    -- Only for giving it its functions: a policy holds for the members of its role, too, and who owns the schema stays within the fence.
    IF NOT pg_has_role(current_user, 'weir_search', 'MEMBER') THEN
        EXECUTE format('GRANT weir_search TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO weir_search', current_schema());
END $$;
-- +goose StatementEnd
GRANT SELECT ON search_messages TO weir_search;
CREATE POLICY search ON search_messages FOR SELECT TO weir_search USING (true);
GRANT SELECT (company_id, message_id, created_at, session_id, xact) ON messages TO weir_search; -- not what they say
CREATE POLICY search ON messages FOR SELECT TO weir_search USING (true);

-- search_hits are messages of the company named in app.company_id that have all of these pairs, newest first, before a place: at most so many. What is
-- said often is found among the newest; only what is not is looked up in the index, in stretches of time that double, newest first: so no
-- answer waits for all that was ever said.
-- +goose StatementBegin
CREATE FUNCTION search_hits(wanted text[], since timestamptz, before_at timestamptz, before_id uuid, most integer)
    RETURNS TABLE (created_at timestamptz, message_id uuid, session_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    company CONSTANT uuid := NULLIF(current_setting('app.company_id', true), '')::uuid;
    near    CONSTANT integer := GREATEST(2000, most);
    looked  integer := 0;
    found   integer := 0;
    got     integer;
    edge_at timestamptz := before_at;
    edge_id uuid := before_id;
    floor   timestamptz;
    span    interval := '1 month';
    r       record;
BEGIN
    FOR r IN SELECT x.created_at, x.message_id, x.session_id, x.pairs FROM search_messages x
        WHERE x.company_id = company AND x.created_at >= since AND (x.created_at, x.message_id) < (before_at, before_id)
        ORDER BY x.created_at DESC, x.message_id DESC LIMIT near
    LOOP
        looked := looked + 1;
        edge_at := r.created_at; edge_id := r.message_id;
        IF r.pairs @> wanted THEN
            created_at := r.created_at; message_id := r.message_id; session_id := r.session_id;
            RETURN NEXT;
            found := found + 1;
            EXIT WHEN found = most;
        END IF;
    END LOOP;
    IF found = most OR looked < near THEN
        RETURN;
    END IF;
    SELECT GREATEST(since, min(x.created_at)) INTO floor FROM search_messages x WHERE x.company_id = company;
    WHILE found < most AND edge_at >= floor LOOP
        RETURN QUERY WITH hits AS MATERIALIZED (SELECT x.created_at, x.message_id, x.session_id FROM search_messages x
                WHERE x.company_id = company AND x.pairs @> wanted AND x.created_at >= GREATEST(edge_at - span, floor) AND x.created_at <= edge_at)
            SELECT h.created_at, h.message_id, h.session_id FROM hits h WHERE (h.created_at, h.message_id) < (edge_at, edge_id)
            ORDER BY h.created_at DESC, h.message_id DESC LIMIT most - found;
        GET DIAGNOSTICS got = ROW_COUNT;
        found := found + got;
        edge_at := edge_at - span; -- what was written at that very moment has been looked at
        edge_id := '00000000-0000-0000-0000-000000000000';
        span := span * 2;
    END LOOP;
END $$;
-- +goose StatementEnd

-- search_news are the next messages of all companies that are not in the index, by their transactions: of those that had not ended (late, in
-- order), and of the later ones. It says of them no more than which they are; what they say is read by the company.
-- +goose StatementBegin
CREATE FUNCTION search_news(late xid8[], since xid8, until xid8, after_xact xid8, after_id uuid, most integer)
    RETURNS TABLE (company_id uuid, message_id uuid, created_at timestamptz, session_id uuid, xact xid8) LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    one   xid8;
    got   integer;
    found integer := 0;
BEGIN
    FOREACH one IN ARRAY late LOOP
        CONTINUE WHEN one < after_xact OR found = most;
        RETURN QUERY SELECT m.company_id, m.message_id, m.created_at, m.session_id, m.xact FROM messages m
            WHERE m.xact = one AND (one > after_xact OR m.message_id > after_id) AND m.session_id IS NOT NULL
            ORDER BY m.message_id LIMIT most - found;
        GET DIAGNOSTICS got = ROW_COUNT;
        found := found + got;
    END LOOP;
    IF after_xact < since THEN -- one lower bound: of two, PostgreSQL may begin to read at the lesser
        after_xact := since; after_id := '00000000-0000-0000-0000-000000000000';
    END IF;
    RETURN QUERY SELECT m.company_id, m.message_id, m.created_at, m.session_id, m.xact FROM messages m
        WHERE m.xact < until AND (m.xact, m.message_id) > (after_xact, after_id) AND m.session_id IS NOT NULL
        ORDER BY m.xact, m.message_id LIMIT most - found;
END $$;
-- +goose StatementEnd

-- The months of the index are those of the messages; the number is that of the messages' months.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION make_months(around timestamptz, before integer, ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    m timestamp;
    parent text;
    part text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7236001);
    FOR i IN -before..ahead LOOP
        m := date_trunc('month', around AT TIME ZONE 'UTC') + make_interval(months => i);
        FOREACH parent IN ARRAY ARRAY['messages', 'search_messages'] LOOP
            part := parent || '_' || to_char(m, 'YYYY_MM');
            CONTINUE WHEN to_regclass(part) IS NOT NULL;
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    part, parent, m AT TIME ZONE 'UTC', (m + interval '1 month') AT TIME ZONE 'UTC');
                PERFORM fence(part::regclass);
                EXECUTE format('REVOKE ALL ON %I FROM weir_app', part);
                made := made + (parent = 'messages')::integer;
            EXCEPTION WHEN check_violation THEN
                RAISE WARNING 'the % of % stay in %_other', parent, to_char(m, 'YYYY-MM'), parent;
            END;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE
    f text;
    month text;
BEGIN
    -- a SECURITY DEFINER function runs with the search path it was made under, not the caller's
    FOREACH f IN ARRAY ARRAY['make_months(timestamptz, integer, integer)', 'search_hits(text[], timestamptz, timestamptz, uuid, integer)',
        'search_news(xid8[], xid8, xid8, xid8, uuid, integer)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', f, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO weir_app', f);
        IF f LIKE 'search%' THEN
            EXECUTE format('ALTER FUNCTION %s OWNER TO weir_search', f);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM weir_search', current_schema());
    EXECUTE format('REVOKE weir_search FROM %I', current_user);
    FOR month IN SELECT substr(c.relname, 10) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'messages'::regclass AND c.relname ~ '^messages_\d{4}_\d\d$' LOOP
        PERFORM make_months(to_date(month, 'YYYY_MM')::timestamp AT TIME ZONE 'UTC', 0, 0);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Customers are found by what colleagues call them and by their tags: those who have either.
CREATE INDEX customers_named ON customers (company_id, appid, openid) WHERE remark <> '' OR tags <> '{}';

-- +goose Down
SELECT 1;
