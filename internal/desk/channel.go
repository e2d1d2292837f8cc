package desk

import (
	"context"
	"crypto/rand"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// Limits of a channel.
const (
	ChannelNameMost     = 60 // characters
	ChannelGreetingMost = maxPassive
	// CodeLife is how long WeChat lets a temporary code live, at most (WECHAT, section 6.2).
	CodeLife = 30 * 24 * time.Hour
	// lately is how far back a channel's recent counts go.
	lately    = 30 * 24 * time.Hour
	codeTries = 8
)

var sceneShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Channel is a QR code with a meaning, as a company says it.
type Channel struct {
	ID          int64
	AppID, Name string
	Scene       string // what WeChat tells of a scan; "": one is made
	Permanent   bool   // else the code lives for CodeLife, and can be made anew
	TargetUID   int64  // 0: no agent is named
	TargetGroup string // "": no group is named
	Tags        []string
	Greeting    string // what is said at once to who scans it; "": nothing

	Ticket, URL string     // of the code; "": WeChat has not made it yet
	ExpiresAt   *time.Time // of a temporary code that is made
	CodeWaits   bool       // WeChat is being asked for it
	CodeError   int        // WeChat's last no; 0: none
	ArchivedAt  *time.Time
	CreatedAt   time.Time

	Scans, Follows             int64
	LatelyScans, LatelyFollows int64 // of 30 days
}

// Faults are what is wrong with a channel by itself, each a Refusal.
func (ch *Channel) Faults() (faults []error) {
	not := func(bad bool, say string, args ...any) {
		if bad {
			faults = append(faults, refuse(Invalid, say, args...))
		}
	}
	not(strings.TrimSpace(ch.Name) == "" || utf8.RuneCountInString(ch.Name) > ChannelNameMost, "channel.name", ChannelNameMost)
	not(ch.Scene != "" && !sceneShape.MatchString(ch.Scene), "channel.scene")
	not(strings.HasPrefix(ch.Scene, "kf_"), "channel.scene-reserved")
	not(ch.TargetUID != 0 && ch.TargetGroup != "", "channel.one-target")
	not(len(ch.Greeting) > ChannelGreetingMost || ch.Greeting != "" && strings.TrimSpace(ch.Greeting) == "", "channel.greeting", ChannelGreetingMost)
	if _, err := checkTags(ch.Tags); err != nil {
		faults = append(faults, err)
	}
	return faults
}

// scene is the code that a customer scanned, or followed by; "": none.
func (a *Arrival) scene() string {
	switch a.Event {
	case "scan":
		return a.EventKey
	case "subscribe":
		if scene, by := strings.CutPrefix(a.EventKey, "qrscene_"); by {
			return scene
		}
	}
	return ""
}

// code names the QR code of an account.
type code struct {
	company      id.ID
	appid, scene string
}

// channel is the one whose code a customer scanned; nil: none.
func (k *known) channel(a *Arrival) *store.ChannelsHeardRow {
	return k.channels[code{a.Company, a.AppID, a.scene()}]
}

// scan is a code that was scanned, and the company's day on which it was.
type scan struct {
	by      *Arrival
	channel int64
	heard   time.Time
	day     string
}

// count puts the scans of a group into what is written: what a customer has of it, and the figures of the channel's day.
func (v *verdict) count(k *store.Keeping) {
	c := &k.Counts
	for _, s := range v.scans {
		a, follows := s.by, int64(0)
		if a.Event == "subscribe" {
			follows = 1
		}
		k.Scans = append(k.Scans, store.CustomerChannelledParams{At: s.heard, CompanyID: a.Company, AppID: a.AppID, OpenID: a.OpenID, ChannelID: s.channel})
		c.CompanyIDs, c.ChannelIDs, c.Days = append(c.CompanyIDs, a.Company), append(c.ChannelIDs, s.channel), append(c.Days, s.day)
		c.Scans, c.Follows = append(c.Scans, 1), append(c.Follows, follows)
	}
}

func channelOf(c *Company, r *store.Channel) *Channel {
	return &Channel{ID: r.ChannelID, AppID: r.AppID, Name: r.Name, Scene: r.Scene, Permanent: r.Permanent, TargetUID: val(r.TargetUID), TargetGroup: c.GroupName(val(r.TargetGroupID)),
		Tags: some(r.Tags), Greeting: r.Greeting, Ticket: r.Ticket, URL: r.URL, ExpiresAt: r.ExpiresAt, CodeWaits: r.CodeDue != nil, CodeError: int(val(r.CodeError)),
		ArchivedAt: r.ArchivedAt, CreatedAt: r.CreatedAt}
}

// Channels are a page of a company's channels, the newest first, from before one (0: from the newest): those in use, or those archived.
func (d *Desk) Channels(ctx context.Context, company id.ID, archived bool, before int64, most int) ([]Channel, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := d.store.Of(company).ChannelsPage(ctx, store.ChannelsPageParams{CompanyID: company, Before: before, Archived: archived, Max: int32(most)})
	if err != nil {
		return nil, err
	}
	out := make([]Channel, len(rows))
	for i := range rows {
		out[i] = *channelOf(c, &rows[i])
	}
	return out, d.counted(ctx, c, out)
}

// counted puts their counts beside channels.
func (d *Desk) counted(ctx context.Context, c *Company, all []Channel) error {
	at := make(map[int64]*Channel, len(all))
	p := store.ChannelCountsSumParams{CompanyID: c.CompanyID, Since: d.now().Add(-lately).In(c.Location).Format(time.DateOnly)}
	for i := range all {
		at[all[i].ID] = &all[i]
		p.ChannelIDs = append(p.ChannelIDs, all[i].ID)
	}
	rows, err := d.store.Of(c.CompanyID).ChannelCountsSum(ctx, p)
	for _, r := range rows {
		ch := at[r.ChannelID]
		ch.Scans, ch.Follows, ch.LatelyScans, ch.LatelyFollows = r.Scans, r.Follows, r.LatelyScans, r.LatelyFollows
	}
	return err
}

// Channel is one of a company's channels.
func (d *Desk) Channel(ctx context.Context, company id.ID, channel int64) (*Channel, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	row, err := d.store.Of(company).ChannelGet(ctx, store.ChannelGetParams{CompanyID: company, ChannelID: channel})
	if err != nil {
		return nil, missing(err, "channel.missing")
	}
	out := []Channel{*channelOf(c, &row)}
	return &out[0], d.counted(ctx, c, out)
}

// place finds what a channel names in its company, and is the row to be kept.
func (ch *Channel) place(c *Company) (row store.ChannelInsertParams, err error) {
	if faults := ch.Faults(); len(faults) > 0 {
		return row, faults[0]
	}
	row = store.ChannelInsertParams{CompanyID: c.CompanyID, AppID: ch.AppID, Name: strings.TrimSpace(ch.Name), Scene: ch.Scene, Permanent: ch.Permanent, TargetUID: ptr(ch.TargetUID), Greeting: ch.Greeting}
	row.Tags, _ = checkTags(ch.Tags)
	if ch.TargetUID != 0 && c.AgentName(ch.TargetUID) == "" {
		return row, refuse(Invalid, "channel.agent", ch.TargetUID)
	}
	if ch.TargetGroup != "" {
		g := c.GroupNamed(ch.TargetGroup)
		if g == nil {
			return row, refuse(Invalid, "channel.group", ch.TargetGroup)
		}
		row.TargetGroupID = &g.GroupID
	}
	return row, nil
}

// MakeChannel makes a channel. Its code is made at WeChat behind this.
func (d *Desk) MakeChannel(ctx context.Context, company id.ID, ch Channel) (*Channel, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	row, err := ch.place(c)
	if err != nil {
		return nil, err
	}
	switch a := c.Accounts[ch.AppID]; {
	case a == nil:
		return nil, refuse(Invalid, "channel.appid", ch.AppID)
	case a.MovedAt != nil:
		return nil, refuse(Denied, "account.moved")
	}
	if row.Scene == "" {
		row.Scene = newScene()
	}
	row.CodeDue = ptr(d.now())
	kept, err := d.store.Of(company).ChannelInsert(ctx, row)
	switch {
	case store.Conflict(err):
		return nil, refuse(Taken, "channel.scene-taken", row.Scene)
	case store.Dangling(err): // what it names was removed a moment ago
		return nil, refuse(Invalid, "channel.one-target")
	case err != nil:
		return nil, err
	}
	return channelOf(c, &kept), nil
}

// newScene is one that nobody will have chosen.
func newScene() string { return "c" + strings.ToLower(rand.Text()[:12]) }

// ChangeChannel changes what a channel is called and what it does. Account, scene and kind are in the code, and stay.
func (d *Desk) ChangeChannel(ctx context.Context, company id.ID, channel int64, ch Channel) (*Channel, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	if _, err := d.Channel(ctx, company, channel); err != nil { // before what is wrong with the new one is told
		return nil, err
	}
	row, err := ch.place(c)
	if err != nil {
		return nil, err
	}
	_, err = d.store.Of(company).ChannelUpdate(ctx, store.ChannelUpdateParams{CompanyID: company, ChannelID: channel, Name: row.Name, TargetUID: row.TargetUID, TargetGroupID: row.TargetGroupID,
		Tags: row.Tags, Greeting: row.Greeting})
	if store.Dangling(err) {
		return nil, refuse(Invalid, "channel.one-target")
	} else if err != nil {
		return nil, missing(err, "channel.missing")
	}
	return d.Channel(ctx, company, channel)
}

// ArchiveChannel puts a channel away, or takes it back: scans of one that is away mean nothing, and its counts stay. Twice is once.
func (d *Desk) ArchiveChannel(ctx context.Context, company id.ID, channel int64, away bool) (*Channel, error) {
	p := store.ChannelArchivedSetParams{CompanyID: company, ChannelID: channel, At: d.now()}
	if away {
		p.ArchivedAt = &p.At
	}
	if _, err := d.store.Of(company).ChannelArchivedSet(ctx, p); err != nil {
		return nil, err
	}
	return d.Channel(ctx, company, channel)
}

// RenewChannel has WeChat make the code anew: one that lasts longer, or one that could not be made before. A permanent one that is there
// stays.
func (d *Desk) RenewChannel(ctx context.Context, company id.ID, channel int64) (*Channel, error) {
	if _, err := d.store.Of(company).ChannelCodeDue(ctx, store.ChannelCodeDueParams{CompanyID: company, ChannelID: channel, At: d.now()}); err != nil {
		return nil, err
	}
	return d.Channel(ctx, company, channel)
}

// CodeWanted is a code that WeChat is to make.
type CodeWanted struct {
	Company      id.ID
	Channel      int64
	AppID, Scene string
	Permanent    bool
	Attempts     int // with this one
}

// TakeCodes claims codes that are to be made.
func (d *Desk) TakeCodes(ctx context.Context, most int) (out []CodeWanted, err error) {
	now := d.now()
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).ChannelsCodeClaim(ctx, store.ChannelsCodeClaimParams{CompanyIDs: companies, At: now, Again: now.Add(claimTime), Max: int32(most)})
		for _, r := range rows {
			out = append(out, CodeWanted{r.CompanyID, r.ChannelID, r.AppID, r.Scene, r.Permanent, int(r.CodeAttempts)})
		}
		return err
	})
	return out, err
}

