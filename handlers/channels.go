package handlers

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/wechat"
	"weir/views"
)

// channelsMost is how many channels a page lists.
const channelsMost = 50

// channelRoutes are the company's QR codes.
func (h *Handlers) channelRoutes(g *echo.Group) {
	g.GET("/settings/channels", h.channelsPage, h.managers)
	g.GET("/settings/channels/new", h.newChannel, h.managers)
	g.POST("/settings/channels", h.createChannel, h.managers)
	g.GET("/settings/channels/:id", h.channelPage, h.managers)
	g.PUT("/settings/channels/:id", h.changeChannel, h.managers)
	g.PUT("/settings/channels/:id/archive", h.archiveChannel, h.managers)
	g.GET("/settings/channels/:id/code", h.channelCode, h.managers)
	g.POST("/settings/channels/:id/code", h.renewChannel, h.managers)
	g.GET("/settings/channels/:id/picture", h.channelPicture, h.managers)
}

// GET /settings/channels lists the channels, the newest first: before (channel id), archived=1.
func (h *Handlers) channelsPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	l := views.ChannelList{Settings: h.nav(c, company), Archived: c.QueryParam("archived") == "1", Any: len(company.Accounts) > 0}
	rows, err := h.Desk.Channels(c.Request().Context(), company.CompanyID, l.Archived, count(c.QueryParam("before")), channelsMost+1)
	if err != nil {
		return err
	}
	if len(rows) > channelsMost {
		rows = rows[:channelsMost]
		l.Before = rows[channelsMost-1].ID
	}
	now := h.now(company)
	for i := range rows {
		l.Rows = append(l.Rows, channelModel(company, &rows[i], now))
	}
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfChannels().Channels, views.ChannelsBody(l)))
}

func channelModel(company *desk.Company, ch *desk.Channel, now time.Time) views.Channel {
	v := views.Channel{ID: ch.ID, Name: ch.Name, AppID: ch.AppID, Account: ch.AppID, Scene: ch.Scene, URL: ch.URL, Permanent: ch.Permanent, Made: ch.Ticket != "", Waits: ch.CodeWaits, Error: ch.CodeError,
		Archived: ch.ArchivedAt != nil, Agent: company.AgentName(ch.TargetUID), Group: ch.TargetGroup, Tags: ch.Tags, Greeting: ch.Greeting,
		Scans: ch.Scans, Follows: ch.Follows, LatelyScans: ch.LatelyScans, LatelyFollows: ch.LatelyFollows}
	if a := company.Accounts[ch.AppID]; a != nil {
		v.Account = a.Name
	}
	if ch.TargetUID != 0 {
		v.Target = agentValue(ch.TargetUID)
	} else if g := company.GroupNamed(ch.TargetGroup); g != nil && ch.TargetGroup != "" {
		v.Target = groupValue(g.GroupID)
	}
	if ch.ExpiresAt != nil {
		v.Until, v.Ended = ch.ExpiresAt.In(company.Location).Format("2006-01-02 15:04"), !now.Before(*ch.ExpiresAt)
	}
	return v
}

// channelForm is what can be chosen for a channel.
func (h *Handlers) channelForm(c echo.Context, company *desk.Company) (f views.ChannelForm) {
	f.Settings = h.nav(c, company)
	f.Targets = targetChoices(company)
	for _, a := range company.Accounts {
		f.Accounts = append(f.Accounts, views.Choice{Value: a.AppID, Name: a.Name})
	}
	slices.SortFunc(f.Accounts, func(a, b views.Choice) int { return strings.Compare(a.Value, b.Value) })
	return f
}

// How forms name whom something is for.
func agentValue(uid int64) string   { return "agent:" + strconv.FormatInt(uid, 10) }
func groupValue(group int64) string { return "group:" + strconv.FormatInt(group, 10) }

// targetChoices are whom something can be sent to: agent:{uid} or group:{group id}.
func targetChoices(company *desk.Company) (t views.Targets) {
	for _, g := range groupChoices(company, nil) {
		t.Groups = append(t.Groups, views.Choice{Value: groupValue(g.ID), Name: g.Name})
	}
	for _, uid := range company.Agents() {
		t.Agents = append(t.Agents, views.Choice{Value: agentValue(uid), Name: company.AgentName(uid)})
	}
	slices.SortStableFunc(t.Agents, func(a, b views.Choice) int { return cmp.Compare(a.Name, b.Name) })
	return t
}

// GET /settings/channels/new
func (h *Handlers) newChannel(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	f := h.channelForm(c, company)
	if f.ReadOnly {
		return desk.Refuse(desk.Denied, "settings.read-only")
	}
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, f.Words.OfChannels().New, views.NewChannelBody(f)))
}

