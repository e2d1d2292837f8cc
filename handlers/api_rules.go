package handlers

import (
	"context"
	"strconv"
	"time"

	"weir/internal/desk"
)

// RuleFields are what is said of a rule: the same words as in the provision file.
type RuleFields struct {
	Name     string      `json:"name" doc:"each only once in a company"`
	Priority *int32      `json:"priority,omitempty" doc:"the lowest is tried first; 100 where left out"`
	AppID    *string     `json:"appid,omitempty" nullable:"true" doc:"of one account; null or left out: of all"`
	Match    Match       `json:"match"`
	Reply    []ReplyPart `json:"reply,omitempty" nullable:"false" doc:"sent in this order"`
	Assign   *Assign     `json:"assign,omitempty" doc:"where the session goes"`
	Enabled  *bool       `json:"enabled,omitempty" doc:"true where left out"`
}

// Match is what a rule answers.
type Match struct {
	Kind     string   `json:"kind" enum:"exact,contains,follow"`
	Keywords []string `json:"keywords,omitempty" nullable:"false" doc:"of exact and contains; width, case and the space around make no difference"`
}

// ReplyPart is one message of an answer.
type ReplyPart struct {
	Type        string        `json:"type" enum:"text,image,voice,video,news,msgmenu,miniprogrampage"`
	Text        string        `json:"text,omitempty" doc:"of a text: at most 2047 bytes of UTF-8"`
	ResourcesID string        `json:"resources_id,omitempty" doc:"of a picture, a voice message, a video and the card of a mini program: what POST /media answered"`
	Title       string        `json:"title,omitempty" doc:"of a video and of cards"`
	Description string        `json:"description,omitempty" doc:"of a video and of a card"`
	URL         string        `json:"url,omitempty" doc:"of news: what the card opens"`
	Picture     string        `json:"picture,omitempty" doc:"of news: address of the picture"`
	Menu        *desk.Menu    `json:"menu,omitempty" doc:"of msgmenu"`
	Program     *desk.Program `json:"program,omitempty" doc:"of miniprogrampage"`
}

// Assign is where a session goes: to an agent or to a group.
type Assign struct {
	UID      int64  `json:"uid,omitempty" minimum:"1"`
	Group    string `json:"group,omitempty" minLength:"1" doc:"by name"`
	Priority int32  `json:"priority,omitempty" minimum:"-100" maximum:"100" doc:"what the session has in the queue, at least: the highest goes first, and each step is worth ten minutes of waiting"`
}

// Rule is an auto-reply rule as other programs see it.
type Rule struct {
	ID        int64       `json:"rule_id"`
	Name      string      `json:"name"`
	Priority  int32       `json:"priority"`
	AppID     *string     `json:"appid"`
	Match     RuleMatch   `json:"match"`
	Reply     []ReplyPart `json:"reply" nullable:"false"`
	Assign    *Assign     `json:"assign" doc:"null: the session goes where it would go anyway"`
	Enabled   bool        `json:"enabled"`
	CreatedAt time.Time   `json:"created_at"`
}

// RuleMatch is Match with nothing left out.
type RuleMatch struct {
	Kind     string   `json:"kind" enum:"exact,contains,follow"`
	Keywords []string `json:"keywords" nullable:"false"`
}

func ruleOf(r *desk.Rule) Rule {
	out := Rule{ID: r.ID, Name: r.Name, Priority: r.Priority, Match: RuleMatch{r.Kind, r.Keywords}, Reply: []ReplyPart{}, Enabled: r.Enabled, CreatedAt: r.CreatedAt}
	if r.AppID != "" {
		out.AppID = &r.AppID
	}
	for _, p := range r.Reply {
		out.Reply = append(out.Reply, ReplyPart{p.Type, p.Text, p.ResourcesID, p.Title, p.Description, p.URL, p.Picture, p.Menu, p.Program})
	}
	if r.AssignUID != 0 || r.AssignGroup != "" {
		out.Assign = &Assign{r.AssignUID, r.AssignGroup, r.AssignPriority}
	}
	return out
}

func (f *RuleFields) rule() desk.Rule {
	r := desk.Rule{Name: f.Name, Priority: desk.DefaultPriority, Kind: f.Match.Kind, Keywords: f.Match.Keywords, Enabled: true}
	if f.Priority != nil {
		r.Priority = *f.Priority
	}
	if f.AppID != nil {
		r.AppID = *f.AppID
	}
	if f.Enabled != nil {
		r.Enabled = *f.Enabled
	}
	for _, part := range f.Reply {
		r.Reply = append(r.Reply, desk.Piece{Type: part.Type, Text: part.Text, ResourcesID: part.ResourcesID, Title: part.Title, Description: part.Description,
			URL: part.URL, Picture: part.Picture, Menu: part.Menu, Program: part.Program})
	}
	if f.Assign != nil {
		r.AssignUID, r.AssignGroup, r.AssignPriority, r.Assigns = f.Assign.UID, f.Assign.Group, f.Assign.Priority, true
	}
	return r
}

type rulesOutput struct{ Body List[Rule] }

// GET /rules
func (a *API) rules(ctx context.Context, in *Page) (*rulesOutput, error) {
	after, err := place(in.Cursor, 'r', 8)
	if err != nil {
		return nil, err
	}
	rows, err := a.Desk.Rules(ctx, company(ctx), numberAt(after), in.Limit+1)
	if err != nil {
		return nil, err
	}
	items := make([]Rule, len(rows))
	for i := range rows {
		items[i] = ruleOf(&rows[i])
	}
	return &rulesOutput{pageOf(items, in.Limit, func(r Rule) string { return cursor('r', numberBytes(r.ID)) })}, nil
}

// RulePath names a rule.
type RulePath struct {
	ID string `path:"id" doc:"rule_id"`
}

// id of a rule; what is no number names no rule.
func (p RulePath) id() (int64, error) {
	n, err := strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return 0, desk.Refuse(desk.Missing, "rule.missing")
	}
	return n, nil
}

type ruleOutput struct{ Body Rule }

func shownRule(r *desk.Rule, err error) (*ruleOutput, error) {
	if err != nil {
		return nil, err
	}
	return &ruleOutput{ruleOf(r)}, nil
}

// GET /rules/{id}
func (a *API) rule(ctx context.Context, in *RulePath) (*ruleOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownRule(a.Desk.Rule(ctx, company(ctx), n))
}

type makeRuleInput struct{ Body RuleFields }

// POST /rules
func (a *API) makeRule(ctx context.Context, in *makeRuleInput) (*ruleOutput, error) {
	return shownRule(a.Desk.MakeRule(ctx, company(ctx), in.Body.rule()))
}

type replaceRuleInput struct {
	RulePath
	Body RuleFields
}

// PUT /rules/{id}
func (a *API) replaceRule(ctx context.Context, in *replaceRuleInput) (*ruleOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownRule(a.Desk.ReplaceRule(ctx, company(ctx), n, in.Body.rule()))
}

// DELETE /rules/{id}
func (a *API) dropRule(ctx context.Context, in *RulePath) (*struct{}, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, a.Desk.DropRule(ctx, company(ctx), n)
}
