package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
	"weir/internal/store"
)

var errUndo = errors.New("undone")

// Whatever the state machine allows can be kept, and what it cannot come to is refused by the schema, too.
func TestTheSchemaKnowsTheSameLife(t *testing.T) {
	r := newClocked(t, "") // whose desk does nothing by itself: the rows are the test's alone
	ctx := t.Context()
	r.people(7, 8, 9, 10)
	r.writes("o1")
	row := r.live("o1")
	place := func(q *store.Queries, s *desk.Session) error {
		kept := row.Session
		kept.State, kept.UID, kept.AssignedAt, kept.TakenAt, kept.ClosedAt, kept.Guests, kept.DueAt = s.State, s.UID, s.AssignedAt, s.TakenAt, s.ClosedAt, s.Guests, nil
		s.Session = kept
		return desk.Save(ctx, q, s)
	}
	for _, act := range desk.Acts {
		for _, from := range desk.States {
			t.Run(fmt.Sprintf("%s from %d", act, from), func(t *testing.T) {
				err := r.store.Tx(ctx, r.company, func(q *store.Queries) error {
					s := desk.Of(from)
					if err := place(q, &s); err != nil {
						return fmt.Errorf("state %d cannot be kept: %w", from, err)
					}
					if desk.KindOf(desk.Try(act, &s, r.desk.Now())) != 0 {
						return errUndo
					}
					s.CustomerServiceID, s.GroupID, s.Type, s.TargetUID = nil, nil, desk.ToOther, nil // the machine's own numbers are no company's
					if err := desk.Save(ctx, q, &s); err != nil {
						return fmt.Errorf("state %d cannot be kept: %w", s.State, err)
					}
					return errUndo
				})
				if !errors.Is(err, errUndo) {
					t.Error(err)
				}
			})
		}
	}
}

// Each way in which a row could say something that no act comes to.
func TestTheSchemaRefusesWhatNoActComesTo(t *testing.T) {
	r := newClocked(t, "")
	r.people(7, 9)
	r.writes("o1")
	for _, from := range desk.States {
		for name, spoil := range map[string]string{
			"nobody's":       "uid = NULL, assigned_at = NULL, customer_service_id = NULL",
			"somebody's":     "uid = 7, assigned_at = now()",
			"taken":          "taken_at = now()",
			"not taken":      "taken_at = NULL",
			"closed":         "closed_at = now()",
			"not closed":     "closed_at = NULL",
			"with guests":    "guests = '{9}'",
			"without guests": "guests = '{}'",
			"due":            "due_at = now()",
			"held":           "held = true, exclusive_uid = 7",
			"given back":     "left_uid = 9",
		} {
			may := true
			switch name {
			case "nobody's":
				may = from == desk.Queueing || from < 0
			case "somebody's":
				may = from != desk.Queueing
			case "taken":
				may = from == desk.Conversing || from == desk.GroupConversation || from < 0
			case "not taken":
				may = from != desk.Conversing && from != desk.GroupConversation
			case "closed":
				may = from < 0
			case "not closed":
				may = from >= 0
			case "with guests":
				may = from == desk.GroupConversation
			case "without guests":
				may = from != desk.GroupConversation
			case "due":
				may = from >= 0
			case "held":
				may = from == desk.Queueing
			case "given back":
				may = from == desk.Queueing || from < 0
			}
			t.Run(fmt.Sprintf("%s in %d", name, from), func(t *testing.T) {
				s := desk.Of(from)
				err := r.sql(`UPDATE sessions SET state = $1, uid = $2, assigned_at = $3, taken_at = $4, closed_at = $5, due_at = NULL, guests = COALESCE($6::bigint[], '{}')`, true,
					s.State, s.UID, s.AssignedAt, s.TakenAt, s.ClosedAt, s.Guests)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.sql("UPDATE sessions SET "+spoil, false); (err == nil) != may {
					t.Errorf("PostgreSQL said %v", err)
				}
			})
		}
	}
}

// people makes agents of the company with these numbers, with a seat each.
func (r *room) people(uids ...int64) {
	r.Helper()
	err := r.store.Tx(r.Context(), r.company, func(q *store.Queries) error {
		for _, uid := range uids {
			if err := q.AgentPut(r.Context(), store.AgentPutParams{CompanyID: r.company, UID: uid, Name: fmt.Sprintf("客服%d", uid), Role: "agent", Email: fmt.Sprintf("%d@%s.example", uid, r.company), Password: "x", Capacity: 3}); err != nil {
				return err
			}
			if _, err := q.SeatPut(r.Context(), store.SeatPutParams{CompanyID: r.company, AppID: appid, UID: uid}); err != nil {
				return err
			}
		}
		return q.CompanyTouch(r.Context(), r.company)
	})
	if err != nil {
		r.Fatal(err)
	}
}

// sql runs a statement as the company, over the owner's connection; not to be kept, it is undone.
func (r *room) sql(statement string, keep bool, args ...any) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, r.owner)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SELECT set_config('app.company_id', $1, true)", r.company.String()); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, statement, args...); err != nil {
		return err
	}
	if keep {
		return tx.Commit(ctx)
	}
	return nil
}
