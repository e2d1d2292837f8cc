package desk

import (
	"encoding/json"
	"slices"
	"time"
)

// How a group chooses among those who can.
const (
	LeastBusy   = "least_busy"
	RoundRobin  = "round_robin"
	LongestIdle = "longest_idle"
	InOrder     = "in_order"
)

// Candidate is an agent as a decision saw them.
type Candidate struct {
	UID          int64     `json:"uid"`
	Seat         int64     `json:"customer_service_id,omitempty"`
	Status       string    `json:"status"` // online, away or offline, as it took effect
	Load         int       `json:"load"`
	Capacity     int       `json:"capacity"`
	LastAssigned time.Time `json:"last_assigned,omitzero"`
	IdleSince    time.Time `json:"idle_since,omitzero"` // when a session last came or went
}

// Case is everything that a decision about one session is made from.
type Case struct {
	Exclusive  int64       `json:"exclusive,omitempty"`
	Held       bool        `json:"held,omitempty"`   // it is kept for the exclusive agent
	Left       int64       `json:"left,omitempty"`   // the agent who gave it back: not asked again
	Target     int64       `json:"target,omitempty"` // an agent by name
	Group      int64       `json:"group,omitempty"`
	AimedBy    *Aim        `json:"aimed_by,omitempty"` // what named the agent or the group
	Home       int64       `json:"home,omitempty"`     // the group it was for before it overflowed
	Members    []int64     `json:"members,omitempty"`  // of the candidates, those of either group, in the order of the group
	Strategy   string      `json:"strategy,omitempty"`
	Candidates []Candidate `json:"candidates"`
	Others     int         `json:"others,omitempty"` // how many agents were not looked at, because enough who could came before them
	At         time.Time   `json:"at"`
}

// Verdict is what a decision said of one agent.
type Verdict struct {
	UID int64 `json:"uid"`
	// chosen; busier, assigned-later, idle-shorter, behind: able, but after the one chosen; full, away, offline, no-seat,
	// not-in-group, not-asked-for, gave-back: not able
	Why string `json:"why"`
}

// Decision is who gets a session and why, and why each other did not.
type Decision struct {
	UID      int64     `json:"uid"` // 0: nobody can, it queues
	Seat     int64     `json:"-"`
	Step     string    `json:"step,omitempty"` // what decided: exclusive, user, group, other
	Verdicts []Verdict `json:"verdicts"`
}

// Choose decides who gets a session: its customer's exclusive agent if able; else the agent it names; else one of its group;
// else anyone with a seat. Among those able, the way of choosing decides, and ties go to who was given a session longest ago. It
// is pure: a case that was kept gives the same decision for ever, or a test says that the rules have changed.
func Choose(c Case) Decision {
	if c.Exclusive != 0 {
		d := c.among("exclusive", func(uid int64) bool { return uid == c.Exclusive }, "not-asked-for")
		if d.UID != 0 || c.Held {
			return d
		}
	}
	switch {
	case c.Target != 0:
		return c.among("user", func(uid int64) bool { return uid == c.Target }, "not-asked-for")
	case c.Group != 0:
		return c.among("group", func(uid int64) bool { return slices.Contains(c.Members, uid) }, "not-in-group")
	}
	return c.among("other", func(int64) bool { return true }, "")
}

// among decides among the candidates who are asked; the others are left out with a word.
func (c *Case) among(step string, asked func(uid int64) bool, leftOut string) Decision {
	d := Decision{Step: step, Verdicts: make([]Verdict, len(c.Candidates))}
	best := -1
	for i := range c.Candidates {
		x := &c.Candidates[i]
		why := x.unable()
		switch {
		case !asked(x.UID):
			why = leftOut
		case x.UID == c.Left && why == "":
			why = "gave-back"
		}
		d.Verdicts[i] = Verdict{x.UID, why}
		if why == "" && (best < 0 || c.after(x, &c.Candidates[best]) == "") {
			best = i
		}
	}
	for i := range d.Verdicts {
		switch {
		case i == best:
			d.Verdicts[i].Why = "chosen"
		case d.Verdicts[i].Why == "":
			d.Verdicts[i].Why = c.after(&c.Candidates[i], &c.Candidates[best])
		}
	}
	if best >= 0 {
		d.UID, d.Seat = c.Candidates[best].UID, c.Candidates[best].Seat
	}
	return d
}

// unable says why an agent cannot be given a session now; "": they can.
func (x *Candidate) unable() string {
	switch {
	case x.Seat == 0:
		return "no-seat"
	case x.Status != Online:
		return x.Status
	case x.Load >= x.Capacity:
		return "full"
	}
	return ""
}

// after says why a comes after b, of two who can; "": a comes first.
func (c *Case) after(a, b *Candidate) string {
	switch c.Strategy {
	case RoundRobin:
	case InOrder:
		if i, j := slices.Index(c.Members, a.UID), slices.Index(c.Members, b.UID); i != j {
			return said(i > j, "behind")
		}
	case LongestIdle:
		if !a.IdleSince.Equal(b.IdleSince) {
			return said(a.IdleSince.After(b.IdleSince), "idle-shorter")
		}
	default:
		if a.Load != b.Load {
			return said(a.Load > b.Load, "busier")
		}
	}
	if !a.LastAssigned.Equal(b.LastAssigned) {
		return said(a.LastAssigned.After(b.LastAssigned), "assigned-later")
	}
	return said(a.UID > b.UID, "assigned-later")
}

func said(is bool, word string) string {
	if is {
		return word
	}
	return ""
}

// Reason is what is kept of a decision, so that it can be told and made again.
type Reason struct {
	Case     Case     `json:"case"`
	Decision Decision `json:"decision"`
}

// reason is what is kept of a decision.
func reason(c Case, d Decision) json.RawMessage {
	b, err := json.Marshal(Reason{c, d})
	if err != nil {
		return json.RawMessage("{}") // times of the year 10000; nothing else can fail
	}
	return b
}

// Replay makes a kept decision again, from what it was made from, and says whether the choice is the same. The error is of a
// reason that cannot be read.
func Replay(kept json.RawMessage) (bool, error) {
	var r Reason
	if err := json.Unmarshal(kept, &r); err != nil {
		return false, err
	}
	again := Choose(r.Case)
	return again.UID == r.Decision.UID && again.Step == r.Decision.Step && slices.Equal(again.Verdicts, r.Decision.Verdicts), nil
}

// asksAsBefore says whether a kept reason is of a case that asked the same agents.
func (c *Case) asksAsBefore(kept json.RawMessage) bool {
	var r Reason
	if err := json.Unmarshal(kept, &r); err != nil {
		return false
	}
	type asked struct {
		exclusive, left, target, group, home int64
		held                                 bool
	}
	of := func(c *Case) asked { return asked{c.Exclusive, c.Left, c.Target, c.Group, c.Home, c.Held} }
	return of(c) == of(&r.Case)
}
