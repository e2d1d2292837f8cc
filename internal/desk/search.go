package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"weir/internal/id"
	"weir/internal/search"
	"weir/internal/store"
)

// Limits of one answer. A search reads back until a page is full, and so many messages at most that may hold what is searched for: the answer then says
// how far back it looked, and the next goes on from there.
const (
	foundMessages  = 30
	foundCustomers = 5
	foundSessions  = 5
	lookFirst      = 100
	lookFurther    = 1000
	looks          = 8
	lookedInto     = 100 // messages whose words are read at once
)

// Query is what is searched for, and where. Nil and zero fields narrow nothing.
type Query struct {
	Text   string
	UID    *int64 // whose sessions
	Group  *int64
	AppID  *string
	Tag    *string
	States []State
	From   time.Time // not before
	To     time.Time // before
	Before string    // a cursor: further back
}

// Empty says whether nothing is searched for.
func (q *Query) Empty() bool { return search.NewTerm(q.Text).Empty() }

// Found is what was found, as far as whoever asks may see it.
type Found struct {
	Company   *Company
	Viewer    store.Agent
	Customers []FoundCustomer // on the first page, who wrote last first
	Sessions  []FoundSession  // on the first page, by the beginning of their number
	Messages  []FoundMessage  // newest first
	Next      string          // a cursor; empty: that was all
	Back      time.Time       // how far back was looked, where there is more
	Behind    bool            // what was said last may not be found yet
}

// Supervises says whether whoever asks sees the sessions of others.
func (f *Found) Supervises() bool { return supervises(&f.Viewer) }

// FoundSession is a session that was found, with its customer's name.
type FoundSession struct {
	Session
	Remark string
}

// FoundCustomer is a customer, with the last session of theirs that may be seen.
type FoundCustomer struct {
	FoundSession
	Tags []string
}

// FoundMessage is a message of a session.
type FoundMessage struct {
	FoundSession
	Message Message
	Parts   []search.Part // what it says around what was found
}

// Search finds messages by any part of what they say, customers by what they are called, their tags and openids, and sessions by their number.
func (d *Desk) Search(ctx context.Context, who Agent, q Query) (*Found, error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, err
	}
	f := &Found{Company: c}
	if f.Viewer, err = d.store.Of(who.Company).AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID}); err != nil {
		return nil, missing(err, "agent.missing")
	}
	if q.Empty() {
		return f, nil
	}
	before, err := cursorOf(q.Before)
	if err != nil {
		return nil, err
	}
	s := &searching{Found: f, Query: &q, store: d.searched, term: search.NewTerm(q.Text)}
	if q.Before == "" {
		if err := s.customers(ctx); err != nil {
			return nil, fmt.Errorf("search customers: %w", err)
		}
		if err := s.sessions(ctx); err != nil {
			return nil, fmt.Errorf("search sessions: %w", err)
		}
		at, some, err := s.store.Unindexed(ctx)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		f.Behind = some && d.now().Sub(at) > time.Minute
	}
	if !q.To.IsZero() && before.At.After(q.To) {
		before = store.Hit{At: q.To}
	}
	if err := s.messages(ctx, before); err != nil {
		return nil, fmt.Errorf("search messages: %w", err)
	}
	return f, nil
}

// searching is a search on its way.
type searching struct {
	*Found
	*Query
	store *store.Store
	term  search.Term
}

// messages reads back from a place.
func (s *searching) messages(ctx context.Context, before store.Hit) error {
	since, most := s.From, lookFirst
	if since.IsZero() {
		since = time.Unix(0, 0)
	}
	for range looks {
		hits, err := s.store.SearchHits(ctx, s.Company.CompanyID, s.term.Pairs(), since, before, most)
		if err != nil || len(hits) == 0 {
			return err
		}
		full, err := s.read(ctx, hits)
		if err != nil || full || len(hits) < most {
			return err
		}
		before, most = hits[len(hits)-1], lookFurther
	}
	s.Next, s.Back = cursor(before), before.At
	return nil
}

