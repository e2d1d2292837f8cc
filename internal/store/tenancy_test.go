package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"weir/internal/testkit"
)

// table is one of the schema, partitions included, as the catalogue has it.
type table struct {
	Name       string
	Partition  bool
	RLS, Force bool
	Primary    []string
	Unique     [][]string // every unique index
	Policies   int64      // that bind everybody, in every command, by company_id
	Loose      int64      // any other policy
}

const catalogue = `
SELECT c.relname, c.relispartition, c.relrowsecurity, c.relforcerowsecurity,
    COALESCE((SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary), '{}'),
    (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND ` + binding + `),
    (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND NOT (` + binding + `) AND NOT (` + searching + `))
FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname`

const binding = `(p.polcmd = '*' AND p.polroles = '{0}' AND pg_get_expr(p.polqual, p.polrelid) LIKE '((company_id = ANY%app.company_id%IS TRUE)'
    AND (p.polwithcheck IS NULL OR pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid)))`

// searching is the one way around the fence: a role that nobody can be reads two tables, for two functions (see search_test.go).
const searching = `(c.relname IN ('messages', 'search_messages') AND p.polname = 'search' AND p.polcmd = 'r' AND p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = 'weir_search')])`

func tablesOf(t *testing.T, conn *pgx.Conn) []table {
	t.Helper()
	rows, err := conn.Query(t.Context(), catalogue)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (x table, err error) {
		err = r.Scan(&x.Name, &x.Partition, &x.RLS, &x.Force, &x.Primary, &x.Policies, &x.Loose)
		return x, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range out {
		out[i].Unique = uniqueOf(t, conn, out[i].Name)
	}
	if len(out) < 20 {
		t.Fatalf("only %d tables: this is not the schema", len(out))
	}
	return out
}

func uniqueOf(t *testing.T, conn *pgx.Conn, name string) (out [][]string) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))
		FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique`, name)
	if err != nil {
		t.Fatal(err)
	}
	if out, err = pgx.CollectRows(rows, pgx.RowTo[[]string]); err != nil {
		t.Fatal(err)
	}
	return out
}

func names(tables []table) (out []string) {
	for _, x := range tables {
		out = append(out, x.Name)
	}
	return out
}

func TestEveryTableOfCompanyDataIsFencedByTheCatalogue(t *testing.T) {
	owner, _ := testkit.Postgres(t, migrate)
	conn := connect(t, owner)
	tables := tablesOf(t, conn)
	for name := range global {
		if !slices.Contains(names(tables), name) {
			t.Errorf("%s is named as a global table and there is none", name)
		}
	}
	for _, x := range tables {
		if global[x.Name] {
			continue
		}
		t.Run(x.Name, func(t *testing.T) {
			if !slices.Contains(x.Primary, "company_id") {
				t.Errorf("its primary key %v lacks company_id", x.Primary)
			}
			for _, u := range x.Unique {
				if !slices.Contains(u, "company_id") {
					t.Errorf("a unique index %v lacks company_id: the table cannot be distributed by it", u)
				}
			}
			if !x.RLS || !x.Force {
				t.Errorf("row-level security: enabled %v, forced %v", x.RLS, x.Force)
			}
			if x.Policies != 1 || x.Loose != 0 {
				t.Errorf("%d policies bind everybody to the company, %d others", x.Policies, x.Loose)
			}
		})
	}
}

func TestEveryForeignKeyToCompanyDataCarriesTheCompany(t *testing.T) {
	owner, _ := testkit.Postgres(t, migrate)
	conn := connect(t, owner)
	rows, err := conn.Query(t.Context(), `
		SELECT k.conrelid::regclass::text, k.conname, k.confrelid::regclass::text, EXISTS (
			SELECT FROM unnest(k.conkey, k.confkey) AS u (here, there)
			JOIN pg_attribute h ON h.attrelid = k.conrelid AND h.attnum = u.here
			JOIN pg_attribute th ON th.attrelid = k.confrelid AND th.attnum = u.there
			WHERE h.attname = 'company_id' AND th.attname = 'company_id')
		FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	var from, name, to string
	var carries bool
	_, err = pgx.ForEachRow(rows, []any{&from, &name, &to, &carries}, func() error {
		if global[to] {
			return nil
		}
		seen++
		if !carries {
			t.Errorf("%s of %s points at %s without company_id", name, from, to)
		}
		return nil
	})
	if err != nil || seen < 20 {
		t.Fatalf("%d foreign keys, %v", seen, err)
	}
}

