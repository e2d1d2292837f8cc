package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"weir/internal/desk"
	"weir/internal/secret"
	"weir/internal/store"
)

// Hasher hashes passwords and verifies them; login.Passwords is one.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error)
}

// Apply makes what a file names match it, one transaction a company, and leaves the rest alone. Its error is Faults where the
// file asks for what cannot be, such as another company's account; then that company is as it was.
func Apply(ctx context.Context, s *store.Store, box *secret.Box, hasher Hasher, file *File) (Report, error) {
	var r Report
	if err := elsewhere(ctx, s, file); err != nil {
		return r, err
	}
	if err := applyComponent(ctx, s, box, file.Component, &r); err != nil {
		return r, err
	}
	for i := range file.Companies {
		c := &file.Companies[i]
		a := &applying{store: s, box: box, hasher: hasher, file: c, report: r}
		if err := a.company(ctx); err != nil {
			var faults Faults
			if errors.As(err, &faults) {
				return r, faults
			}
			return r, fmt.Errorf("provision company %s: %w", c.ID, err)
		}
		r = a.report
	}
	return r, nil
}

// applyComponent makes the third-party platform match; nil: nothing is said of it. An installation has one, and what accounts authorised to it
// is of no use to another.
func applyComponent(ctx context.Context, s *store.Store, box *secret.Box, f *Component, r *Report) error {
	if f == nil {
		return nil
	}
	was, err := s.Outside().ComponentGet(ctx)
	there := err == nil
	if err != nil && !errors.Is(err, store.ErrNone) {
		return fmt.Errorf("read the component: %w", err)
	}
	if there && was.AppID != f.AppID {
		return Faults{{f.line, fmt.Sprintf("The component here is %s, and accounts may be authorised to it. Weir serves one: take this out, or name that.", was.AppID)}}
	}
	p, a := store.ComponentPutParams{AppID: f.AppID, PreviousAESKey: was.PreviousAESKey}, applying{box: box}
	var secretNew, tokenNew, keyNew bool
	p.Secret, secretNew = a.seal(was.Secret, f.Secret, "component:"+f.AppID+":secret")
	p.Token, tokenNew = a.seal(was.Token, f.Token, "component:"+f.AppID+":token")
	if p.AESKey, keyNew = a.seal(was.AESKey, f.AESKey, "component:"+f.AppID+":aes_key"); keyNew {
		p.PreviousAESKey = was.AESKey // WeChat may go on using it for a while
	}
	differs := secretNew || tokenNew || keyNew
	r.Components.note(there, differs)
	if there && !differs {
		return nil
	}
	return s.Outside().ComponentPut(ctx, p)
}

// elsewhere faults accounts and addresses that are not the company's, all of them before anything is written. Whoever is
// faster than this look is refused in the transaction.
func elsewhere(ctx context.Context, s *store.Store, file *File) error {
	var faults Faults
	q := s.Outside()
	for _, c := range file.Companies {
		for _, a := range c.Accounts {
			whose, err := q.AppIDCompany(ctx, a.AppID)
			if err != nil && !errors.Is(err, store.ErrNone) {
				return fmt.Errorf("ask whose account %s is: %w", a.AppID, err)
			}
			if err == nil && whose != c.ID {
				faults = append(faults, a.foreign())
			}
		}
		for _, a := range c.Agents {
			whose, err := q.LoginFind(ctx, a.Email)
			if err != nil && !errors.Is(err, store.ErrNone) {
				return fmt.Errorf("ask whose address %s is: %w", a.Email, err)
			}
			if err == nil && whose.CompanyID != c.ID {
				faults = append(faults, a.foreign())
			}
		}
	}
	return faults.all()
}

func (a *Account) foreign() Fault {
	return Fault{a.line, fmt.Sprintf("Account %s belongs to another company here. Move it here first (weir accounts move), or take it out.", a.AppID)}
}

func (a *Agent) foreign() Fault {
	return Fault{a.line, fmt.Sprintf("The e-mail address %s is another agent's. Choose another: people log in with it.", a.Email)}
}

