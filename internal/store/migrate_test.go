package store

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"weir/internal/id"
	"weir/internal/private"
	"weir/internal/testkit"
)

func TestFourWhoMigrateAtOnceEndWell(t *testing.T) {
	owner, app := testkit.Postgres(t, nil)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := Migrate(t.Context(), owner); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, err := Behind(t.Context(), owner); n != 0 || err != nil {
		t.Errorf("%d steps behind, %v", n, err)
	}
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Current(t.Context()); err != nil {
		t.Error(err)
	}
	if n := value[int](t, s.pool, "SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version"); n != 0 {
		t.Errorf("%d steps were noted twice", n)
	}
}

// shape is the schema as text: columns, constraints, indexes, policies, functions and rights.
const shape = `SELECT string_agg(x, E'\n' ORDER BY x) FROM (
	SELECT c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || c.relacl::text AS x FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
	UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
	UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = current_schema()::regnamespace
	UNION ALL SELECT polrelid::regclass || ' ' || polname || ' ' || pg_get_expr(polqual, polrelid) FROM pg_policy
	UNION ALL SELECT pg_get_functiondef(oid) || proacl::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
	UNION ALL SELECT version_id || ' ' || tstamp FROM goose_db_version) s`

func TestMigratingTwiceChangesNothing(t *testing.T) {
	owner, _ := testkit.Postgres(t, migrate)
	conn := connect(t, owner)
	before := value[string](t, conn, shape)
	if err := Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if after := value[string](t, conn, shape); after != before || len(before) < 10_000 {
		t.Errorf("the schema was %d characters and is %d", len(before), len(after))
	}
}

func TestASchemaThatIsBehindIsTold(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Current(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, owner).Exec(t.Context(), "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Current(t.Context()); err == nil || !strings.Contains(err.Error(), "weir migrate") {
		t.Errorf("it said %v", err)
	}
	if n, err := Behind(t.Context(), owner); n != 1 || err != nil {
		t.Errorf("%d steps behind, %v", n, err)
	}
}

func TestADatabaseWithoutASchemaIsTold(t *testing.T) {
	_, app := testkit.Postgres(t, nil)
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Current(t.Context()); err == nil {
		t.Error("an empty database is held for current")
	}
}

// A server of somebody's own: nobody has made weir_app, and the role of the URL owns its database and may make roles, no more.
func TestAnOwnerWhoIsNoSuperuserMigratesAServerThatKnowsNothingOfWeir(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	server, err := private.Postgres(ctx, t.TempDir(), private.Volatile())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Stop(context.Background()) }()
	admin := connect(t, strings.Replace(server.OwnerURL, "user=weir_owner", "user=postgres", 1))
	for _, sql := range []string{"DROP OWNED BY weir_app", "DROP ROLE weir_app", "CREATE ROLE boss LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS", "CREATE DATABASE desk OWNER boss"} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	cfg, err := pgx.ParseConfig(server.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	url := "postgres:///desk?user=boss&host=" + cfg.Host
	if err := Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Current(ctx); err != nil {
		t.Fatal(err)
	}
	if who := value[string](t, s.pool, "SELECT current_user::text"); who != "weir_app" {
		t.Errorf("it serves as %s", who)
	}
	furnish(t, setRole(t, url), 1, names(tablesOf(t, connect(t, url))))
}

func setRole(t *testing.T, url string) *pgx.Conn {
	c := connect(t, url)
	if _, err := c.Exec(t.Context(), "SET ROLE weir_app"); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheServingRoleCanAskForTheMonthsItNeeds(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	later := time.Date(2031, 12, 31, 23, 0, 0, 0, time.UTC)
	for _, want := range []int32{3, 0} { // the second time they are there
		if made, err := s.Outside().MakeMonths(t.Context(), MakeMonthsParams{Around: later, Before: 1, Ahead: 1}); err != nil || made != want {
			t.Fatalf("made %d months, %v; want %d", made, err, want)
		}
	}
	for _, x := range tablesOf(t, connect(t, owner)) {
		if x.Name == "messages_2032_01" && x.RLS && x.Force && x.Policies == 1 {
			return
		}
	}
	t.Error("January is not there, or not fenced")
}

// A company's callback with a time far ahead, or one that came before anybody made its month, must not keep others from getting theirs.
func TestAMonthThatCannotBeMadeKeepsNoOtherFromBeingMade(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	admin := connect(t, owner)
	c := furnish(t, admin, 1, names(tablesOf(t, admin)))
	if _, err := admin.Exec(t.Context(), c.fill(`SELECT set_config('app.company_id', '{c}', false)`)); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec(t.Context(), c.fill(`INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, wechat_key)
		VALUES ('{c}', gen_random_uuid(), '2031-12-24', '{s}', 99, 'wx{n}', 'o{n}', 2, 1, 'm:ahead')`)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	around := time.Date(2031, 12, 1, 0, 0, 0, 0, time.UTC)
	if made, err := s.Outside().MakeMonths(t.Context(), MakeMonthsParams{Around: around, Before: 1, Ahead: 1}); err != nil || made != 2 {
		t.Fatalf("made %d months, %v; want November and January", made, err)
	}
	if n := value[int64](t, admin, `SELECT count(*) FROM messages_other WHERE wechat_key = 'm:ahead'`); n != 1 {
		t.Errorf("the message that was in the way is there %d times", n)
	}
}

func TestRulesOfBeforeKeepWhatTheyAnswer(t *testing.T) {
	owner, _ := testkit.Postgres(t, func(url string) error {
		return withProvider(context.Background(), url, func(p *goose.Provider) error {
			_, err := p.UpTo(context.Background(), 17)
			return err
		})
	})
	conn := connect(t, owner)
	company := id.New().String()
	for _, sql := range []string{
		`SELECT set_config('app.company_id', '` + company + `', false)`,
		`INSERT INTO companies (company_id, name) VALUES ('` + company + `', '网鱼')`,
		`INSERT INTO accounts (company_id, appid, name, secret, token, mode) VALUES ('` + company + `', 'wx1', 'n', 's', 't', 'plain')`,
		`INSERT INTO appids (appid, company_id) VALUES ('wx1', '` + company + `')`,
		`INSERT INTO groups (company_id, group_id, name) VALUES ('` + company + `', 1, '售后')`,
		`INSERT INTO rules (company_id, name, kind, keywords, reply) VALUES ('` + company + `', '价格', 'exact', '{价格}', '{"八元, 「包间」十五元",会员六元}')`,
		`INSERT INTO rules (company_id, name, kind, keywords, assign_group_id) VALUES ('` + company + `', '售后', 'exact', '{售后}', 1)`,
	} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if err := Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	const want = `[{"text": "八元, 「包间」十五元", "type": "text"}, {"text": "会员六元", "type": "text"}]`
	if got := value[string](t, conn, `SELECT reply::text FROM rules WHERE name = '价格'`); got != want {
		t.Errorf("it answers %s", got)
	}
	if got := value[string](t, conn, `SELECT reply::text FROM rules WHERE name = '售后'`); got != "[]" {
		t.Errorf("what answers nothing answers %s", got)
	}
}