// channelOf is what a form says of a channel: appid, name, scene, permanent=1, target (agent:{uid} or group:{group id}), tags, greeting.
func channelOf(c echo.Context) desk.Channel {
	ch := desk.Channel{AppID: c.FormValue("appid"), Name: strings.TrimSpace(c.FormValue("name")), Scene: strings.TrimSpace(c.FormValue("scene")), Permanent: c.FormValue("permanent") == "1",
		Tags: tagsOf(c.FormValue("tags")), Greeting: strings.TrimSpace(strings.ReplaceAll(c.FormValue("greeting"), "\r\n", "\n"))}
	switch kind, number, _ := strings.Cut(c.FormValue("target"), ":"); kind {
	case "agent":
		ch.TargetUID = count(number)
	case "group":
		ch.TargetGroup = number
	}
	return ch
}

// tagsOf are tags as people write them: with commas between, Chinese or not, or in lines.
func tagsOf(text string) []string {
	var out []string
	for _, t := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) }) {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// POST /settings/channels
func (h *Handlers) createChannel(c echo.Context) error {
	ch, err := h.Desk.MakeChannel(c.Request().Context(), agent(c).Company, channelOf(c))
	if err != nil {
		return err
	}
	to := "/settings/channels/" + strconv.FormatInt(ch.ID, 10)
	if c.Request().Header.Get("HX-Request") != "" {
		c.Response().Header().Set("HX-Redirect", to)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// channel is the one that the path names, of the asker's company.
func (h *Handlers) channel(c echo.Context) (*desk.Company, *desk.Channel, error) {
	n, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return nil, nil, desk.Refuse(desk.Missing, "channel.missing")
	}
	ch, err := h.Desk.Channel(c.Request().Context(), agent(c).Company, n)
	if err != nil {
		return nil, nil, err
	}
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	return company, ch, err
}

// GET /settings/channels/:id is one channel: its code, its counts, and what can be changed.
func (h *Handlers) channelPage(c echo.Context) error {
	company, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	f := h.channelForm(c, company)
	f.Channel = channelModel(company, ch, h.Clock())
	return render(c, http.StatusOK, views.SettingsPage(f.Settings, ch.Name, views.ChannelBody(f)))
}

// PUT /settings/channels/:id
func (h *Handlers) changeChannel(c echo.Context) error {
	_, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	to := channelOf(c)
	if _, err := h.Desk.ChangeChannel(c.Request().Context(), agent(c).Company, ch.ID, to); err != nil {
		return err
	}
	return refreshed(c)
}

// refreshed answers a change of a page of the settings: it is drawn anew.
func refreshed(c echo.Context) error {
	c.Response().Header().Set("HX-Refresh", "true")
	return c.NoContent(http.StatusNoContent)
}

// PUT /settings/channels/:id/archive: on=1 puts it away, anything else takes it back.
func (h *Handlers) archiveChannel(c echo.Context) error {
	_, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	if _, err := h.Desk.ArchiveChannel(c.Request().Context(), agent(c).Company, ch.ID, c.FormValue("on") == "1"); err != nil {
		return err
	}
	return refreshed(c)
}

// GET /settings/channels/:id/code is the code as it is now; while WeChat is asked for it, the page asks again.
func (h *Handlers) channelCode(c echo.Context) error {
	company, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	f := views.ChannelForm{Settings: h.nav(c, company), Channel: channelModel(company, ch, h.Clock())}
	return render(c, http.StatusOK, views.ChannelCode(f))
}

// POST /settings/channels/:id/code has WeChat make the code anew.
func (h *Handlers) renewChannel(c echo.Context) error {
	_, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	if _, err := h.Desk.RenewChannel(c.Request().Context(), agent(c).Company, ch.ID); err != nil {
		return err
	}
	return h.channelCode(c)
}

// GET /settings/channels/:id/picture is WeChat's picture of the code, through us: a page loads nothing from elsewhere. download=1 keeps it.
func (h *Handlers) channelPicture(c echo.Context) error {
	_, ch, err := h.channel(c)
	if err != nil {
		return err
	}
	if ch.Ticket == "" {
		return desk.Refuse(desk.Missing, "channel.no-code")
	}
	data, kind, err := h.WeChat.QRPicture(c.Request().Context(), ch.Ticket)
	if err != nil {
		h.Log.Warn("WeChat's picture of a QR code cannot be had", "channel", ch.ID, "err", err)
		return desk.Refuse(desk.Missing, "channel.no-picture")
	}
	head := c.Response().Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	head.Set("Cache-Control", "private, max-age=300")
	if c.QueryParam("download") != "" {
		head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": ch.Name + wechat.PictureExtension(kind)}))
	}
	return c.Blob(http.StatusOK, kind, data)
}
