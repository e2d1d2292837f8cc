package desk

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"weir/internal/store"
)

// Limits of what is said of agents and groups.
const (
	staffNameMost = 100 // characters
	emailMost     = 254 // bytes
	placesMost    = 1000
	firstUID      = 1001 // of a company's first agent whose number nobody chose
)

// Staff is an agent as an admin says it.
type Staff struct {
	UID           int64 // 0: a new one
	Name, Email   string
	Role          string
	Password      string // hashed; "": as it is
	Capacity      int32
	Conversations int32
	EveryAccount  bool // a seat at every account, also at those to come
	Accounts      []string
}

// Team is a group as an admin says it.
type Team struct {
	ID            int64 // 0: a new one
	Name          string
	Strategy      string
	Priority      int32
	Members       []int64 // in their order
	OverflowAfter int64   // seconds; 0: never
	OverflowTo    int64   // a group; 0: anybody
	DefaultOf     []string
}

// check refuses what cannot be, and puts the address into the shape in which it is kept.
func (s *Staff) check(c *Company) error {
	s.Name, s.Email = strings.TrimSpace(s.Name), strings.ToLower(strings.TrimSpace(s.Email))
	address, err := mail.ParseAddress(s.Email)
	switch {
	case s.Name == "" || utf8.RuneCountInString(s.Name) > staffNameMost:
		return refuse(Invalid, "staff.name", staffNameMost)
	case err != nil || address.Address != s.Email || len(s.Email) > emailMost:
		return refuse(Invalid, "staff.email")
	case s.Role != "agent" && s.Role != "supervisor" && s.Role != "admin":
		return refuse(Invalid, "staff.role")
	case s.Capacity < 0 || s.Capacity > placesMost || s.Conversations < 0 || s.Conversations > placesMost:
		return refuse(Invalid, "staff.places", placesMost)
	case s.UID == 0 && s.Password == "":
		return refuse(Invalid, "staff.password")
	case slices.ContainsFunc(s.Accounts, func(appid string) bool { return c.Accounts[appid] == nil }):
		return refuse(Invalid, "account.missing")
	}
	return nil
}

// PutStaff makes an agent, or makes one match, for admins. A changed password or role ends the agent's logins.
func (d *Desk) PutStaff(ctx context.Context, who Agent, s Staff) (uid int64, err error) {
	err = d.arrange(ctx, who, func(c *Company, q *store.Queries, all []store.Agent) error {
		if err := s.check(c); err != nil {
			return err
		}
		was := agentOf(all, s.UID)
		if s.UID != 0 && was == nil {
			return refuse(Missing, "agent.missing")
		}
		if was == nil {
			s.UID = nextUID(all)
			was = &store.Agent{Password: s.Password}
		}
		if lastAdmin(all, s.UID) && s.Role != "admin" {
			return refuse(Denied, "staff.last-admin")
		}
		if s.Password == "" {
			s.Password = was.Password
		}
		uid = s.UID
		return s.keep(ctx, c, q)
	})
	return uid, err
}

func (s *Staff) keep(ctx context.Context, c *Company, q *store.Queries) error {
	if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: c.CompanyID, UID: s.UID, Name: s.Name, Role: s.Role, Email: s.Email, Password: s.Password, Capacity: s.Capacity}); err != nil {
		return err
	}
	if err := q.LoginDropOld(ctx, store.LoginDropOldParams{CompanyID: c.CompanyID, UID: s.UID, Email: s.Email}); err != nil {
		return err
	}
	whose, err := q.LoginPut(ctx, store.LoginPutParams{Email: s.Email, CompanyID: c.CompanyID, UID: s.UID})
	if err != nil {
		return err
	}
	if whose.CompanyID != c.CompanyID || whose.UID != s.UID {
		return refuse(Taken, "staff.email-taken")
	}
	if err := q.AgentPlacesSet(ctx, store.AgentPlacesSetParams{CompanyID: c.CompanyID, UID: s.UID, EveryAccount: s.EveryAccount, Conversations: s.Conversations}); err != nil {
		return err
	}
	if s.EveryAccount {
		_, err := q.SeatsFill(ctx, c.CompanyID)
		return err
	}
	if _, err := q.SeatsKeep(ctx, store.SeatsKeepParams{CompanyID: c.CompanyID, UID: s.UID, AppIDs: some(s.Accounts)}); err != nil {
		return err
	}
	for _, appid := range s.Accounts {
		if _, err := q.SeatPut(ctx, store.SeatPutParams{CompanyID: c.CompanyID, AppID: appid, UID: s.UID}); err != nil {
			return err
		}
	}
	return nil
}

// Disable has an agent log in no more and be given nothing, or lets them in again, for admins. It ends their logins and streams, what waits
// for them goes back to the queue, and the one admin who is left stays.
func (d *Desk) Disable(ctx context.Context, who Agent, uid int64, off bool) error {
	return d.arrange(ctx, who, func(c *Company, q *store.Queries, all []store.Agent) error {
		was := agentOf(all, uid)
		switch {
		case was == nil:
			return refuse(Missing, "agent.missing")
		case off == (was.DisabledAt != nil):
			return nil
		case off && lastAdmin(all, uid):
			return refuse(Denied, "staff.last-admin")
		}
		p := store.AgentDisabledSetParams{CompanyID: c.CompanyID, UID: uid}
		if off {
			p.DisabledAt = ptr(d.now())
		}
		return q.AgentDisabledSet(ctx, p)
	})
}

