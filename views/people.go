package views

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"weir/views/words"
)

// StaffList is the settings' page of agents.
type StaffList struct {
	Settings
	Rows []StaffRow
}

// StaffRow is one agent in the list.
type StaffRow struct {
	UID                  int64
	Name, Email, Role    string
	Status               Status
	Load, Capacity       int
	Groups               []string
	Disabled, Everywhere bool
	Accounts             []string // where they have seats, if not everywhere
}

// StaffForm is an agent as they are made or changed.
type StaffForm struct {
	Settings
	Saved                   bool
	UID                     int64 // 0: a new one
	Name, Email, Role       string
	Capacity, Conversations int
	Everywhere              bool
	Accounts                []Tick
	Disabled                string // since when; empty: they are not
}

// Tick is one of several to choose.
type Tick struct {
	Value, Name string
	On          bool
}

// TeamList is the settings' page of groups.
type TeamList struct {
	Settings
	Rows []TeamRow
}

// TeamRow is one group in the list.
type TeamRow struct {
	ID                 int64
	Name, Strategy     string
	Priority           int
	Members, DefaultOf []string
	Overflow           string // in words; empty: none
}

// TeamForm is a group as it is made or changed.
type TeamForm struct {
	Settings
	Saved          bool
	ID             int64 // 0: a new one
	Name, Strategy string
	Priority       int
	Members        []Member
	Overflow       string // never, anybody, or the number of a group
	After          Time
	Others         []Tick // groups it could overflow to
	DefaultOf      []Tick
}

// Member is an agent who is in the group, or could be.
type Member struct {
	UID   int64
	Name  string
	Place int // 0: not in it
}

func agentPath(uid int64, rest string) string {
	return "/settings/agents/" + strconv.FormatInt(uid, 10) + rest
}

func groupPath(group int64) string { return "/settings/groups/" + strconv.FormatInt(group, 10) }

// roles are those to choose from.
var roles = []string{"agent", "supervisor", "admin"}

func roleHint(r Reader, role string) string {
	w := r.Words.OfPeople()
	switch role {
	case "admin":
		return w.AdminHint
	case "supervisor":
		return w.SupervisorHint
	}
	return w.AgentHint
}

// strategies are the ways of choosing in a group.
var strategies = []string{"least_busy", "round_robin", "longest_idle", "in_order"}

func strategyName(r Reader, strategy string) string {
	name := r.Words.Sentence("why.by." + strategy)
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}

// seats says where an agent has seats.
func (a StaffRow) seats(r Reader) string {
	if a.Everywhere {
		return ""
	}
	if len(a.Accounts) == 0 {
		return r.Words.OfPeople().NoSeat
	}
	return strings.Join(a.Accounts, r.Words.Comma)
}

// about is what a group's line says of it.
func (t TeamRow) about(r Reader) string {
	out := []string{strategyName(r, t.Strategy)}
	if t.Priority != 0 {
		out = append(out, r.Words.OfPeople().Priority+" "+strconv.Itoa(t.Priority))
	}
	if t.Overflow != "" {
		out = append(out, t.Overflow)
	}
	return strings.Join(out, " · ")
}

func (t TeamRow) members(r Reader) string {
	if len(t.Members) == 0 {
		return r.Words.OfPeople().Nobody
	}
	return strings.Join(t.Members, r.Words.Comma)
}

// OverflowSay is when and whom a group that does not manage asks; "": anybody.
func OverflowSay(r Reader, after time.Duration, to string) string {
	w := r.Words.OfPeople()
	if to == "" {
		return words.Put(w.ToAnybody, r.Words.Left(after))
	}
	return words.Put(w.OverflowSay, r.Words.Left(after), to)
}

func disabledValue(f StaffForm) string {
	if f.Disabled == "" {
		return "1"
	}
	return ""
}

func placeIn(m Member) string {
	if m.Place == 0 {
		return ""
	}
	return strconv.Itoa(m.Place)
}

func seatsValue(f StaffForm) string {
	if f.Everywhere {
		return "every"
	}
	return "chosen"
}
