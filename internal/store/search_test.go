package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/id"
	"weir/internal/testkit"
)

// library is a database with a company that has a session, and whoever puts messages into the index.
type library struct {
	*testing.T
	store   *Store
	app     *pgx.Conn
	url     string
	company *company
	seq     int
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	owner, app := testkit.Postgres(t, migrate)
	s, err := Open(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	conn := connect(t, owner)
	l := &library{T: t, store: s, app: connect(t, app), url: app, seq: 1000}
	l.company = furnish(t, conn, 1, names(tablesOf(t, conn)))
	l.index(1000) // what furnish made
	return l
}

// says writes messages, each a word, in one transaction that f may hold open.
func (l *library) says(tx pgx.Tx, words ...string) {
	l.Helper()
	for _, w := range words {
		l.seq++
		if _, err := tx.Exec(l.Context(), l.company.fill(fmt.Sprintf(`INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, opercode, message_type, text)
			VALUES ('{c}', $1, now(), '{s}', %d, 'wx{n}', 'o{n}', 2, 1, $2)`, l.seq)), id.New(), w); err != nil {
			l.Fatal(err)
		}
	}
}

// begin opens a transaction of the company on a connection of its own.
func (l *library) begin() pgx.Tx {
	l.Helper()
	tx, err := connect(l.T, l.url).Begin(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	if _, err := tx.Exec(l.Context(), setCompany, l.company.id); err != nil {
		l.Fatal(err)
	}
	return tx
}

func (l *library) write(words ...string) {
	l.Helper()
	tx := l.begin()
	l.says(tx, words...)
	l.commit(tx)
}

func (l *library) commit(tx pgx.Tx) {
	l.Helper()
	if err := tx.Commit(l.Context()); err != nil {
		l.Fatal(err)
	}
}

// index puts messages into the index, at most so many at once, until there are none: how many it looked at.
func (l *library) index(most int) (n int) {
	l.Helper()
	for {
		done, err := l.store.IndexNext(l.Context(), most, strings.Fields)
		if err != nil || done.Busy || done.Messages > most {
			l.Fatalf("%+v, %v", done, err)
		}
		if n += done.Messages; done.Done {
			return n
		}
	}
}

// finds are the messages that have a word, newest first.
func (l *library) finds(words ...string) []string {
	l.Helper()
	company, _ := id.Parse(l.company.id)
	hits, err := l.store.SearchHits(l.Context(), company, words, time.Unix(0, 0), Hit{At: time.Now().Add(time.Hour)}, 10_000)
	if err != nil {
		l.Fatal(err)
	}
	var out []string
	as(l.T, l.app, l.company.id, func(tx pgx.Tx) {
		for _, h := range hits {
			out = append(out, value[string](l.T, tx, "SELECT text FROM messages WHERE company_id = $1 AND message_id = $2", l.company.id, h.Message))
		}
	})
	return out
}

func TestWhatIsCommittedLateIsNotMissed(t *testing.T) {
	l := newLibrary(t)
	early := l.begin()
	l.says(early, "早先 一") // its transaction has its number now
	l.write("后来 一")
	l.index(10)
	if got := l.finds("一"); !slices.Equal(got, []string{"后来 一"}) {
		t.Fatalf("before it is committed %q are found", got)
	}
	late := l.begin()
	l.says(late, "更晚 一")
	l.write("最后 一")
	l.commit(early)
	if n := l.index(1); n < 2 { // in batches of one, so that the walk is cut between them
		t.Errorf("%d messages were new", n)
	}
	if got := l.finds("一"); !slices.Contains(got, "早先 一") || len(got) != 3 {
		t.Errorf("after the first is committed %q are found", got)
	}
	l.commit(late)
	l.index(1)
	if got := l.finds("一"); len(got) != 4 {
		t.Errorf("after all are committed %q are found", got)
	}
	if n := l.index(10); n != 0 {
		t.Errorf("%d messages are still taken for new", n)
	}
}

func TestWhatIsCommittedInTheMiddleOfAWalkIsNotMissed(t *testing.T) {
	l := newLibrary(t)
	open := l.begin()
	l.says(open, "开着 二")
	l.write("甲 二", "乙 二", "丙 二")
	if done, err := l.store.IndexNext(t.Context(), 2, strings.Fields); err != nil || done.Done {
		t.Fatalf("the walk ended at once: %+v, %v", done, err)
	}
	l.commit(open) // it lies behind where the walk is
	l.index(2)     // the rest of this walk
	l.index(2)     // the next one goes back for it
	if got := l.finds("二"); len(got) != 4 {
		t.Errorf("%q are found", got)
	}
}

func TestWhatIsUndoneIsNotFound(t *testing.T) {
	l := newLibrary(t)
	undone := l.begin()
	l.says(undone, "没有 三")
	l.write("有 三")
	l.index(10)
	if err := undone.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.index(10)
	if got := l.finds("三"); !slices.Equal(got, []string{"有 三"}) {
		t.Errorf("%q are found", got)
	}
}

func TestTheIndexCatchesUpInBatchesHoweverLargeATransactionWas(t *testing.T) {
	l := newLibrary(t)
	tx := l.begin()
	for n := range 95 {
		l.says(tx, fmt.Sprint("词 ", n))
	}
	l.write("先 词")
	l.index(10)
	l.commit(tx) // late, and large
	if n := l.index(10); n != 95 {
		t.Errorf("%d messages were new", n)
	}
	if got := l.finds("词"); len(got) != 96 {
		t.Errorf("%d are found", len(got))
	}
}

func TestTwoWhoFillTheIndexDoNotDoTheSame(t *testing.T) {
	l := newLibrary(t)
	for range 5 {
		l.write("四", "四", "四", "四")
	}
	holding, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		first := true
		_, err := l.store.IndexNext(context.WithoutCancel(t.Context()), 8, func(words string) []string {
			if first {
				first = false
				close(holding)
				<-release
			}
			return strings.Fields(words)
		})
		ended <- err
	}()
	<-holding
	if done, err := l.store.IndexNext(t.Context(), 8, strings.Fields); err != nil || !done.Busy || done.Messages != 0 {
		t.Errorf("while one works another did %+v, %v", done, err)
	}
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := l.index(8); n != 12 {
		t.Errorf("%d were left, of 20 less 8", n)
	}
	if got := l.finds("四"); len(got) != 20 {
		t.Errorf("%d are found", len(got))
	}
}

func TestABatchThatIsCutOffIsDoneAgain(t *testing.T) {
	l := newLibrary(t)
	l.write("五", "五")
	ctx, stop := context.WithCancel(t.Context())
	if _, err := l.store.IndexNext(ctx, 8, func(string) []string { stop(); return []string{"五"} }); err == nil {
		t.Fatal("it was not cut off")
	}
	if got := l.finds("五"); len(got) != 0 {
		t.Fatalf("half a batch stayed: %q", got)
	}
	if n := l.index(8); n != 2 {
		t.Errorf("%d were done again", n)
	}
}

// A dump that is read into another PostgreSQL carries numbers of transactions that mean nothing there.
func TestAfterADumpWasReadIntoAnotherPostgreSQLNothingIsMissed(t *testing.T) {
	l := newLibrary(t)
	l.write("旧 六")
	l.index(10)
	as(t, l.app, l.company.id, func(tx pgx.Tx) {
		for _, sql := range []string{"UPDATE messages SET xact = '900000000000'", "UPDATE search_progress SET seen = '900000000001:900000000001:'"} {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		l.says(tx, "新 六")
		l.commit(tx)
	})
	l.index(3)
	if got := l.finds("六"); len(got) != 2 {
		t.Errorf("%q are found", got)
	}
	if n := l.index(3); n != 0 {
		t.Errorf("%d are taken for new for ever", n)
	}
	l.write("后 六")
	if n := l.index(3); n != 1 {
		t.Errorf("%d are new", n)
	}
}

func TestAnIdleIndexWritesNothing(t *testing.T) {
	l := newLibrary(t)
	before := value[string](t, l.app, "SELECT xmin::text || ctid::text FROM search_progress")
	for range 3 {
		if n := l.index(10); n != 0 {
			t.Fatalf("%d are new", n)
		}
	}
	if after := value[string](t, l.app, "SELECT xmin::text || ctid::text FROM search_progress"); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestHitsAreNewestFirstAndPagedByKeyOverTheMonths(t *testing.T) {
	l := newLibrary(t)
	company, _ := id.Parse(l.company.id)
	at := time.Now().UTC().Truncate(time.Hour)
	tx := l.begin()
	const all = 40
	for n := range all { // two on each day: over several months, of which some have no place of their own; and what is not looked for between them
		for _, word := range []string{"七", "别的"} {
			l.says(tx, word)
			if _, err := tx.Exec(t.Context(), "UPDATE messages SET created_at = $1 WHERE company_id = $2 AND seq = $3", at.AddDate(0, 0, -5*(n/2)), l.company.id, l.seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.commit(tx)
	l.index(100)
	// Rows before them, so that they do not lie among the newest.
	as(t, l.app, l.company.id, func(tx pgx.Tx) {
		if _, err := tx.Exec(t.Context(), `INSERT INTO search_messages (company_id, created_at, message_id, session_id, pairs)
			SELECT $1, $3::timestamptz + interval '1 minute', gen_random_uuid(), $2, '{别的}' FROM generate_series(1, 3000)`, l.company.id, l.company.session, at); err != nil {
			t.Fatal(err)
		}
		l.commit(tx)
	})
	for name, since := range map[string]time.Time{"of all time": time.Unix(0, 0), "of thirty days": at.AddDate(0, 0, -30)} {
		t.Run(name, func(t *testing.T) {
			before, seen := Hit{At: time.Now().Add(time.Hour)}, map[id.ID]bool{}
			last := before
			for {
				hits, err := l.store.SearchHits(t.Context(), company, []string{"七"}, since, before, 7)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range hits {
					if h.At.After(last.At) || seen[h.Message] {
						t.Fatalf("%v stands behind %v, or twice", h, last)
					}
					last, seen[h.Message] = h, true
				}
				if len(hits) < 7 {
					break
				}
				before = hits[len(hits)-1]
			}
			want := all
			if since.Unix() != 0 {
				want = 14
			}
			if len(seen) != want {
				t.Errorf("%d are found, want %d", len(seen), want)
			}
		})
	}
}

func TestTheSearchOfACompanyFindsNothingOfAnother(t *testing.T) {
	l := newLibrary(t)
	l.write("八")
	l.index(10)
	if got := l.finds("八"); len(got) != 1 {
		t.Fatalf("its own company finds %q: this test means nothing", got)
	}
	stranger := id.New().String()
	for asker, company := range map[string]string{"another company": stranger, "no company": ""} {
		as(t, l.app, company, func(tx pgx.Tx) {
			if n := value[int](t, tx, "SELECT count(*) FROM search_hits('{八}', '-infinity', 'infinity', gen_random_uuid(), 10)"); n != 0 {
				t.Errorf("%s finds %d", asker, n)
			}
			if n := value[int](t, tx, "SELECT count(*) FROM search_hits('{}', '-infinity', 'infinity', gen_random_uuid(), 10)"); n != 0 {
				t.Errorf("%s finds %d of everything", asker, n)
			}
		})
	}
	// Who names two companies names none.
	as(t, l.app, l.company.id+","+stranger, func(tx pgx.Tx) {
		if _, err := try(t, tx, "SELECT * FROM search_hits('{八}', '-infinity', 'infinity', gen_random_uuid(), 10)"); err == nil {
			t.Error("two companies at once were searched")
		}
	})
}

// The role that the fence does not bind reads what it needs, and nobody can be it.
func TestTheSearchingRoleIsNobodysAndSeesLittle(t *testing.T) {
	owner, app := testkit.Postgres(t, migrate)
	conn := connect(t, owner)
	serving := connect(t, app)
	for what, sql := range map[string]string{
		"it may log in, or do more than read":      "SELECT rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'weir_search'",
		"somebody is a member of it":               "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = (SELECT oid FROM pg_roles WHERE rolname = 'weir_search') AND member <> (SELECT oid FROM pg_roles WHERE rolname = 'postgres'))",
		"it may read what messages say":            "SELECT has_column_privilege('weir_search', 'messages', 'text', 'SELECT') OR has_column_privilege('weir_search', 'messages', 'data', 'SELECT')",
		"it may write":                             "SELECT has_table_privilege('weir_search', 'search_messages', 'INSERT, UPDATE, DELETE') OR has_table_privilege('weir_search', 'messages', 'INSERT, UPDATE, DELETE')",
		"it may make tables":                       "SELECT has_schema_privilege('weir_search', current_schema(), 'CREATE')",
		"it may read other tables":                 "SELECT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('messages', 'search_messages') AND has_any_column_privilege('weir_search', c.oid, 'SELECT'))",
		"others than two functions are done as it": "SELECT array_agg(proname ORDER BY proname)::text[] <> '{search_hits,search_news}' FROM pg_proc WHERE proowner = (SELECT oid FROM pg_roles WHERE rolname = 'weir_search') AND pronamespace = current_schema()::regnamespace",
	} {
		if value[bool](t, conn, sql) {
			t.Error(what)
		}
	}
	if _, err := serving.Exec(t.Context(), "SET ROLE weir_search"); !denied(err) {
		t.Errorf("who serves can become it: %v", err)
	}
}