// PutTeam makes a group, or makes one match, for admins.
func (d *Desk) PutTeam(ctx context.Context, who Agent, t Team) (group int64, err error) {
	err = d.arrange(ctx, who, func(c *Company, q *store.Queries, all []store.Agent) error {
		if err := t.check(c); err != nil {
			return err
		}
		if t.ID == 0 {
			if t.ID, err = q.GroupPut(ctx, store.GroupPutParams{CompanyID: c.CompanyID, Name: t.Name, Strategy: t.Strategy, Priority: t.Priority}); err != nil {
				return err
			}
		}
		group = t.ID
		p := store.GroupUpdateParams{CompanyID: c.CompanyID, GroupID: t.ID, Name: t.Name, Strategy: t.Strategy, Priority: t.Priority, OverflowAfter: ptr(t.OverflowAfter)}
		if t.OverflowAfter != 0 {
			p.OverflowGroupID = ptr(t.OverflowTo)
		}
		if _, err := q.GroupUpdate(ctx, p); err != nil {
			return err
		}
		if err := q.GroupMembersSet(ctx, store.GroupMembersSetParams{CompanyID: c.CompanyID, GroupID: t.ID, UIDs: append([]int64{}, t.Members...)}); err != nil {
			return err
		}
		return q.AccountsOfGroupSet(ctx, store.AccountsOfGroupSetParams{CompanyID: c.CompanyID, GroupID: t.ID, AppIDs: some(t.DefaultOf)})
	})
	return group, err
}

// check refuses what cannot be.
func (t *Team) check(c *Company) error {
	t.Name = strings.TrimSpace(t.Name)
	same := c.named(t.Name)
	switch {
	case t.ID != 0 && c.Groups[t.ID] == nil:
		return refuse(Missing, "group.missing", t.ID)
	case t.Name == "" || t.Name == "other" || utf8.RuneCountInString(t.Name) > staffNameMost:
		return refuse(Invalid, "team.name", staffNameMost)
	case same != nil && same.GroupID != t.ID:
		return refuse(Taken, "team.name-taken", t.Name)
	case !slices.Contains([]string{LeastBusy, RoundRobin, LongestIdle, InOrder}, t.Strategy):
		return refuse(Invalid, "team.strategy")
	case t.Priority < PriorityLeast || t.Priority > PriorityMost:
		return refuse(Invalid, "session.priority", PriorityLeast, PriorityMost)
	case t.OverflowAfter < 0:
		return refuse(Invalid, "team.overflow")
	case t.OverflowTo != 0 && (c.Groups[t.OverflowTo] == nil || t.OverflowTo == t.ID):
		return refuse(Invalid, "team.overflow-to")
	case slices.ContainsFunc(t.Members, func(uid int64) bool { return c.AgentName(uid) == "" }):
		return refuse(Invalid, "agent.missing")
	case slices.ContainsFunc(t.DefaultOf, func(appid string) bool { return c.Accounts[appid] == nil }):
		return refuse(Invalid, "account.missing")
	}
	return nil
}

// named is the group of a name; nil: there is none.
func (c *Company) named(name string) *Group {
	for _, g := range c.Groups {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// arrange changes who works in a company and how, for admins. Its row is locked, so that two who do it go one after the other, and every
// copy of the company is read anew.
func (d *Desk) arrange(ctx context.Context, who Agent, change func(c *Company, q *store.Queries, all []store.Agent) error) error {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	err = d.store.Tx(ctx, who.Company, func(q *store.Queries) error {
		if _, err := q.CompanyLock(ctx, who.Company); err != nil {
			return err
		}
		all, err := q.AgentsOfCompany(ctx, who.Company)
		if err != nil {
			return err
		}
		if a := agentOf(all, who.UID); a == nil || a.DisabledAt != nil || a.Role != "admin" {
			return refuse(Denied, "admin.only")
		}
		if err := change(c, q, all); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, who.Company)
	})
	if store.Conflict(err) { // somebody was faster with the name
		return refuse(Taken, "people.meanwhile")
	}
	if err == nil {
		d.Wake(who.Company)
	}
	return err
}

func agentOf(all []store.Agent, uid int64) *store.Agent {
	for i := range all {
		if all[i].UID == uid {
			return &all[i]
		}
	}
	return nil
}

// nextUID is the number of a new agent.
func nextUID(all []store.Agent) int64 {
	next := int64(firstUID)
	for i := range all {
		next = max(next, all[i].UID+1)
	}
	return next
}

// lastAdmin says whether the company has no admin but this one.
func lastAdmin(all []store.Agent, uid int64) bool {
	a := agentOf(all, uid)
	if a == nil || a.Role != "admin" || a.DisabledAt != nil {
		return false
	}
	return !slices.ContainsFunc(all, func(x store.Agent) bool { return x.UID != uid && x.Role == "admin" && x.DisabledAt == nil })
}
