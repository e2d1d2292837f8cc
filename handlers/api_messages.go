package handlers

import (
	"context"

	"weir/internal/desk"
)

type messagesInput struct {
	SessionPath
	Page
	After int32 `query:"after_seq" minimum:"0" doc:"only what comes behind this place; a cursor goes before it"`
}

type messagesOutput struct{ Body List[desk.Wire] }

// GET /sessions/{id}/messages
func (a *API) messages(ctx context.Context, in *messagesInput) (*messagesOutput, error) {
	x, err := in.id()
	if err != nil {
		return nil, err
	}
	after, err := place(in.Cursor, 'm', 8)
	if err != nil {
		return nil, err
	}
	if in.Cursor != "" {
		in.After = int32(numberAt(after))
	}
	c, s, err := a.Desk.Session(ctx, company(ctx), x)
	if err != nil {
		return nil, err
	}
	rows, err := a.Desk.MessagesAfter(ctx, s, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	items := make([]desk.Wire, len(rows))
	for i := range rows {
		items[i] = rows[i].Wire(c.Location, true)
	}
	return &messagesOutput{pageOf(items, in.Limit, func(m desk.Wire) string { return cursor('m', numberBytes(int64(m.Seq))) })}, nil
}

type replyInput struct {
	SessionPath
	Key  string `header:"Idempotency-Key" doc:"makes doing it twice doing it once: the same request under the same key gets the same message"`
	Body struct {
		UID         int64        `json:"uid" minimum:"1" doc:"the agent in whose name it is said; the session must be theirs"`
		Type        *int16       `json:"message_type,omitempty" minimum:"0" maximum:"6" doc:"1 text, also where left out; 2 picture, 3 voice message, 4 video; 6 a card that opens a link; 0 a menu message, the card of a mini program, or a template message"`
		Text        string       `json:"text,omitempty" doc:"of a text; one of more than 2048 bytes of UTF-8 goes in several messages, each counted: see parts"`
		Medium      string       `json:"resources_id,omitempty" doc:"of types 2 to 4: what POST /media answered; it may be sent more than once"`
		Title       string       `json:"title,omitempty" doc:"of a video"`
		Description string       `json:"description,omitempty" doc:"of a video"`
		Link        *LinkCard    `json:"link,omitempty" doc:"of type 6"`
		Menu        *desk.Menu   `json:"menu,omitempty" doc:"of type 0: a question with answers to tap"`
		Program     *ProgramCard `json:"program,omitempty" doc:"of type 0: a card that opens a page of a mini program, which must be linked to the account"`
		Filled      *desk.Filled `json:"template,omitempty" doc:"of type 0: a template message or subscription notice, see GET /accounts/{appid}/templates. It goes when WeChat takes nothing else, and counts against no quota; what became of it WeChat tells later: see delivery_reason"`
		Wait        bool         `json:"wait,omitempty" doc:"what WeChat does not take now waits for the customer's next message instead of being refused"`
		Of          int32        `json:"resend_seq,omitempty" minimum:"1" doc:"send again what stands at this place and failed; nothing else is said then"`
	}
}

// LinkCard is a card with a picture that opens an address.
type LinkCard struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
	Picture     string `json:"picture,omitempty" doc:"address of the picture"`
}

// ProgramCard is a card that opens a page of a mini program.
type ProgramCard struct {
	Title  string `json:"title"`
	AppID  string `json:"appid" doc:"of the mini program"`
	Path   string `json:"pagepath" doc:"of its page, without a slash before it, such as pages/index?from=desk"`
	Medium string `json:"resources_id" doc:"a picture, as POST /media answered; it is shown 520 × 416"`
}

// said is what a request wants to be said.
func (in *replyInput) said() (desk.Reply, error) {
	b := &in.Body
	r := desk.Reply{Text: b.Text, Key: in.Key, Type: desk.TypeText, Wait: b.Wait, Of: b.Of}
	if b.Type != nil {
		r.Type = *b.Type
	}
	switch {
	case b.Of != 0 || r.Type == desk.TypeText:
	case r.Type == desk.TypeLink && b.Link != nil:
		r.Data = desk.Data{Title: b.Link.Title, Description: b.Link.Description, URL: b.Link.URL, PicURL: b.Link.Picture}
	case r.Type == desk.TypeImage, r.Type == desk.TypeVoice, r.Type == desk.TypeVideo:
		r.Data = desk.Data{ResourcesID: b.Medium, Title: b.Title, Description: b.Description}
	case r.Type == desk.TypeOther && b.Program != nil:
		p := b.Program
		r.Data = desk.Data{Kind: desk.KindProgram, Title: p.Title, ResourcesID: p.Medium, Out: &desk.Outgoing{Program: &desk.Program{AppID: p.AppID, Path: p.Path}}}
	case r.Type == desk.TypeOther && b.Filled != nil:
		r.Data = desk.Data{Kind: desk.KindTemplate, Out: &desk.Outgoing{Filled: b.Filled}}
	case r.Type == desk.TypeOther && b.Menu != nil:
		r.Data = desk.Data{Kind: desk.KindMenu, Out: &desk.Outgoing{Menu: b.Menu}}
	default:
		return r, desk.Refuse(desk.Invalid, "message.kind")
	}
	return r, nil
}

type messageOutput struct{ Body desk.Wire }

// POST /sessions/{id}/messages
func (a *API) reply(ctx context.Context, in *replyInput) (*messageOutput, error) {
	x, err := in.id()
	if err != nil {
		return nil, err
	}
	c, _, err := a.Desk.Session(ctx, company(ctx), x)
	if err != nil {
		return nil, err
	}
	who, err := a.actor(ctx, in.Body.UID)
	if err != nil {
		return nil, err
	}
	r, err := in.said()
	if err != nil {
		return nil, err
	}
	m, _, err := a.Desk.Reply(ctx, who, x, r)
	if err != nil {
		return nil, err
	}
	return &messageOutput{m.Wire(c.Location, true)}, nil
}