// CodeMade keeps a code as WeChat made it; life 0: for good.
func (d *Desk) CodeMade(ctx context.Context, w *CodeWanted, ticket, url string, life time.Duration) error {
	p := store.ChannelCodeMadeParams{CompanyID: w.Company, ChannelID: w.Channel, Ticket: ticket, URL: url}
	if !w.Permanent {
		p.ExpiresAt = ptr(d.now().Add(life))
	}
	return d.store.Of(w.Company).ChannelCodeMade(ctx, p)
}

// CodeFailed says that WeChat did not make a code, and why: it is tried again after a wait (0: not by itself).
func (d *Desk) CodeFailed(ctx context.Context, w *CodeWanted, code int, wait time.Duration) error {
	f := store.ChannelCodeFailedParams{CompanyID: w.Company, ChannelID: w.Channel, Code: ptr(int32(code))}
	if wait > 0 && w.Attempts < codeTries {
		f.Again = ptr(d.now().Add(wait))
	}
	return d.store.Of(w.Company).ChannelCodeFailed(ctx, f)
}

// ChannelName is what the channel is called by which a customer came; "": by none.
func (d *Desk) ChannelName(ctx context.Context, c *store.Customer) (string, error) {
	if c.ChannelID == nil {
		return "", nil
	}
	row, err := d.store.Of(c.CompanyID).ChannelGet(ctx, store.ChannelGetParams{CompanyID: c.CompanyID, ChannelID: *c.ChannelID})
	return row.Name, err
}