func TestTheServingRoleHasNoWayAroundTheFence(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	for name, url := range map[string]string{"opened as the owner": owner, "opened as itself": app} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if who := value[string](t, s.pool, "SELECT current_user::text"); who != "weir_app" {
				t.Fatalf("it serves as %s", who)
			}
			if free := value[bool](t, s.pool, "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"); free {
				t.Error("it may do more than read and write rows")
			}
			if n := value[int](t, s.pool, "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"); n != 0 {
				t.Errorf("it owns %d relations", n)
			}
			if n := value[int](t, s.pool, "SELECT count(*) FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = 'weir_app')"); n != 0 {
				t.Errorf("it is a member of %d roles", n)
			}
			if may := value[bool](t, s.pool, "SELECT has_schema_privilege(current_schema(), 'CREATE')"); may {
				t.Error("it may make tables")
			}
		})
	}
}

func TestNoCompanySeesOrChangesAnothersRows(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	tables := tablesOf(t, connect(t, owner))
	serving := connect(t, app)
	a, b := furnish(t, serving, 1, names(tables)), furnish(t, serving, 2, names(tables))
	for _, x := range tables {
		if global[x.Name] {
			continue
		}
		t.Run(x.Name, func(t *testing.T) {
			for _, role := range []struct{ name, url string }{{"the serving role", app}, {"the owner", owner}} {
				t.Run(role.name, func(t *testing.T) {
					if x.Partition && role.url == app {
						closed(t, connect(t, app), x.Name, b)
						return
					}
					walled(t, connect(t, role.url), x.Name, a, b)
				})
			}
		})
	}
}

// closed: a partition is reached through its table only.
func closed(t *testing.T, conn *pgx.Conn, name string, c *company) {
	as(t, conn, c.id, func(tx pgx.Tx) {
		for _, sql := range []string{"SELECT * FROM " + name, "UPDATE " + name + " SET company_id = company_id", "DELETE FROM " + name, "INSERT INTO " + name + " DEFAULT VALUES"} {
			if _, err := try(t, tx, sql); !denied(err) {
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
}

// walled tries to reach the rows of another company, as one company and as none.
func walled(t *testing.T, conn *pgx.Conn, name string, mine, other *company) {
	var row, before string
	as(t, conn, other.id, func(tx pgx.Tx) {
		row = value[string](t, tx, "SELECT to_jsonb(t)::text FROM "+name+" t LIMIT 1")
		before = rowsOf(t, tx, name)
	})
	for asker, id := range map[string]string{"another company": mine.id, "no company": ""} {
		t.Run(asker, func(t *testing.T) {
			as(t, conn, id, func(tx pgx.Tx) {
				seen, own := value[int](t, tx, "SELECT count(*) FROM "+name), 0
				if id != "" {
					own = value[int](t, tx, "SELECT count(*) FROM "+name+" WHERE company_id = $1", id)
					if own == 0 {
						t.Fatal("it sees no row of its own: this test would mean nothing")
					}
				}
				if seen != own {
					t.Errorf("it sees %d rows, of which %d are its own", seen, own)
				}
				for _, sql := range []string{"UPDATE %s SET company_id = company_id WHERE company_id = '%s'", "DELETE FROM %s WHERE company_id = '%s'"} {
					if n, err := try(t, tx, fmt.Sprintf(sql, name, other.id)); n != 0 || err != nil {
						t.Errorf(sql+": %d rows, %v", name, other.id, n, err)
					}
				}
				if _, err := try(t, tx, "INSERT INTO "+name+" SELECT (jsonb_populate_record(NULL::"+name+", $1::jsonb)).*", row); !denied(err) {
					t.Errorf("it could insert a row of the other company: %v", err)
				}
				if id == "" {
					return
				}
				if _, err := try(t, tx, "UPDATE "+name+" SET company_id = $1 WHERE company_id = $2", other.id, id); !denied(err) {
					t.Errorf("it could give a row to the other company: %v", err)
				}
			})
		})
	}
	as(t, conn, other.id, func(tx pgx.Tx) {
		if after := rowsOf(t, tx, name); after != before {
			t.Errorf("the other company has %s, and had %s", after, before)
		}
	})
}

func rowsOf(t *testing.T, tx pgx.Tx, name string) string {
	return value[string](t, tx, "SELECT COALESCE(jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text), '[]')::text FROM "+name+" t")
}

// denied: PostgreSQL refuses for lack of a right, or by a policy.
func denied(err error) bool {
	c, _ := code(err)
	return c == "42501"
}
