package desk_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
)

func TestWhenTheDatabaseIsStuckOnlySoManyWaitAndTheOthersAreRefusedAtOnce(t *testing.T) {
	r := newRoom(t)
	const sent, mayWait = 6000, 4096 + 2*128 // the queues, and the groups that are being written
	var mu sync.Mutex
	refused, failed, took := 0, 0, time.Duration(0)
	var all sync.WaitGroup
	err := pgx.BeginFunc(t.Context(), r.conn(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), "LOCK TABLE customers IN EXCLUSIVE MODE"); err != nil {
			return err
		}
		all.Go(func() { _, _ = r.desk.Receive(t.Context(), r.text("stuck", "in the way")) })
		r.until("the callback waits for the lock", r.blocked)
		for i := range sent {
			a := r.text(fmt.Sprintf("o%d", i), "hello")
			all.Go(func() {
				began := time.Now()
				_, err := r.desk.Receive(t.Context(), a)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case errors.Is(err, desk.ErrBusy):
					refused, took = refused+1, max(took, time.Since(began))
				case err != nil:
					failed++
				}
			})
		}
		r.until("the rest is refused", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return refused >= sent-mayWait
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	all.Wait()
	if failed > 0 {
		t.Errorf("%d that were let in were not written once the database went on", failed)
	}
	if refused > sent-4096+1 {
		t.Errorf("%d of %d were refused: fewer than the queue takes were let in", refused, sent)
	}
	if took > time.Second {
		t.Errorf("a refusal took %v", took)
	}
}

// blocked says whether something waits for a lock in this database.
func (r *room) blocked() bool {
	r.Helper()
	var n int
	err := r.conn().QueryRow(r.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
	if err != nil {
		r.Fatal(err)
	}
	return n > 0
}

// conn is a connection of the schema's owner.
func (r *room) conn() *pgx.Conn {
	r.Helper()
	conn, err := pgx.Connect(r.Context(), r.owner)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestACallbackThatMetADeadlockIsWrittenAllTheSame(t *testing.T) {
	r := newRoom(t)
	if _, err := r.conn().Exec(t.Context(), `CREATE SEQUENCE once;
		GRANT USAGE ON SEQUENCE once TO weir_app;
		CREATE FUNCTION deadlock_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF nextval('once') = 1 THEN RAISE 'as if in each other''s way' USING ERRCODE = 'deadlock_detected'; END IF;
			RETURN NEW;
		END $$;
		CREATE TRIGGER deadlock_once BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION deadlock_once()`); err != nil {
		t.Fatal(err)
	}
	r.receive(r.text("o1", "你好"))
	if ms := r.messages(r.live("o1")); len(ms) != 1 {
		t.Errorf("there are %d messages", len(ms))
	}
}
