package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// DefaultPriority is that of a rule which says none.
const DefaultPriority = 100

// Limits of a rule.
const (
	RuleNameMost     = 100     // characters
	RuleRepliesMost  = 5       // WeChat lets no more be sent at once
	RuleReplyMost    = 2047    // bytes: what a passive reply holds
	RuleKeywordMost  = 100     // characters
	RuleKeywordsMost = 100_000 // of one rule
)

// Rule is an auto-reply rule as a company says it.
type Rule struct {
	ID             int64
	Name           string
	Priority       int32  // the lowest is tried first
	AppID          string // "": of all accounts
	Kind           string
	Keywords       []string
	Reply          []Piece
	AssignUID      int64  // 0: no agent is named
	AssignGroup    string // "": no group is named
	Assigns        bool   // an agent or a group is meant to be named
	AssignPriority int32  // what the session has in the queue, at least
	Enabled        bool
	CreatedAt      time.Time
}

// Faults are what is wrong with a rule by itself, each a Refusal.
func (r *Rule) Faults() (faults []error) {
	not := func(bad bool, say string, args ...any) {
		if bad {
			faults = append(faults, refuse(Invalid, say, args...))
		}
	}
	not(strings.TrimSpace(r.Name) == "" || utf8.RuneCountInString(r.Name) > RuleNameMost, "rule.name", RuleNameMost)
	not(!slices.Contains([]string{MatchExact, MatchContains, MatchFollow}, r.Kind), "rule.kind")
	not(r.Kind == MatchFollow && len(r.Keywords) > 0, "rule.follow-keywords")
	not(r.Kind != MatchFollow && len(r.Keywords) == 0, "rule.no-keywords")
	not(len(r.Keywords) > RuleKeywordsMost, "rule.keywords-many", RuleKeywordsMost)
	not(slices.ContainsFunc(r.Keywords, badKeyword), "rule.keyword", RuleKeywordMost)
	not(len(r.Reply) > RuleRepliesMost, "rule.replies-many", RuleRepliesMost)
	if bad := badPieces(r.Reply); bad != nil {
		faults = append(faults, bad)
	}
	targets := r.Assigns || r.AssignUID != 0 || r.AssignGroup != ""
	not(targets && (r.AssignUID == 0) == (r.AssignGroup == ""), "rule.one-target")
	not(len(r.Reply) == 0 && !targets, "rule.nothing")
	not(r.AssignPriority < PriorityLeast || r.AssignPriority > PriorityMost, "session.priority", PriorityLeast, PriorityMost)
	return faults
}

// badKeyword: one that would match everything, or that nobody writes.
func badKeyword(k string) bool {
	return normalise(k) == "" || utf8.RuneCountInString(k) > RuleKeywordMost
}

func badReply(text string) bool { return strings.TrimSpace(text) == "" || len(text) > RuleReplyMost }

// place finds what a rule names in its company, and is the row to be kept.
func (r *Rule) place(c *Company) (row store.RuleInsertParams, err error) {
	row = store.RuleInsertParams{CompanyID: c.CompanyID, Name: r.Name, Priority: r.Priority, AppID: ptr(r.AppID), Kind: r.Kind, Keywords: some(r.Keywords),
		AssignUID: ptr(r.AssignUID), AssignPriority: r.AssignPriority, Enabled: r.Enabled}
	switch {
	case r.AppID != "" && c.Accounts[r.AppID] == nil:
		return row, refuse(Invalid, "rule.appid", r.AppID)
	case r.AssignUID != 0 && c.AgentName(r.AssignUID) == "":
		return row, refuse(Invalid, "rule.agent", r.AssignUID)
	}
	if r.AssignGroup != "" {
		g := c.GroupNamed(r.AssignGroup)
		if g == nil {
			return row, refuse(Invalid, "rule.group", r.AssignGroup)
		}
		row.AssignGroupID = &g.GroupID
	}
	return row, nil
}

