package desk

import (
	"encoding/json"
	"slices"

	"weir/internal/store"
)

// Who or what said for whom a session is.
const (
	AimedByRule    = "rule"
	AimedByMenu    = "menu"
	AimedByQR      = "qr"
	AimedByPerson  = "person"
	AimedByProgram = "program" // the company's own, through the API
)

// Aim is who or what said for whom a session is.
type Aim struct {
	Kind    string `json:"kind"`
	Rule    int64  `json:"rule_id,omitempty"`
	Name    string `json:"name,omitempty"`       // of the rule, the channel or the menu item, as it was called then
	Key     string `json:"key,omitempty"`        // of the menu item or QR code, as WeChat told it
	UID     int64  `json:"uid,omitempty"`        // of the person
	Instead int64  `json:"instead_of,omitempty"` // the agent it named, who is disabled or has no seat at the account
}

// The limits of a priority.
const (
	PriorityLeast = -100
	PriorityMost  = 100
)

// aimedBy notes who or what said for whom the session is.
func (s *Session) aimedBy(by Aim) { s.AimedBy, _ = json.Marshal(by) }

// Aimed is who or what said for whom the session is; nil: nothing did.
func (s *Session) Aimed() *Aim {
	if len(s.AimedBy) == 0 {
		return nil
	}
	by := &Aim{}
	if json.Unmarshal(s.AimedBy, by) != nil {
		return nil
	}
	return by
}

// aimedByPerson says whether a person said where the session goes: no keyword takes it from there.
func (s *Session) aimedByPerson() bool {
	by := s.Aimed()
	return by != nil && (by.Kind == AimedByPerson || by.Kind == AimedByProgram)
}

// personal is the aim of whoever acts.
func personal(who Agent) Aim {
	if who.UID == 0 {
		return Aim{Kind: AimedByProgram}
	}
	return Aim{Kind: AimedByPerson, UID: who.UID}
}

// aimAt sends the session to an agent or to a group, as a rule, a menu or a QR code says. For an agent who cannot have it, it does
// not wait: it goes where it would have gone. What it has of priority it keeps, or gets more.
func (s *Session) aimAt(c *Company, group, target int64, by Aim, priority int32) {
	if target != 0 && !c.Serves(s.AppID, target) {
		by.Instead, group, target = target, c.defaultGroup(s.AppID), 0
	}
	s.aim(group, target)
	s.aimedBy(by)
	s.Priority = max(s.Priority, priority, c.priorityOf(group))
}

// aimedByRule is a rule as it is noted with the sessions that it sends somewhere.
func aimedByRule(r *store.Rule) Aim { return Aim{Kind: AimedByRule, Rule: r.RuleID, Name: r.Name} }

// aimedByKey is a menu item or a QR code, which is a channel's or nobody's (nil).
func aimedByKey(c *Company, a *Arrival, ch *store.ChannelsHeardRow) Aim {
	by := Aim{Kind: AimedByQR, Key: a.EventKey}
	if a.Event == "click" {
		by.Kind, by.Name = AimedByMenu, c.TapName(a.AppID, a.EventKey)
	}
	if ch != nil {
		by.Name = ch.Name
	}
	return by
}

// Serves says whether an agent could have a session of an account, now or later: they have a seat there and are not disabled.
func (c *Company) Serves(appid string, uid int64) bool {
	_, active := c.LoginEpoch(uid)
	return active && c.Seat(appid, uid) != 0
}

// defaultGroup is that of an account; 0: none.
func (c *Company) defaultGroup(appid string) int64 {
	if a := c.Accounts[appid]; a != nil {
		return val(a.DefaultGroupID)
	}
	return 0
}

// priorityOf is what a session has that goes to a group (0: none).
func (c *Company) priorityOf(group int64) int32 {
	if g := c.Groups[group]; g != nil {
		return g.Priority
	}
	return 0
}

// mayTake says whether an agent may take a session from the queue, and so sees it there: it is for them, or they are its customer's
// own agent, or it is for a group of theirs or came through one, or for anybody.
func (c *Company) mayTake(s *Session, uid int64) bool {
	switch {
	case !c.Serves(s.AppID, uid):
		return false
	case s.ExclusiveUID != nil && *s.ExclusiveUID == uid:
		return true
	case s.TargetUID != nil:
		return *s.TargetUID == uid
	case s.Held:
		return false
	case s.GroupID == nil:
		return true
	}
	return slices.ContainsFunc(c.may(val(s.HomeGroupID), *s.GroupID), func(group int64) bool {
		g := c.Groups[group]
		return g != nil && g.in[uid]
	})
}
