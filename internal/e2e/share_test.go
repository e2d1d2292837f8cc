package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Two processes give out one queue; one is killed, and its work is the other's: nothing is given twice, nobody is overtaken, and who
// was with an agent of the dead process is with somebody else at last.
func TestTwoProcessesShareTheQueueAndOneIsKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t).provisioned(3)
	a, b := w.weir("A"), w.weir("B")
	w.stream(w.client(a, yuMail), a, "") // 小鱼's page is open at A, 阿明's at B
	w.stream(w.client(b, mingMail), b, "")

	customer := func(n int) string { return fmt.Sprintf("customer-%02d", n) }
	for n := range 12 {
		w.callbacksTo([]*weir{a, b}[n%2])
		w.writes(customer(n), "在吗")
	}
	w.until("every place is taken", 20*time.Second, func() bool { return w.having(yu) == 3 && w.having(ming) == 3 })
	for _, at := range []*weir{a, b} { // a place that becomes free is filled, whoever hears of it
		s := w.anyOf(yu)
		if status := w.api(at, "POST", "/sessions/"+s+"/close", nil, nil); status != 200 {
			t.Fatalf("closing was answered %d", status)
		}
		w.until("the place is taken again", 10*time.Second, func() bool { return w.having(yu) == 3 && w.anyOf(yu) != s })
	}

	a.kill()
	w.callbacksTo(b)
	for n := range 4 {
		w.writes(customer(20+n), "在吗")
	}
	w.provisioned(30) // there is room at B: the one who serves is told, and need not be started again
	w.until("what queued is with 阿明", 10*time.Second, func() bool { return w.having(0) == 0 })
	w.until("what 小鱼 had is with 阿明", 90*time.Second, func() bool { return w.having(yu) == 0 && w.having(0) == 0 && w.having(ming) == 14 })

	w.decidedOnce()
	w.inOrder()
	w.queuesAgree()
}

// having is how many live sessions an agent has; 0: how many nobody has.
func (w *world) having(uid int) (n int) {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	if err := conn.QueryRow(w.Context(), "SELECT count(*) FROM sessions WHERE state >= 0 AND COALESCE(uid, 0) = $1", uid).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// anyOf is a live session that an agent has, the first given first.
func (w *world) anyOf(uid int) (session string) {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	if err := conn.QueryRow(w.Context(), "SELECT replace(session_id::text, '-', '') FROM sessions WHERE state >= 0 AND uid = $1 ORDER BY assigned_at, session_id LIMIT 1", uid).Scan(&session); err != nil {
		w.Fatal(err)
	}
	return session
}

// decidedOnce wants a session that was given to somebody to have been given back before it is given again.
func (w *world) decidedOnce() {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	rows, err := conn.Query(w.Context(), `SELECT session_id::text, string_agg(act, ' ' ORDER BY made_at, decision_id) FROM decisions WHERE act IN ('assigned', 'returned') GROUP BY session_id`)
	if err != nil {
		w.Fatal(err)
	}
	var session, acts string
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&session, &acts}, func() error {
		n++
		if strings.Contains(acts, "assigned assigned") || strings.HasPrefix(acts, "returned") {
			w.Errorf("session %s was %s", session, acts)
		}
		return nil
	})
	if err != nil || n < 16 {
		w.Fatalf("%d sessions were given: %v", n, err)
	}
}

// inOrder wants the sessions to have been given first in the order in which they queued: every one is for anybody.
func (w *world) inOrder() {
	w.Helper()
	conn := w.sql()
	defer conn.Close(context.Background())
	var overtaken int
	err := conn.QueryRow(w.Context(), `WITH given AS (SELECT session_id, min(made_at) AS at FROM decisions WHERE act = 'assigned' GROUP BY session_id)
		SELECT count(*) FROM given g JOIN sessions s USING (session_id) JOIN given h ON h.at < g.at JOIN sessions o ON o.session_id = h.session_id AND o.rank > s.rank`).Scan(&overtaken)
	if err != nil || overtaken > 0 {
		w.Errorf("%d times a session was given before one that had queued longer: %v", overtaken, err)
	}
}