// some is never nil, which would be NULL.
func some(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func ruleOf(c *Company, r store.Rule) *Rule {
	out := &Rule{ID: r.RuleID, Name: r.Name, Priority: r.Priority, AppID: val(r.AppID), Kind: r.Kind, Keywords: some(r.Keywords), Reply: PiecesOf(r.Reply),
		AssignUID: val(r.AssignUID), AssignPriority: r.AssignPriority, Enabled: r.Enabled, CreatedAt: r.CreatedAt}
	if r.AssignGroupID != nil {
		out.AssignGroup = c.GroupName(*r.AssignGroupID)
	}
	out.Assigns = out.AssignUID != 0 || out.AssignGroup != ""
	return out
}

// Rules are a page of a company's rules in the order in which they were made, after one.
func (d *Desk) Rules(ctx context.Context, company id.ID, after int64, most int) ([]Rule, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	rows, err := d.store.Of(company).RulesPage(ctx, store.RulesPageParams{CompanyID: company, After: after, Max: int32(most)})
	out := make([]Rule, len(rows))
	for i := range rows {
		out[i] = *ruleOf(c, rows[i])
	}
	return out, err
}

// Rule is one of a company's rules.
func (d *Desk) Rule(ctx context.Context, company id.ID, rule int64) (*Rule, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	row, err := d.store.Of(company).RuleGet(ctx, store.RuleGetParams{CompanyID: company, RuleID: rule})
	if err != nil {
		return nil, missing(err, "rule.missing")
	}
	return ruleOf(c, row), nil
}

// MakeRule makes a rule. It answers the next callback.
func (d *Desk) MakeRule(ctx context.Context, company id.ID, r Rule) (*Rule, error) {
	return d.changeRules(ctx, company, &r, func(q *store.Queries, row store.RuleInsertParams) (store.Rule, error) { return q.RuleInsert(ctx, row) })
}

// ReplaceRule makes a rule match.
func (d *Desk) ReplaceRule(ctx context.Context, company id.ID, rule int64, r Rule) (*Rule, error) {
	if _, err := d.Rule(ctx, company, rule); err != nil { // before what is wrong with the new one is told
		return nil, err
	}
	return d.changeRules(ctx, company, &r, func(q *store.Queries, row store.RuleInsertParams) (store.Rule, error) {
		out, err := q.RuleUpdate(ctx, store.RuleUpdateParams{CompanyID: company, RuleID: rule, Name: row.Name, Priority: row.Priority, AppID: row.AppID, Kind: row.Kind,
			Keywords: row.Keywords, Reply: row.Reply, AssignUID: row.AssignUID, AssignGroupID: row.AssignGroupID, AssignPriority: row.AssignPriority, Enabled: row.Enabled})
		return out, missing(err, "rule.missing")
	})
}

// DropRule removes a rule.
func (d *Desk) DropRule(ctx context.Context, company id.ID, rule int64) error {
	return d.store.Tx(ctx, company, func(q *store.Queries) error {
		n, err := q.RuleDelete(ctx, store.RuleDeleteParams{CompanyID: company, RuleID: rule})
		if err != nil {
			return err
		}
		if n == 0 {
			return refuse(Missing, "rule.missing")
		}
		return q.CompanyTouch(ctx, company)
	})
}

// changeRules writes one rule, and touches its company so that every process reads its rules anew.
func (d *Desk) changeRules(ctx context.Context, company id.ID, r *Rule, write func(*store.Queries, store.RuleInsertParams) (store.Rule, error)) (*Rule, error) {
	if faults := r.Faults(); len(faults) > 0 {
		return nil, faults[0]
	}
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	row, err := r.place(c)
	if err != nil {
		return nil, err
	}
	var kept store.Rule
	err = d.store.Tx(ctx, company, func(q *store.Queries) error {
		pieces, err := holdPieces(ctx, q, company, r.Reply)
		if err != nil {
			return err
		}
		row.Reply = PiecesJSON(pieces)
		if kept, err = write(q, row); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, company)
	})
	switch {
	case store.Conflict(err):
		return nil, refuse(Taken, "rule.name-taken", r.Name)
	case store.Dangling(err): // what it names was removed a moment ago
		return nil, refuse(Invalid, "rule.one-target")
	case err != nil:
		return nil, err
	}
	return ruleOf(c, kept), nil
}