// read takes from the hits those that may be seen and hold the term, until the page is full.
func (s *searching) read(ctx context.Context, hits []store.Hit) (full bool, err error) {
	var ids []id.ID
	for _, h := range hits {
		ids = append(ids, h.Session)
	}
	seen, err := s.seen(ctx, ids)
	if err != nil {
		return false, err
	}
	hits = slices.DeleteFunc(slices.Clone(hits), func(h store.Hit) bool { return seen[h.Session] == nil })
	for some := range slices.Chunk(hits, lookedInto) {
		ask := store.SearchTextsParams{}
		for i, h := range some {
			ask.Places, ask.CompanyIDs = append(ask.Places, int32(i)), append(ask.CompanyIDs, s.Company.CompanyID)
			ask.MessageIDs, ask.CreatedAts = append(ask.MessageIDs, h.Message), append(ask.CreatedAts, h.At)
		}
		texts, err := s.store.Of(s.Company.CompanyID).SearchTexts(ctx, ask)
		if err != nil {
			return false, err
		}
		slices.SortFunc(texts, func(a, b store.SearchTextsRow) int { return int(a.Place - b.Place) })
		for _, t := range texts {
			if !s.term.In(t.Words) {
				continue
			}
			if len(s.Messages) == foundMessages {
				last := s.Messages[foundMessages-1].Message
				s.Next = cursor(store.Hit{At: last.CreatedAt, Message: last.ID})
				return true, nil
			}
			s.Messages = append(s.Messages, foundMessage(seen[some[t.Place].Session], some[t.Place], &t, s.term))
		}
	}
	return false, nil
}

// What an excerpt shows, in characters: so many at most, and so many before what was found.
const (
	excerptMost   = 80
	excerptBefore = 12
)

func foundMessage(in *FoundSession, h store.Hit, t *store.SearchTextsRow, term search.Term) FoundMessage {
	m := Message{Company: in.CompanyID, ID: h.Message, SessionID: h.Session, Seq: val(t.Seq), AppID: in.AppID, OpenID: in.OpenID, UID: val(t.UID), Opercode: Opercode(t.Opercode),
		Type: t.MessageType, Text: t.Text, CreatedAt: h.At, RuleID: val(t.RuleID)}
	if len(t.Data) > 0 {
		_ = json.Unmarshal(t.Data, &m.Data) // written by us
	}
	return FoundMessage{*in, m, term.Excerpt(strings.TrimSpace(t.Words), excerptBefore, excerptMost)}
}

// seen are those of these sessions that the filters leave and whoever asks may see: the rule by which a session is opened.
func (s *searching) seen(ctx context.Context, ids []id.ID) (map[id.ID]*FoundSession, error) {
	slices.SortFunc(ids, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	ask := store.SearchSessionsParams{CompanyID: s.Company.CompanyID, SessionIDs: slices.Compact(ids), UID: s.UID, GroupID: s.Group, AppID: s.AppID, Tag: s.Tag, States: []int16{}}
	if !s.Supervises() {
		ask.Viewer = s.Viewer.UID
	}
	for _, state := range s.States {
		ask.States = append(ask.States, int16(state))
	}
	rows, err := s.store.Of(s.Company.CompanyID).SearchSessions(ctx, ask)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]*FoundSession{}
	for i := range rows {
		f := &FoundSession{Session{rows[i].Session}, rows[i].Remark}
		if s.Company.sees(&s.Viewer, &f.Session, rows[i].WasGuest, rows[i].Serves) {
			out[f.SessionID] = f
		}
	}
	return out, nil
}

// lasted says whether a session went on at some moment of the time that is searched.
func (s *searching) lasted(f *FoundSession) bool {
	return (s.To.IsZero() || f.CreatedAt.Before(s.To)) && !f.LastAt.Before(s.From)
}

// Under the end of their openid the nameless are shown.
var ending = regexp.MustCompile(`(?:^|\s)([A-Za-z0-9_-]{4})$`)

