package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"weir/internal/id"
	"weir/internal/store"
)

// Company is what the desk knows of a company between two changes of it. It is never changed: a new version is a new value.
type Company struct {
	store.Company
	Location      *time.Location
	Accounts      map[string]*store.Account
	Groups        map[int64]*Group
	rules         rulebook
	taps          map[string]map[string]*Button // appid → what a tap tells → the button of its menu
	media         ruleMedia
	notices       Notices
	hours         timetable
	seats         map[string]map[int64]int64 // appid → uid → customer_service_id
	names         map[int64]string
	epochs        map[int64]int64 // of those who may log in
	conversations map[int64]int32 // up to how many what waits for an agent opens by itself
	ruleName      map[int64]string
}

// Group is a group and its members, in their order.
type Group struct {
	store.Group
	Members []int64
	in      map[int64]bool
}

// GroupName is the name of a group, as other programs know it.
func (c *Company) GroupName(group int64) string {
	if g := c.Groups[group]; g != nil {
		return g.Name
	}
	return ""
}

// GroupNamed finds a group by its name, or by its number in digits; nil: there is none.
func (c *Company) GroupNamed(name string) *Group {
	if g := c.named(name); g != nil {
		return g
	}
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return nil
	}
	return c.Groups[n]
}

// Agents are those who may log in, by their numbers.
func (c *Company) Agents() []int64 { return slices.Sorted(maps.Keys(c.epochs)) }

// AgentName is what an agent is called; "": there is no such agent.
func (c *Company) AgentName(uid int64) string { return c.names[uid] }

// LoginEpoch is the number under which logins of an agent count now; false: none counts, because the agent is disabled or unknown.
func (c *Company) LoginEpoch(uid int64) (epoch int64, ok bool) {
	epoch, ok = c.epochs[uid]
	return epoch, ok
}

// RuleName is what a rule is called; "": it is gone.
func (c *Company) RuleName(rule int64) string { return c.ruleName[rule] }

// Seat is the agent's seat at an account; 0: none.
func (c *Company) Seat(appid string, uid int64) int64 { return c.seats[appid][uid] }

// GroupsOf are the groups an agent is in.
func (c *Company) GroupsOf(uid int64) []int64 {
	out := []int64{}
	for n, g := range c.Groups {
		if g.in[uid] {
			out = append(out, n)
		}
	}
	return out
}

// companies keeps a copy of each company, by version.
type companies struct {
	store   *store.Store
	changed func(id.ID) // told when a company is found to be another than it was: its queue may be somebody's now
	mu      sync.RWMutex
	byID    map[id.ID]*Company
	flight  singleflight.Group
}

// cached is the copy that is kept, however old; nil: none.
func (cs *companies) cached(company id.ID) *Company {
	cs.mu.RLock()
	defer cs.mu.RUnlock()
	return cs.byID[company]
}

// at is the company, no older than a version.
func (cs *companies) at(ctx context.Context, company id.ID, version int64) (*Company, error) {
	if c := cs.cached(company); c != nil && c.Version >= version {
		return c, nil
	}
	v, err, _ := cs.flight.Do(company.String()+"@"+strconv.FormatInt(version, 10), func() (any, error) {
		c, err := load(ctx, cs.store, company)
		if err != nil {
			return nil, err
		}
		cs.mu.Lock()
		defer cs.mu.Unlock()
		old := cs.byID[company]
		if old == nil || old.Version <= c.Version {
			cs.byID[company] = c
		}
		if old != nil && old.Version < c.Version {
			cs.changed(company)
		}
		return c, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*Company), nil
}

// now is the company as it is now.
func (cs *companies) now(ctx context.Context, company id.ID) (*Company, error) {
	rows, err := cs.store.Of(company).CompanyVersions(ctx, []id.ID{company})
	if err != nil {
		return nil, fmt.Errorf("ask for the version of company %s: %w", company, err)
	}
	if len(rows) == 0 {
		return nil, refuse(Missing, "company.missing")
	}
	return cs.at(ctx, company, rows[0].Version)
}

// load reads a company in one transaction, so that its parts fit together.
func load(ctx context.Context, s *store.Store, company id.ID) (*Company, error) {
	c := &Company{Accounts: map[string]*store.Account{}, Groups: map[int64]*Group{}, seats: map[string]map[int64]int64{}, names: map[int64]string{}, epochs: map[int64]int64{}, conversations: map[int64]int32{}, ruleName: map[int64]string{}}
	err := s.Tx(ctx, company, func(q *store.Queries) (err error) {
		// The version first: what is read after it is at least as new.
		if c.Company, err = q.CompanyGet(ctx, company); err != nil {
			return err
		}
		accounts, err := q.AccountsOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for i := range accounts {
			c.Accounts[accounts[i].AppID] = &accounts[i]
		}
		groups, err := q.GroupsOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for _, g := range groups {
			c.Groups[g.GroupID] = &Group{Group: g, in: map[int64]bool{}}
		}
		members, err := q.GroupMembersOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for _, m := range members {
			if g := c.Groups[m.GroupID]; g != nil {
				g.Members, g.in[m.UID] = append(g.Members, m.UID), true
			}
		}
		seats, err := q.SeatsOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for _, s := range seats {
			if c.seats[s.AppID] == nil {
				c.seats[s.AppID] = map[int64]int64{}
			}
			c.seats[s.AppID][s.UID] = s.CustomerServiceID
		}
		agents, err := q.AgentsOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for _, a := range agents {
			c.names[a.UID] = a.Name
			if a.DisabledAt == nil {
				c.epochs[a.UID], c.conversations[a.UID] = a.LoginEpoch, a.Conversations
			}
		}
		rules, err := q.RulesOfCompany(ctx, company)
		if err != nil {
			return err
		}
		for _, r := range rules {
			c.ruleName[r.RuleID] = r.Name
		}
		c.rules = bookOf(rules)
		known, err := q.UploadMediaOfRules(ctx, company)
		if err != nil {
			return err
		}
		c.media = ruleMediaOf(known)
		menus, err := q.MenusOfCompany(ctx, company)
		if err != nil {
			return err
		}
		c.readMenus(menus)
		return c.readNotices()
	})
	if err != nil {
		return nil, fmt.Errorf("load company %s: %w", company, err)
	}
	if c.Location, err = time.LoadLocation(c.Timezone); err != nil {
		c.Location = time.UTC
	}
	return c, nil
}
