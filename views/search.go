package views

import (
	"net/url"
	"time"

	"weir/views/words"
)

// Search is what was found, in the place of the lists. Without a text there is nothing.
type Search struct {
	Reader
	Now    time.Time // the server's clock, in the company's zone
	Filter SearchFilter
	All    bool // the reader may open every session of the company

	Agents   []Colleague // to narrow by; empty: the reader sees their own sessions only
	Groups   []GroupChoice
	Accounts []AccountChoice
	Tags     []string

	Customers []Hit
	Sessions  []Hit
	Messages  []Hit
	Next      string    // a cursor; empty: that was all
	Back      time.Time // how far back was looked, where the page is not full and there is more
	Behind    bool      // what was said last may not be found yet
}

// SearchFilter is what is searched for and where, as the address has it. Dates are as 2026-07-18, both included.
type SearchFilter struct{ Text, Agent, Group, Account, Tag, State, From, To, Before string }

// AccountChoice is an account to choose.
type AccountChoice struct{ AppID, Name string }

// Hit is a customer, a session or a message that was found. Opened, the session stands at the message.
type Hit struct {
	SessionID string
	MessageID string // of a message
	Seq       int64  // of a message: its place
	OpenID    string
	Name      string // as in [Row]
	Account   string
	At        time.Time
	State     SessionState
	Agent     string // who has or had the session; empty: nobody
	Tags      []string

	Side  Side // of a message: who says it
	By    string
	Mine  bool
	Kind  Kind
	Parts []Part // of a message: what it says, around what was found
}

// Part is a piece of what a message says; Found ones are what was searched for.
type Part struct {
	Text  string
	Found bool
}

// The states that are searched by, as the address has them.
const (
	SearchConversing = "conversing"
	SearchWaiting    = "waiting"
	SearchQueueing   = "queueing"
	SearchOver       = "over"
)

type stateChoice struct{ value, name string }

func (s Search) states() []stateChoice {
	return []stateChoice{{SearchConversing, s.Words.StateConversing}, {SearchWaiting, s.Words.StateWaiting}, {SearchQueueing, s.Words.StateQueueing}, {SearchOver, s.Words.OfSearch().Over}}
}

// narrowed is by how many things the search is narrowed.
func (f SearchFilter) narrowed() (n int) {
	for _, v := range []string{f.Agent, f.Group, f.Account, f.Tag, f.State, f.From, f.To} {
		if v != "" {
			n++
		}
	}
	return n
}

func (f SearchFilter) path() string {
	q := url.Values{}
	for key, value := range map[string]string{"q": f.Text, "agent": f.Agent, "group": f.Group, "account": f.Account, "tag": f.Tag, "state": f.State, "from": f.From, "to": f.To, "before": f.Before} {
		if value != "" {
			q.Set(key, value)
		}
	}
	return "/search?" + q.Encode()
}

// further is the search from where this page ended.
func (s Search) further() string {
	f := s.Filter
	f.Before = s.Next
	return f.path()
}

// everywhere is the same search, not narrowed.
func (f SearchFilter) everywhere() string { return SearchFilter{Text: f.Text}.path() }

func (s Search) count() int { return len(s.Customers) + len(s.Sessions) + len(s.Messages) }

// said is how much was found, in a sentence.
func (s Search) said() string {
	w := s.Words.OfSearch()
	switch {
	case s.count() == 0 && s.Next == "":
		return words.Put(w.FoundNothing, s.Filter.Text)
	case s.Next != "" && s.Back.IsZero():
		return countOf(w.FoundMany, s.count())
	}
	return countOf(w.FoundSome, s.count())
}

// heading is the same, but for what is said in full below.
func (s Search) heading() string {
	if s.count() == 0 && s.Next == "" {
		return s.Words.OfSearch().Results
	}
	return s.said()
}

// looked says where nothing was found.
func (s Search) looked() string {
	if s.All {
		return s.Words.OfSearch().Looked
	}
	return s.Words.OfSearch().LookedMine
}

func (s Search) advice() string {
	if s.Filter.narrowed() > 0 {
		return s.Words.OfSearch().TryFilter
	}
	return s.Words.OfSearch().Try
}

func (h Hit) path() string {
	if h.Seq == 0 {
		return sessionPath(h.SessionID, "")
	}
	return sessionPath(h.SessionID, "?at="+number(h.Seq))
}

// by is who says it, before the words; the customer's name stands above them.
func (h Hit) by(w *words.Words) string {
	if h.Side == FromCustomer {
		return ""
	}
	if h.Mine {
		return w.You
	}
	return by(w, Message{Side: h.Side, By: h.By}) + w.OfSearch().Colon
}

// kind is what it is, where it is not a text.
func (h Hit) kind(w *words.Words) string {
	if h.Kind == Text || h.Kind == OtherKind {
		return ""
	}
	return content(w, Message{Kind: h.Kind}) + " "
}

func (h Hit) agent(w *words.Words) string {
	if h.Agent == "" {
		return w.Nobody
	}
	return h.Agent
}
