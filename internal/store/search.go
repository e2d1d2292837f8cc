package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/id"
)

// sqlc does not know what a function returns, so these few statements stand here.
const (
	// No row: somebody else works at the index.
	searchClaim = `SELECT target IS NOT NULL FROM search_progress FOR UPDATE SKIP LOCKED`
	// From where to where the next walk goes, or the one that is under way, and how far it is. Where the index knows transactions that PostgreSQL has not
	// given out yet, this is another PostgreSQL than the one that gave them out, such as one into which a dump was read: all is walked through again.
	searchState = `SELECT t.target::text, xact, message_id, CASE WHEN restored THEN '3' ELSE pg_snapshot_xmax(seen) END,
			CASE WHEN restored THEN '9223372036854775807' ELSE pg_snapshot_xmax(t.target) END,
			CASE WHEN restored THEN '{}' ELSE ARRAY(SELECT pg_snapshot_xip(seen) ORDER BY 1) END, pg_snapshot_xmax(pg_current_snapshot())
		FROM search_progress, COALESCE(target, pg_current_snapshot()) AS t (target), LATERAL (SELECT pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot()) AS restored) r`
	searchNews = `SELECT company_id, message_id, created_at, session_id, xact FROM search_news($1, $2, $3, $4, $5, $6)`
	searchHits = `SELECT created_at, message_id, session_id FROM search_hits($1, $2, $3, $4, $5)`
)

// idleTransactions is how many transactions may pass by without a message before the index notes that it has seen them.
const idleTransactions = 1000

// Indexed is what became of a look for messages that are not in the index.
type Indexed struct {
	Messages int    // that it looked at
	Busy     bool   // another process works at it
	Done     bool   // there were no more
	Clock    uint64 // how many transactions PostgreSQL had begun
}

// news is a message that may not be in the index.
type news struct {
	company, message, session id.ID
	at                        time.Time
	xact                      uint64
}

// walk is the way from what the index has to what was committed when target was taken.
type walk struct {
	target             string
	xact, since, until uint64
	clock              uint64
	message            id.ID
	late               []uint64
	found              []news
}

// IndexNext puts the next messages that are not in the index into it: at most so many, in one transaction with how far it is then, so that a process
// that dies takes nothing with it and two never do the same. pairs are those of a message's words; none has a space in it.
func (s *Store) IndexNext(ctx context.Context, most int, pairs func(words string) []string) (done Indexed, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var underWay bool
		if err := tx.QueryRow(ctx, searchClaim).Scan(&underWay); errors.Is(err, pgx.ErrNoRows) {
			done.Busy = true
			return nil
		} else if err != nil {
			return err
		}
		w, err := nextWalk(ctx, tx, most) // only now: what is asked before the row is ours may be older than what stands in it
		if err != nil {
			return err
		}
		done = Indexed{Messages: len(w.found), Done: len(w.found) < most, Clock: w.clock}
		q := New(tx)
		switch {
		case done.Done && !underWay && len(w.found) == 0 && w.until-w.since < idleTransactions:
			return nil // an idle desk writes nothing
		case len(w.found) > 0:
			if err := w.put(ctx, tx, q, pairs); err != nil {
				return err
			}
		}
		if done.Done {
			return q.SearchArrive(ctx, w.target)
		}
		last := w.found[len(w.found)-1]
		return q.SearchWalk(ctx, SearchWalkParams{Target: w.target, Xact: last.xact, MessageID: last.message})
	})
	if err != nil {
		return Indexed{}, fmt.Errorf("index messages: %w", err)
	}
	return done, nil
}

// nextWalk reads how far the index is and the next messages that it lacks.
func nextWalk(ctx context.Context, db DBTX, most int) (*walk, error) {
	w := &walk{}
	if err := db.QueryRow(ctx, searchState).Scan(&w.target, &w.xact, &w.message, &w.since, &w.until, &w.late, &w.clock); err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, searchNews, w.late, w.since, w.until, w.xact, w.message, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return w, collect(&w.found, most, func(n *news) []any { return []any{&n.company, &n.message, &n.at, &n.session, &n.xact} })(rows)
}

// put reads what the found messages say, each as its company may, and puts their pairs into the index.
func (w *walk) put(ctx context.Context, tx pgx.Tx, q *Queries, pairs func(string) []string) error {
	named := map[id.ID]bool{}
	var companies []id.ID
	var ask SearchTextsParams
	for i, n := range w.found {
		if !named[n.company] {
			named[n.company], companies = true, append(companies, n.company)
		}
		ask.Places, ask.CompanyIDs = append(ask.Places, int32(i)), append(ask.CompanyIDs, n.company)
		ask.MessageIDs, ask.CreatedAts = append(ask.MessageIDs, n.message), append(ask.CreatedAts, n.at)
	}
	if _, err := tx.Exec(ctx, setCompany, join(companies)); err != nil {
		return err
	}
	texts, err := q.SearchTexts(ctx, ask)
	if err != nil {
		return err
	}
	var in SearchInsertParams
	for _, t := range texts {
		n := w.found[t.Place]
		in.CompanyIDs, in.CreatedAts, in.MessageIDs = append(in.CompanyIDs, n.company), append(in.CreatedAts, n.at), append(in.MessageIDs, n.message)
		in.SessionIDs, in.Pairs = append(in.SessionIDs, n.session), append(in.Pairs, strings.Join(pairs(t.Words), " "))
	}
	return q.SearchInsert(ctx, in)
}

// Unindexed says when the first message that is not in the index was written; false: all are.
func (s *Store) Unindexed(ctx context.Context) (at time.Time, some bool, err error) {
	w, err := nextWalk(ctx, s.pool, 1)
	if err != nil || len(w.found) == 0 {
		return at, false, err
	}
	return w.found[0].at, true, nil
}

// Hit is a message that may hold what is searched for.
type Hit struct {
	At      time.Time
	Message id.ID
	Session id.ID
}

// SearchHits are messages of the company that have all of these pairs (none: all messages), newest first, from a time on and before a place.
func (s *Store) SearchHits(ctx context.Context, company id.ID, pairs []string, since time.Time, before Hit, most int) (hits []Hit, err error) {
	rows, err := fenced{s.pool, company.String()}.Query(ctx, searchHits, append([]string{}, pairs...), since, before.At, before.Message, most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return hits, collect(&hits, most, func(h *Hit) []any { return []any{&h.At, &h.Message, &h.Session} })(rows)
}
