package handlers

import (
	"context"
	"strconv"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
)

// quickCalls are the API's calls about quick replies.
func (a *API) quickCalls() {
	route(a, "GET", "/quick-replies", "Quick replies, in the order in which they were made", a.quickReplies)
	route(a, "POST", "/quick-replies", "Make a quick reply", a.makeQuickReply, created)
	route(a, "GET", "/quick-replies/{quick_id}", "A quick reply", a.quickReply)
	route(a, "PUT", "/quick-replies/{quick_id}", "Replace a quick reply; its count stays", a.replaceQuickReply)
	route(a, "DELETE", "/quick-replies/{quick_id}", "Remove a quick reply; people can take it back for a day", a.dropQuickReply, noContent)
}

// QuickFields are what is said of a quick reply: the same words as in the provision file.
type QuickFields struct {
	UID      int64    `json:"uid,omitempty" minimum:"1" doc:"an agent's own; with neither uid nor group it is the company's"`
	Group    string   `json:"group,omitempty" doc:"a group's, by name"`
	Title    string   `json:"title" doc:"at most 60 characters, each only once of an owner; it is found by it, in characters, pinyin and initials"`
	Shortcut string   `json:"shortcut,omitempty" doc:"letters and digits, at most 20; typed after /, it comes first"`
	Text     string   `json:"text,omitempty" doc:"at most 2000 characters; {客户} {客服} {公众号} {商户} {问候} {日期}, or {customer} {agent} {account} {company} {greeting} {today}, are filled in; may be left out where there are pictures"`
	Images   []string `json:"images,omitempty" nullable:"false" doc:"pictures that follow the text, at most 4: what POST /media answered as resources_id"`
}

// QuickReply is a quick reply as other programs see it.
type QuickReply struct {
	ID        int64      `json:"quick_id"`
	UID       *int64     `json:"uid"`
	Group     *string    `json:"group"`
	Title     string     `json:"title"`
	Shortcut  string     `json:"shortcut"`
	Text      string     `json:"text"`
	Images    []string   `json:"images" nullable:"false"`
	Used      int64      `json:"used" doc:"how often it was sent"`
	UsedAt    *time.Time `json:"used_at"`
	CreatedAt time.Time  `json:"created_at"`
}

func quickWire(c *desk.Company, q *desk.Quick) QuickReply {
	out := QuickReply{ID: q.ID, Title: q.Title, Shortcut: q.Shortcut, Text: q.Text, Images: []string{}, Used: q.Used, UsedAt: q.UsedAt, CreatedAt: q.CreatedAt}
	if q.UID != 0 {
		out.UID = &q.UID
	}
	if q.Group != 0 {
		name := c.GroupName(q.Group)
		out.Group = &name
	}
	for _, u := range q.Images {
		out.Images = append(out.Images, u.ID.String())
	}
	return out
}

type quickRepliesInput struct {
	Page
	UID   int64  `query:"uid" doc:"an agent's own"`
	Group string `query:"group" doc:"a group's, by name"`
}

type quickRepliesOutput struct{ Body List[QuickReply] }

// GET /quick-replies
func (a *API) quickReplies(ctx context.Context, in *quickRepliesInput) (*quickRepliesOutput, error) {
	after, err := place(in.Cursor, 'q', 8)
	if err != nil {
		return nil, err
	}
	c, o, err := a.quickOwner(ctx, in.UID, in.Group)
	if err != nil {
		return nil, err
	}
	rows, err := a.Desk.AllQuicks(ctx, c.CompanyID, o, numberAt(after), in.Limit+1)
	if err != nil {
		return nil, err
	}
	items := make([]QuickReply, len(rows))
	for i := range rows {
		items[i] = quickWire(c, &rows[i])
	}
	return &quickRepliesOutput{pageOf(items, in.Limit, func(q QuickReply) string { return cursor('q', numberBytes(q.ID)) })}, nil
}

// quickOwner is the owner that a program names.
func (a *API) quickOwner(ctx context.Context, uid int64, group string) (c *desk.Company, o desk.Owner, err error) {
	if c, err = a.Desk.Company(ctx, company(ctx)); err != nil {
		return nil, o, err
	}
	o.UID = uid
	if group != "" {
		g := c.GroupNamed(group)
		if g == nil {
			return nil, o, desk.Refuse(desk.Invalid, "group.missing", group)
		}
		o.Group = g.GroupID
	}
	return c, o, nil
}

// QuickPath names a quick reply.
type QuickPath struct {
	ID string `path:"quick_id"`
}

// id of a quick reply; what is no number names none.
func (p QuickPath) id() (int64, error) {
	n, err := strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return 0, desk.Refuse(desk.Missing, "quick.missing")
	}
	return n, nil
}

type quickReplyOutput struct{ Body QuickReply }

// GET /quick-replies/{quick_id}
func (a *API) quickReply(ctx context.Context, in *QuickPath) (*quickReplyOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	q, _, err := a.Desk.Quick(ctx, desk.Agent{Company: company(ctx)}, n)
	if err != nil {
		return nil, err
	}
	c, err := a.Desk.Company(ctx, company(ctx))
	if err != nil {
		return nil, err
	}
	return &quickReplyOutput{quickWire(c, q)}, nil
}

type makeQuickInput struct{ Body QuickFields }

// POST /quick-replies
func (a *API) makeQuickReply(ctx context.Context, in *makeQuickInput) (*quickReplyOutput, error) {
	return a.putQuickReply(ctx, 0, &in.Body)
}

type replaceQuickInput struct {
	QuickPath
	Body QuickFields
}

// PUT /quick-replies/{quick_id}
func (a *API) replaceQuickReply(ctx context.Context, in *replaceQuickInput) (*quickReplyOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, _, err := a.Desk.Quick(ctx, desk.Agent{Company: company(ctx)}, n); err != nil { // before what is wrong with the new one is told
		return nil, err
	}
	return a.putQuickReply(ctx, n, &in.Body)
}

func (a *API) putQuickReply(ctx context.Context, n int64, f *QuickFields) (*quickReplyOutput, error) {
	c, o, err := a.quickOwner(ctx, f.UID, f.Group)
	if err != nil {
		return nil, err
	}
	q := desk.Quick{ID: n, Owner: o, Title: f.Title, Shortcut: f.Shortcut, Text: f.Text}
	for _, name := range f.Images {
		image, err := id.Parse(name)
		if err != nil {
			return nil, desk.Refuse(desk.Invalid, "upload.missing")
		}
		q.Images = append(q.Images, &desk.Upload{ID: image})
	}
	kept, err := a.Desk.PutQuick(ctx, desk.Agent{Company: c.CompanyID}, q)
	if err != nil {
		return nil, err
	}
	return &quickReplyOutput{quickWire(c, kept)}, nil
}

// DELETE /quick-replies/{quick_id}
func (a *API) dropQuickReply(ctx context.Context, in *QuickPath) (*struct{}, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return nil, a.Desk.DropQuick(ctx, desk.Agent{Company: company(ctx)}, n)
}
