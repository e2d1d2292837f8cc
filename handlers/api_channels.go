package handlers

import (
	"context"
	"strconv"
	"time"

	"weir/internal/desk"
)

// channelCalls are the API's calls about channels.
func (a *API) channelCalls() {
	route(a, "GET", "/channels", "Channels, newest first: QR codes that greet, tag and lead to an agent or a group", a.channels)
	route(a, "POST", "/channels", "Make a channel; WeChat makes its code a moment later", a.makeChannel, created)
	route(a, "GET", "/channels/{id}", "A channel, with its counts", a.channel)
	route(a, "PUT", "/channels/{id}", "Change what a channel is called and does; its account, scene and kind stay", a.changeChannel)
	route(a, "PUT", "/channels/{id}/archive", "Put a channel away, or take it back: scans of one that is away mean nothing", a.archiveChannel)
	route(a, "POST", "/channels/{id}/code", "Have WeChat make the code anew: one that lasts longer, or one that could not be made", a.renewChannel)
}

// ChannelFields are what is said of a channel: the same words as in the provision file.
type ChannelFields struct {
	Name     string   `json:"name" doc:"at most 60 characters"`
	Target   *Assign  `json:"target,omitempty" doc:"to whom who scans it comes; left out: to nobody in particular, and no session begins"`
	Tags     []string `json:"tags,omitempty" nullable:"false" doc:"what who scans it is tagged with, here and at WeChat"`
	Greeting string   `json:"greeting,omitempty" doc:"what is said at once to who scans it, at no cost of quota; at most 2047 bytes of UTF-8"`
}

func (f *ChannelFields) channel() desk.Channel {
	ch := desk.Channel{Name: f.Name, Tags: f.Tags, Greeting: f.Greeting}
	if f.Target != nil {
		ch.TargetUID, ch.TargetGroup = f.Target.UID, f.Target.Group
	}
	return ch
}

// Channel is a channel as other programs see it.
type Channel struct {
	ID         int64      `json:"channel_id"`
	AppID      string     `json:"appid"`
	Name       string     `json:"name"`
	Scene      string     `json:"scene" doc:"what WeChat tells of a scan, and qr_scene of a customer says"`
	Permanent  bool       `json:"permanent"`
	Ticket     *string    `json:"ticket" doc:"names the picture, at WeChat's showqrcode; null: WeChat has not made the code yet"`
	URL        *string    `json:"url" doc:"what the picture says"`
	ExpiresAt  *time.Time `json:"expires_at" doc:"of a temporary code; null: never, or it is not made yet"`
	Code       *int       `json:"wechat_code" doc:"WeChat's last no to making the code"`
	Target     *Assign    `json:"target"`
	Tags       []string   `json:"tags" nullable:"false"`
	Greeting   string     `json:"greeting"`
	Scans      int64      `json:"scans" doc:"how often it was scanned, follows among them"`
	Follows    int64      `json:"follows" doc:"how many followed the account by it"`
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedAt  time.Time  `json:"created_at"`
}

func channelWire(ch *desk.Channel) Channel {
	out := Channel{ID: ch.ID, AppID: ch.AppID, Name: ch.Name, Scene: ch.Scene, Permanent: ch.Permanent, ExpiresAt: ch.ExpiresAt, Tags: append([]string{}, ch.Tags...), Greeting: ch.Greeting,
		Scans: ch.Scans, Follows: ch.Follows, ArchivedAt: ch.ArchivedAt, CreatedAt: ch.CreatedAt}
	if ch.Ticket != "" {
		out.Ticket, out.URL = &ch.Ticket, &ch.URL
	}
	if ch.CodeError != 0 {
		out.Code = &ch.CodeError
	}
	if ch.TargetUID != 0 || ch.TargetGroup != "" {
		out.Target = &Assign{UID: ch.TargetUID, Group: ch.TargetGroup}
	}
	return out
}

type channelsInput struct {
	Page
	Archived bool `query:"archived" doc:"those that were put away, and no others"`
}

type channelsOutput struct{ Body List[Channel] }

// GET /channels
func (a *API) channels(ctx context.Context, in *channelsInput) (*channelsOutput, error) {
	before, err := place(in.Cursor, 'c', 8)
	if err != nil {
		return nil, err
	}
	rows, err := a.Desk.Channels(ctx, company(ctx), in.Archived, numberAt(before), in.Limit+1)
	if err != nil {
		return nil, err
	}
	items := make([]Channel, len(rows))
	for i := range rows {
		items[i] = channelWire(&rows[i])
	}
	return &channelsOutput{pageOf(items, in.Limit, func(ch Channel) string { return cursor('c', numberBytes(ch.ID)) })}, nil
}

// ChannelPath names a channel.
type ChannelPath struct {
	ID string `path:"id" doc:"channel_id"`
}

// id of a channel; what is no number names no channel.
func (p ChannelPath) id() (int64, error) {
	n, err := strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return 0, desk.Refuse(desk.Missing, "channel.missing")
	}
	return n, nil
}

type channelOutput struct{ Body Channel }

func shownChannel(ch *desk.Channel, err error) (*channelOutput, error) {
	if err != nil {
		return nil, err
	}
	return &channelOutput{channelWire(ch)}, nil
}

// GET /channels/{id}
func (a *API) channel(ctx context.Context, in *ChannelPath) (*channelOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownChannel(a.Desk.Channel(ctx, company(ctx), n))
}

type makeChannelInput struct {
	Body struct {
		ChannelFields
		AppID     string `json:"appid"`
		Scene     string `json:"scene,omitempty" doc:"1 to 64 letters, digits, _ and -, once per account; left out: one is made. Not kf_…, which names a target by itself"`
		Permanent bool   `json:"permanent,omitempty" doc:"an account has 100,000 permanent codes; a temporary one lasts 30 days and can be made anew"`
	}
}

// POST /channels
func (a *API) makeChannel(ctx context.Context, in *makeChannelInput) (*channelOutput, error) {
	ch := in.Body.channel()
	ch.AppID, ch.Scene, ch.Permanent = in.Body.AppID, in.Body.Scene, in.Body.Permanent
	return shownChannel(a.Desk.MakeChannel(ctx, company(ctx), ch))
}

type changeChannelInput struct {
	ChannelPath
	Body ChannelFields
}

// PUT /channels/{id}
func (a *API) changeChannel(ctx context.Context, in *changeChannelInput) (*channelOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownChannel(a.Desk.ChangeChannel(ctx, company(ctx), n, in.Body.channel()))
}

type archiveChannelInput struct {
	ChannelPath
	Body struct {
		Archived bool `json:"archived"`
	}
}

// PUT /channels/{id}/archive
func (a *API) archiveChannel(ctx context.Context, in *archiveChannelInput) (*channelOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownChannel(a.Desk.ArchiveChannel(ctx, company(ctx), n, in.Body.Archived))
}

// POST /channels/{id}/code
func (a *API) renewChannel(ctx context.Context, in *ChannelPath) (*channelOutput, error) {
	n, err := in.id()
	if err != nil {
		return nil, err
	}
	return shownChannel(a.Desk.RenewChannel(ctx, company(ctx), n))
}
