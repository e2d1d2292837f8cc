-- +goose Up

-- A month is made even where it cannot be: rows that lie in messages_other already keep that month there, and the months behind it are
-- made all the same. (A callback may say any time up to a day ahead, and an installation may have been off for a season.)
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION make_months(around timestamptz, before integer, ahead integer) RETURNS integer
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
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %I PARTITION OF messages FOR VALUES FROM (%L) TO (%L)',
                part, m AT TIME ZONE 'UTC', (m + interval '1 month') AT TIME ZONE 'UTC');
            PERFORM fence(part::regclass);
            EXECUTE format('REVOKE ALL ON %I FROM weir_app', part);
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'the messages of % stay in messages_other', to_char(m, 'YYYY-MM');
        END;
    END LOOP;
    RETURN made;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
BEGIN
    -- a SECURITY DEFINER function runs with the search path it was made under, not the caller's
    EXECUTE format('ALTER FUNCTION make_months(timestamptz, integer, integer) SET search_path = %I, pg_temp', current_schema());
END $$;
-- +goose StatementEnd

-- Which of an agent's logins still count: one remembers the number it was made under. A changed password or role, and being disabled or
-- let in again, ends the logins made before, and their streams.
ALTER TABLE agents ADD COLUMN login_epoch bigint NOT NULL DEFAULT 0;
-- +goose StatementBegin
CREATE FUNCTION end_logins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.login_epoch := OLD.login_epoch + 1;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER agents_end_logins BEFORE UPDATE OF password, role, disabled_at ON agents FOR EACH ROW
    WHEN (NEW.password <> OLD.password OR NEW.role <> OLD.role OR NEW.disabled_at IS DISTINCT FROM OLD.disabled_at) EXECUTE FUNCTION end_logins();

-- +goose Down
SELECT 1;