// applying is one company being made to match.
type applying struct {
	store  *store.Store
	box    *secret.Box
	hasher Hasher
	file   *Company
	report Report
	hashes map[int64]password

	// Of the transaction.
	q       *store.Queries
	agents  map[int64]store.Agent
	groups  map[string]int64
	changed bool
	faults  Faults
}

func (a *applying) company(ctx context.Context) error {
	if err := a.hash(ctx); err != nil {
		return err
	}
	before := a.report
	return a.store.Tx(ctx, a.file.ID, func(q *store.Queries) error {
		a.q, a.report, a.changed = q, before, false
		for _, step := range []func(context.Context) error{a.itself, a.readAgents, a.people, a.teams, a.accounts, a.seats, a.rules, a.channels, a.quicks, a.tokens} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		if err := a.faults.all(); err != nil {
			return err
		}
		if !a.changed {
			return nil
		}
		return q.CompanyTouch(ctx, a.file.ID)
	})
}

// note counts one thing, and remembers that the company has changed.
func (a *applying) note(c *Count, was, differs bool) {
	c.note(was, differs)
	a.changed = a.changed || !was || differs
}

// password is what is to be kept of one that a file gives.
type password struct {
	was, hash string // where was is still the stored one, hash shall be
}

// hash compares the passwords with the stored ones before the transaction: each takes a while, and the company's row is locked in it.
func (a *applying) hash(ctx context.Context) error {
	rows, err := a.store.Of(a.file.ID).AgentsOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	stored := map[int64]string{}
	for _, r := range rows {
		stored[r.UID] = r.Password
	}
	a.hashes = map[int64]password{}
	for _, agent := range a.file.Agents {
		if agent.Password == "" {
			continue
		}
		if a.hashes[agent.UID], err = a.keep(ctx, stored[agent.UID], agent.Password.Reveal()); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) keep(ctx context.Context, stored, given string) (password, error) {
	if stored != "" {
		// A stored hash that cannot be read is replaced, like one of another password.
		ok, rehash, err := a.hasher.Verify(ctx, stored, given)
		switch {
		case ctx.Err() != nil:
			return password{}, ctx.Err()
		case err == nil && ok && !rehash:
			return password{stored, stored}, nil
		}
	}
	hash, err := a.hasher.Hash(ctx, given)
	return password{stored, hash}, err
}

// itself makes the company, or makes it match; its row stays locked.
func (a *applying) itself(ctx context.Context) error {
	f := a.file
	was, err := a.q.CompanyLock(ctx, f.ID)
	there := err == nil
	if errors.Is(err, store.ErrNone) {
		was = store.Company{Timezone: "Asia/Shanghai", Locale: "zh-CN", Distribution: "average", Notices: "free",
			QueueTimeout: 48 * 3600, ReceptionTimeout: 24 * 3600, IdleTimeout: 48 * 3600, ReclaimAfter: 240 * 3600, AwayAfter: 15 * 60, Grace: 5 * 60, TargetWait: 5 * 60,
			QuotaMessage: 5, QuotaEvent: 3, WindowMessage: 48 * 3600, WindowEvent: 60}
	} else if err != nil {
		return err
	}
	p := store.CompanyPutParams{CompanyID: f.ID, Name: f.Name, Timezone: said1(f.Timezone, was.Timezone), Locale: said1(f.Locale, was.Locale),
		Distribution: said1(f.Distribution, was.Distribution), Notices: said1(f.Notices, was.Notices), QueueTimeout: saidN(f.QueueTimeout, was.QueueTimeout),
		ReceptionTimeout: saidN(f.ReceptionTimeout, was.ReceptionTimeout), IdleTimeout: saidN(f.IdleTimeout, was.IdleTimeout), ReclaimAfter: saidN(f.ReclaimAfter, was.ReclaimAfter),
		ExclusiveWait: saidN(f.ExclusiveWait, was.ExclusiveWait), AwayAfter: saidN(f.AwayAfter, was.AwayAfter), Grace: saidN(f.Grace, was.Grace)}
	differs := p != store.CompanyPutParams{CompanyID: f.ID, Name: was.Name, Timezone: was.Timezone, Locale: was.Locale, Distribution: was.Distribution, Notices: was.Notices,
		QueueTimeout: was.QueueTimeout, ReceptionTimeout: was.ReceptionTimeout, IdleTimeout: was.IdleTimeout, ReclaimAfter: was.ReclaimAfter,
		ExclusiveWait: was.ExclusiveWait, AwayAfter: was.AwayAfter, Grace: was.Grace}
	forget := f.ForgetAfter
	if forget != nil && *forget == ForgetNever {
		forget = nil
	}
	forgets := f.ForgetAfter != nil && saidN(was.ForgetAfter, ForgetNever) != *f.ForgetAfter
	texts, tells, err := f.notices(was.NoticeTexts)
	if err != nil {
		return err
	}
	waits := f.TargetWait != nil && was.TargetWait != *f.TargetWait
	quota := store.CompanyQuotaSetParams{CompanyID: f.ID, QuotaMessage: saidN(f.QuotaMessage, was.QuotaMessage), QuotaEvent: saidN(f.QuotaEvent, was.QuotaEvent),
		WindowMessage: saidN(f.WindowMessage, was.WindowMessage), WindowEvent: saidN(f.WindowEvent, was.WindowEvent)}
	allows := quota != store.CompanyQuotaSetParams{CompanyID: f.ID, QuotaMessage: was.QuotaMessage, QuotaEvent: was.QuotaEvent, WindowMessage: was.WindowMessage, WindowEvent: was.WindowEvent}
	a.note(&a.report.Companies, there, differs || forgets || tells || waits || allows)
	if !there || differs {
		if _, err = a.q.CompanyPut(ctx, p); err != nil {
			return err
		}
	}
	if allows {
		if err := a.q.CompanyQuotaSet(ctx, quota); err != nil {
			return err
		}
	}
	if tells {
		if err := a.q.CompanyNoticesPut(ctx, store.CompanyNoticesPutParams{CompanyID: f.ID, NoticeTexts: texts}); err != nil {
			return err
		}
	}
	if forgets {
		if err := a.q.CompanyForgetAfterSet(ctx, store.CompanyForgetAfterSetParams{CompanyID: f.ID, ForgetAfter: forget}); err != nil {
			return err
		}
	}
	if waits {
		return a.q.CompanyTargetWaitSet(ctx, store.CompanyTargetWaitSetParams{CompanyID: f.ID, TargetWait: *f.TargetWait})
	}
	return nil
}

// said1 and saidN are what a file says, or else what is there.
func said1(said, there string) string {
	if said == "" {
		return there
	}
	return said
}

func saidN[T int16 | int32 | int64](said *int64, there T) T {
	if said == nil {
		return there
	}
	return T(*said)
}

func (a *applying) readAgents(ctx context.Context) error {
	rows, err := a.q.AgentsOfCompany(ctx, a.file.ID)
	a.agents = make(map[int64]store.Agent, len(rows))
	for _, r := range rows {
		a.agents[r.UID] = r
	}
	return err
}

// people makes the agents match. Addresses are given up before any is taken, so that two agents may swap theirs.
func (a *applying) people(ctx context.Context) error {
	for i := range a.file.Agents {
		if err := a.agent(ctx, &a.file.Agents[i]); err != nil {
			return err
		}
	}
	if len(a.faults) > 0 { // some are not there to log in
		return nil
	}
	for _, f := range a.file.Agents {
		if err := a.q.LoginDropOld(ctx, store.LoginDropOldParams{CompanyID: a.file.ID, UID: f.UID, Email: f.Email}); err != nil {
			return err
		}
	}
	for i := range a.file.Agents {
		f := &a.file.Agents[i]
		whose, err := a.q.LoginPut(ctx, store.LoginPutParams{Email: f.Email, CompanyID: a.file.ID, UID: f.UID})
		if err != nil {
			return err
		}
		if whose.CompanyID != a.file.ID || whose.UID != f.UID {
			a.faults = append(a.faults, f.foreign())
		}
	}
	return nil
}

func (a *applying) agent(ctx context.Context, f *Agent) error {
	was, there := a.agents[f.UID]
	if !there {
		if f.Password == "" {
			a.faults.add(f.line, "Agent %d is new and needs a password: the first one they log in with.", f.UID)
			a.agents[f.UID] = store.Agent{UID: f.UID} // for whatever names them
			return nil
		}
		was = store.Agent{Role: "agent", Capacity: 5}
	}
	p := store.AgentPutParams{CompanyID: a.file.ID, UID: f.UID, Name: f.Name, Role: said1(f.Role, was.Role), Email: f.Email, Password: was.Password,
		Capacity: saidN(f.Capacity, was.Capacity)}
	if f.Password != "" {
		keep := a.hashes[f.UID]
		if keep.was != was.Password { // it was changed a moment ago
			var err error
			if keep, err = a.keep(ctx, was.Password, f.Password.Reveal()); err != nil {
				return err
			}
		}
		p.Password = keep.hash
	}
	differs := p != store.AgentPutParams{CompanyID: a.file.ID, UID: f.UID, Name: was.Name, Role: was.Role, Email: was.Email, Password: was.Password, Capacity: was.Capacity}
	a.note(&a.report.Agents, there, differs)
	if there && !differs {
		return nil
	}
	a.agents[f.UID] = store.Agent{UID: f.UID}
	return a.q.AgentPut(ctx, p)
}

// teams makes the groups match.
func (a *applying) teams(ctx context.Context) error {
	rows, err := a.q.GroupsOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	members, err := a.q.GroupMembersOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	in := map[int64][]int64{}
	for _, m := range members {
		in[m.GroupID] = append(in[m.GroupID], m.UID)
	}
	was := map[string]store.Group{}
	a.groups = map[string]int64{}
	for _, g := range rows {
		was[g.Name], a.groups[g.Name] = g, g.GroupID
	}
	for i := range a.file.Groups {
		f := &a.file.Groups[i]
		g, there := was[f.Name]
		to := ""
		for _, x := range rows {
			if g.OverflowGroupID != nil && x.GroupID == *g.OverflowGroupID {
				to = x.Name
			}
		}
		if err := a.group(ctx, f, g, there, in[g.GroupID], f.overflows(g, to)); err != nil {
			return err
		}
	}
	return a.overflows(ctx, was)
}

// overflows says whether the file asks for another overflow than a group has, which goes to the group to.
func (f *Group) overflows(was store.Group, to string) bool {
	if f.Overflow == nil {
		return false
	}
	after := int64(0)
	if was.OverflowAfter != nil {
		after = *was.OverflowAfter
	}
	return f.Overflow.After != after || f.Overflow.Group != to
}

// overflows makes where groups overflow to match, once all of them are there.
func (a *applying) overflows(ctx context.Context, was map[string]store.Group) error {
	for i := range a.file.Groups {
		f := &a.file.Groups[i]
		if f.Overflow == nil || len(a.faults) > 0 {
			continue
		}
		p := store.GroupOverflowSetParams{CompanyID: a.file.ID, GroupID: a.groups[f.Name]}
		if f.Overflow.After > 0 {
			p.OverflowAfter = &f.Overflow.After
		}
		if f.Overflow.Group != "" {
			to := a.groups[f.Overflow.Group]
			p.OverflowGroupID = &to
		}
		g := was[f.Name]
		if same(p.OverflowAfter, g.OverflowAfter) && same(p.OverflowGroupID, g.OverflowGroupID) {
			continue
		}
		if err := a.q.GroupOverflowSet(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) group(ctx context.Context, f *Group, was store.Group, there bool, in []int64, overflows bool) error {
	known := true
	for _, uid := range f.Agents {
		if _, ok := a.agents[uid]; !ok {
			known = false
			a.faults.add(f.line, "Group %q names agent %d, whom the company does not have. Add the agent, or take the number out.", f.Name, uid)
		}
	}
	if !known {
		return nil
	}
	if !there {
		was.Strategy = "least_busy"
	}
	strategy, priority := said1(f.Strategy, was.Strategy), saidN(f.Priority, was.Priority)
	differs := strategy != was.Strategy || priority != was.Priority
	moved := f.Agents != nil && !slices.Equal(f.Agents, in)
	times, rehours, err := f.Hours.differ(was.Hours)
	if err != nil {
		return err
	}
	a.note(&a.report.Groups, there, differs || moved || overflows || rehours)
	if !there || differs {
		n, err := a.q.GroupPut(ctx, store.GroupPutParams{CompanyID: a.file.ID, Name: f.Name, Strategy: strategy, Priority: priority})
		if err != nil {
			return err
		}
		a.groups[f.Name] = n
	}
	if rehours {
		if _, err := a.q.GroupHoursPut(ctx, store.GroupHoursPutParams{CompanyID: a.file.ID, GroupID: a.groups[f.Name], Hours: times}); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	return a.q.GroupMembersSet(ctx, store.GroupMembersSetParams{CompanyID: a.file.ID, GroupID: a.groups[f.Name], UIDs: f.Agents})
}

// accounts makes the accounts match.
func (a *applying) accounts(ctx context.Context) error {
	for i := range a.file.Accounts {
		f := &a.file.Accounts[i]
		if err := a.account(ctx, f); err != nil {
			return err
		}
		whose, err := a.q.AppIDClaim(ctx, store.AppIDClaimParams{AppID: f.AppID, CompanyID: a.file.ID})
		if err != nil {
			return err
		}
		if whose != a.file.ID {
			a.faults = append(a.faults, f.foreign())
		}
	}
	return nil
}

func (a *applying) account(ctx context.Context, f *Account) error {
	was, err := a.q.AccountGet(ctx, store.AccountGetParams{CompanyID: a.file.ID, AppID: f.AppID})
	there := err == nil
	if errors.Is(err, store.ErrNone) {
		was.Mode = "safe"
	} else if err != nil {
		return err
	}
	p := store.AccountPutParams{CompanyID: a.file.ID, AppID: f.AppID, Name: f.Name, Mode: said1(f.Mode, was.Mode), AESKey: was.AESKey, PreviousAESKey: was.PreviousAESKey}
	var secretNew, tokenNew, keyNew bool
	p.Secret, secretNew = a.seal(was.Secret, f.Secret, "account:"+f.AppID+":secret")
	p.Token, tokenNew = a.seal(was.Token, f.Token, "account:"+f.AppID+":token")
	if f.AESKey != "" {
		// WeChat may go on using the key before for a while.
		if p.AESKey, keyNew = a.seal(was.AESKey, f.AESKey, "account:"+f.AppID+":aes_key"); keyNew && was.AESKey != nil {
			p.PreviousAESKey = was.AESKey
		}
	}
	group, known := a.defaultGroup(f, was.DefaultGroupID)
	if !known {
		return nil
	}
	times, rehours, err := f.Hours.differ(was.Hours)
	if err != nil {
		return err
	}
	differs, regrouped := p.Name != was.Name || p.Mode != was.Mode || secretNew || tokenNew || keyNew, !same(group, was.DefaultGroupID)
	a.note(&a.report.Accounts, there, differs || regrouped || rehours)
	if !there || differs {
		if err := a.q.AccountPut(ctx, p); err != nil {
			return err
		}
	}
	if rehours {
		if _, err := a.q.AccountHoursPut(ctx, store.AccountHoursPutParams{CompanyID: a.file.ID, AppID: f.AppID, Hours: times}); err != nil {
			return err
		}
	}
	if !regrouped {
		return nil
	}
	_, err = a.q.AccountDefaultGroupSet(ctx, store.AccountDefaultGroupSetParams{CompanyID: a.file.ID, AppID: f.AppID, DefaultGroupID: group})
	return err
}

// defaultGroup is where an account's sessions are to go that nothing sends elsewhere; false: the group is not there, which is faulted.
func (a *applying) defaultGroup(f *Account, was *int64) (group *int64, known bool) {
	switch {
	case f.DefaultGroup == nil:
		return was, true
	case *f.DefaultGroup == "":
		return nil, true
	}
	n, known := a.groups[*f.DefaultGroup]
	if !known {
		a.faults.add(f.line, "Account %s names group %q, which the company does not have. Add the group, or name another.", f.AppID, *f.DefaultGroup)
	}
	return &n, known
}

// seal is how a secret is to be kept: as it is, where it is the same.
func (a *applying) seal(was []byte, said secret.Redacted, context string) (sealed []byte, differs bool) {
	if was != nil {
		plain, err := a.box.Open(was, context)
		if err == nil && secret.Equal(string(plain), said.Reveal()) {
			return was, false
		}
	}
	return a.box.Seal([]byte(said.Reveal()), context), true
}

// seats gives agents their seats: at each account of the company, or where the file says.
func (a *applying) seats(ctx context.Context) error {
	if len(a.faults) > 0 { // some accounts are not there
		return nil
	}
	had, err := a.q.SeatsOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	for i := range a.file.Agents {
		if err := a.seatsOf(ctx, &a.file.Agents[i]); err != nil {
			return err
		}
	}
	made, err := a.q.SeatsFill(ctx, a.file.ID)
	a.report.Seats.Created += int(made)
	a.report.Seats.Unchanged += len(had)
	a.changed = a.changed || made > 0
	return err
}

// seatsOf makes an agent's seats match, where the file says which, and up to how many conversations what waits for them opens by itself.
func (a *applying) seatsOf(ctx context.Context, f *Agent) error {
	was, err := a.q.AgentGet(ctx, store.AgentGetParams{CompanyID: a.file.ID, UID: f.UID})
	if err != nil {
		return err
	}
	p := store.AgentPlacesSetParams{CompanyID: a.file.ID, UID: f.UID, EveryAccount: was.EveryAccount && f.Accounts == nil, Conversations: saidN(f.Conversations, was.Conversations)}
	if p.EveryAccount != was.EveryAccount || p.Conversations != was.Conversations {
		a.changed = true
		if err := a.q.AgentPlacesSet(ctx, p); err != nil {
			return err
		}
	}
	if f.Accounts == nil {
		return nil
	}
	gone, err := a.q.SeatsKeep(ctx, store.SeatsKeepParams{CompanyID: a.file.ID, UID: f.UID, AppIDs: f.Accounts})
	a.report.Seats.Changed += int(gone)
	a.changed = a.changed || gone > 0
	if err != nil {
		return err
	}
	for _, appid := range f.Accounts {
		made, err := a.q.SeatPut(ctx, store.SeatPutParams{CompanyID: a.file.ID, AppID: appid, UID: f.UID})
		if store.Dangling(err) {
			return Faults{{f.line, fmt.Sprintf("Agent %d is to have a seat at account %s, which the company does not have. Add the account, or take it out.", f.UID, appid)}}
		} else if err != nil {
			return err
		}
		a.report.Seats.Created += int(made)
		a.changed = a.changed || made > 0
	}
	return nil
}

// rules makes the rules match, by name.
func (a *applying) rules(ctx context.Context) error {
	if len(a.file.Rules) == 0 {
		return nil
	}
	rows, err := a.q.RulesOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	accounts, err := a.q.AccountsOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	was := map[string]store.Rule{}
	for _, r := range rows {
		was[r.Name] = r
	}
	for i := range a.file.Rules {
		f := &a.file.Rules[i]
		p, ok := a.place(f, accounts)
		if !ok {
			continue
		}
		r, there := was[f.Name]
		if err := a.rule(ctx, p, r, there); err != nil {
			return err
		}
	}
	return nil
}

// place finds what a rule names; false: it is not there, which is faulted.
func (a *applying) place(f *Rule, accounts []store.Account) (p store.RuleInsertParams, ok bool) {
	p = store.RuleInsertParams{CompanyID: a.file.ID, Name: f.Name, Priority: f.Priority, Kind: f.Kind, Keywords: f.Keywords, Reply: desk.PiecesJSON(f.Reply), AssignPriority: f.AssignPriority, Enabled: true}
	if p.Keywords == nil {
		p.Keywords = []string{}
	}
	before := len(a.faults)
	if f.AppID != "" {
		p.AppID = &f.AppID
		if !slices.ContainsFunc(accounts, func(x store.Account) bool { return x.AppID == f.AppID }) {
			a.faults.add(f.line, "Rule %q is for account %s, which the company does not have. Add the account, or take appid out.", f.Name, f.AppID)
		}
	}
	if f.AssignUID != 0 {
		p.AssignUID = &f.AssignUID
		if _, there := a.agents[f.AssignUID]; !there {
			a.faults.add(f.line, "Rule %q names agent %d, whom the company does not have. Add the agent, or name another.", f.Name, f.AssignUID)
		}
	}
	if f.AssignGroup != "" {
		n, there := a.groups[f.AssignGroup]
		p.AssignGroupID = &n
		if !there {
			a.faults.add(f.line, "Rule %q names group %q, which the company does not have. Add the group, or name another.", f.Name, f.AssignGroup)
		}
	}
	return p, len(a.faults) == before
}

func (a *applying) rule(ctx context.Context, p store.RuleInsertParams, was store.Rule, there bool) error {
	differs := p.Priority != was.Priority || p.Kind != was.Kind || !slices.Equal(p.Keywords, was.Keywords) || !samePieces(p.Reply, was.Reply) ||
		!same(p.AppID, was.AppID) || !same(p.AssignUID, was.AssignUID) || !same(p.AssignGroupID, was.AssignGroupID) || p.AssignPriority != was.AssignPriority
	a.note(&a.report.Rules, there, differs)
	switch {
	case !there:
		_, err := a.q.RuleInsert(ctx, p)
		return err
	case !differs:
		return nil
	}
	_, err := a.q.RuleUpdate(ctx, store.RuleUpdateParams{CompanyID: p.CompanyID, RuleID: was.RuleID, Name: p.Name, Priority: p.Priority, AppID: p.AppID, Kind: p.Kind,
		Keywords: p.Keywords, Reply: p.Reply, AssignUID: p.AssignUID, AssignGroupID: p.AssignGroupID, AssignPriority: p.AssignPriority, Enabled: was.Enabled})
	return err
}

// samePieces: the database writes JSON in an order of its own.
func samePieces(a, b json.RawMessage) bool {
	return string(desk.PiecesJSON(desk.PiecesOf(a))) == string(desk.PiecesJSON(desk.PiecesOf(b)))
}

func same[T comparable](a, b *T) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// tokens makes the API tokens match. They come last: a token that is used elsewhere ends the transaction.
func (a *applying) tokens(ctx context.Context) error {
	if len(a.faults) > 0 || len(a.file.Tokens) == 0 {
		return nil
	}
	rows, err := a.q.APITokensOfCompany(ctx, a.file.ID)
	if err != nil {
		return err
	}
	was := map[string][]byte{}
	for _, t := range rows {
		was[t.Name] = t.Hash
	}
	for _, f := range a.file.Tokens {
		if err := a.token(ctx, f, was[f.Name]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) token(ctx context.Context, f Token, was []byte) error {
	hash := secret.HashToken(f.Token.Reveal())
	differs := string(was) != string(hash[:])
	a.note(&a.report.APITokens, was != nil, differs)
	if len(f.Token) < 20 {
		a.report.Notes = append(a.report.Notes, fmt.Sprintf("API token %q is short enough to be guessed. openssl rand -hex 32 makes a better one.", f.Name))
	}
	if !differs {
		return nil
	}
	taken := Faults{{f.line, fmt.Sprintf("The token of %q is used already, under another name or by another company. Make a new one: openssl rand -hex 32.", f.Name)}}
	err := a.q.APITokenPut(ctx, store.APITokenPutParams{CompanyID: a.file.ID, Name: f.Name, Hash: hash[:]})
	if store.Conflict(err) {
		return taken
	} else if err != nil {
		return err
	}
	whose, err := a.q.TokenHashPut(ctx, store.TokenHashPutParams{Hash: hash[:], CompanyID: a.file.ID})
	if err == nil && whose != a.file.ID {
		return taken
	}
	return err
}