func (s *searching) customers(ctx context.Context) error {
	q, text := s.store.Of(s.Company.CompanyID), strings.TrimSpace(s.Text)
	ask := store.SearchCustomersParams{CompanyID: s.Company.CompanyID, Term: s.term.String(), OpenID: text, AppIDs: s.accounts(), Tag: s.Tag, Max: 4 * foundCustomers}
	if m := ending.FindStringSubmatch(text); m != nil {
		ask.Ending = m[1]
	}
	rows, err := q.SearchCustomers(ctx, ask)
	if err != nil || len(rows) == 0 {
		return err
	}
	of := store.SearchSessionsOfCustomersParams{CompanyID: s.Company.CompanyID, Each: 5}
	for _, r := range rows {
		of.AppIDs, of.OpenIDs = append(of.AppIDs, r.AppID), append(of.OpenIDs, r.OpenID)
	}
	ids, err := q.SearchSessionsOfCustomers(ctx, of)
	if err != nil {
		return err
	}
	seen, err := s.seen(ctx, slices.Clone(ids))
	if err != nil {
		return err
	}
	last := map[[2]string]*FoundSession{}
	for _, x := range ids { // of each customer, newest first
		if f := seen[x]; f != nil && s.lasted(f) && last[[2]string{f.AppID, f.OpenID}] == nil {
			last[[2]string{f.AppID, f.OpenID}] = f
		}
	}
	for _, r := range rows {
		if f := last[[2]string{r.AppID, r.OpenID}]; f != nil && len(s.Customers) < foundCustomers {
			s.Customers = append(s.Customers, FoundCustomer{*f, r.Tags})
		}
	}
	return nil
}

// accounts are those that are searched.
func (s *searching) accounts() []string {
	if s.AppID != nil {
		return []string{*s.AppID}
	}
	out := []string{}
	for appid := range s.Company.Accounts {
		out = append(out, appid)
	}
	return out
}

// sessions finds a session by the first eight digits of its number, or more.
func (s *searching) sessions(ctx context.Context) error {
	digits := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(s.Text), "-", ""))
	if len(digits) < 8 || len(digits) > 32 {
		return nil
	}
	first, err := id.Parse(digits + strings.Repeat("0", 32-len(digits)))
	if err != nil {
		return nil // it is no number
	}
	last, _ := id.Parse(digits + strings.Repeat("f", 32-len(digits)))
	ids, err := s.store.Of(s.Company.CompanyID).SearchSessionIDs(ctx, store.SearchSessionIDsParams{CompanyID: s.Company.CompanyID, First: first, Last: last, Max: 10 * foundSessions})
	if err != nil {
		return err
	}
	seen, err := s.seen(ctx, slices.Clone(ids))
	if err != nil {
		return err
	}
	for _, x := range ids {
		if f := seen[x]; f != nil && s.lasted(f) && len(s.Sessions) < foundSessions {
			s.Sessions = append(s.Sessions, *f)
		}
	}
	return nil
}

// TagNames are what the customers of a company can be tagged with.
func (d *Desk) TagNames(ctx context.Context, company id.ID) ([]string, error) {
	return d.store.Of(company).AccountTagNames(ctx, company)
}

// cursor is the place of a message in the order of time; cursorOf reads it, and the end of all where there is none.
func cursor(h store.Hit) string {
	return strconv.FormatInt(h.At.UnixMicro(), 36) + "." + h.Message.String()
}

func cursorOf(s string) (h store.Hit, err error) {
	if s == "" {
		return store.Hit{At: farOff}, nil
	}
	at, message, _ := strings.Cut(s, ".")
	micro, err := strconv.ParseInt(at, 36, 64)
	if h.Message, _ = id.Parse(message); err != nil || h.Message.Zero() || micro < 0 || micro > math.MaxInt64/1000 {
		return h, refuse(Invalid, "invalid")
	}
	h.At = time.UnixMicro(micro)
	return h, nil
}
