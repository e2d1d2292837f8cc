package testkit_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"weir/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// migrate leaves its connection open on purpose: the template must be usable all the same.
func migrate(ownerURL string) error {
	conn, err := pgx.Connect(context.Background(), ownerURL)
	if err != nil {
		return err
	}
	_, err = conn.Exec(context.Background(), `CREATE TABLE words (word text PRIMARY KEY); INSERT INTO words VALUES ('你好');
		GRANT SELECT, INSERT ON words TO weir_app`)
	return err
}

func TestEveryTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	for range 3 {
		start := time.Now()
		_, app := testkit.Postgres(t, migrate)
		t.Logf("a database in %v", time.Since(start))
		conn, err := pgx.Connect(t.Context(), app)
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM words`).Scan(&n); err != nil || n != 1 {
			t.Fatalf("words = %d, %v; want the migrated one", n, err)
		}
		if _, err := conn.Exec(t.Context(), `INSERT INTO words VALUES ('再见')`); err != nil {
			t.Fatal(err)
		}
		// conn stays open: dropping the database must not mind.
	}
}

func TestMigrationsHaveTemplatesOfTheirOwn(t *testing.T) {
	testkit.Postgres(t, migrate)
	owner, _ := testkit.Postgres(t, nil)
	conn, err := pgx.Connect(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	var there bool
	if err := conn.QueryRow(t.Context(), `SELECT to_regclass('words') IS NOT NULL`).Scan(&there); err != nil || there {
		t.Fatalf("an empty database has words: %v, %v", there, err)
	}
}

func TestNeitherRoleIsSuperuser(t *testing.T) {
	owner, app := testkit.Postgres(t, nil)
	for _, url := range []string{owner, app} {
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var free bool
		err = conn.QueryRow(t.Context(), `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`).Scan(&free)
		if err != nil || free {
			t.Errorf("%s escapes row-level security: %v, %v", url, free, err)
		}
	}
}

func TestEveryTestHasARedisOfItsOwn(t *testing.T) {
	for range 3 {
		start := time.Now()
		options, err := redis.ParseURL(testkit.Redis(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("a Redis in %v", time.Since(start))
		options.DB = 15
		client := redis.NewClient(options)
		defer func() { _ = client.Close() }()
		if n, err := client.Incr(t.Context(), "n").Result(); err != nil || n != 1 {
			t.Fatalf("n = %d, %v; want a fresh 1", n, err)
		}
	}
}
