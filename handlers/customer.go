package handlers

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/store"
	"weir/views"
)

// customerRoutes are how agents name and tag the customer of a session. Who may is the desk's to say.
func (h *Handlers) customerRoutes(agents *echo.Group) {
	agents.GET("/sessions/:id/customer/remark", h.remarkForm)
	agents.PUT("/sessions/:id/customer/remark", h.setRemark)
	agents.GET("/sessions/:id/customer/tags", h.tagsForm)
	agents.PUT("/sessions/:id/customer/tags", h.setTags)
}

// changeable is a session whose customer whoever asks may change.
func (h *Handlers) changeable(c echo.Context) (*desk.View, error) {
	v, err := h.viewed(c)
	if err == nil && !v.MayChangeCustomer() {
		err = desk.Refuse(desk.Denied, "customer.not-yours")
	}
	return v, err
}

// GET /sessions/:id/customer/remark fills the dialog: what they are called.
func (h *Handlers) remarkForm(c echo.Context) error {
	v, err := h.changeable(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.NamingForm(views.Naming{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), OpenID: v.Customer.OpenID, Name: v.Customer.Remark, Most: desk.RemarkMost}))
}

// PUT /sessions/:id/customer/remark: remark.
func (h *Handlers) setRemark(c echo.Context) error {
	remark := strings.Join(strings.Fields(c.FormValue("remark")), " ")
	return h.customerChange(c, desk.CustomerChange{Remark: &remark})
}

// GET /sessions/:id/customer/tags fills the dialog: their tags, and those that they could have.
func (h *Handlers) tagsForm(c echo.Context) error {
	v, err := h.changeable(c)
	if err != nil {
		return err
	}
	choices, err := h.Desk.TagChoices(c.Request().Context(), &v.Customer)
	if err != nil {
		return err
	}
	t := views.Tagging{Reader: h.reader(c), SessionID: v.Session.SessionID.String(), OpenID: v.Customer.OpenID, Name: v.Customer.Remark, Has: v.Customer.Tags, Most: desk.TagsMost, NameMost: desk.TagNameMost}
	for _, tag := range choices {
		t.Choices = append(t.Choices, views.Tick{Value: tag, Name: tag, On: slices.Contains(v.Customer.Tags, tag)})
	}
	return render(c, http.StatusOK, views.TaggingForm(t))
}

// PUT /sessions/:id/customer/tags: had and tag, both as often as there are some; new, with commas between. What became of their tags since the
// form was drawn stays, but for what was changed in it.
func (h *Handlers) setTags(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	had, wanted := form["had"], append(form["tag"], tagsOf(form.Get("new"))...)
	without := func(of, those []string) (out []string) {
		for _, t := range of {
			if !slices.Contains(those, t) {
				out = append(out, t)
			}
		}
		return out
	}
	return h.customerChange(c, desk.CustomerChange{AddTags: without(wanted, had), DropTags: without(had, wanted)})
}

func (h *Handlers) customerChange(c echo.Context, ch desk.CustomerChange) error {
	session, err := sessionParam(c)
	if err != nil {
		return err
	}
	if err := h.Desk.ChangeCustomerOf(c.Request().Context(), agent(c), session, ch); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent) // the ring brings every open page up to date, this one too
}

// customerMark tells what is known of one customer from what was known before.
func customerMark(c *store.Customer) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%q %q %t %t %d %t %q %q %q %d %d %d %d", c.Remark, c.Tags, c.RemarkWaits, c.TagsWait, val(c.PushCode), c.Subscribed == nil || *c.Subscribed, c.SubscribeScene, c.QRScene, c.UnionID,
		val(c.SubscribedAt).Unix(), val(c.ChannelID), val(c.UnreachableCode), val(c.ExclusiveUID))
	return fmt.Sprintf("%x", h.Sum64())
}

// customerModel is the panel beside a session.
func (h *Handlers) customerModel(c echo.Context, d *drawing) (views.Customer, error) {
	m, err := h.customerCard(c, d)
	if err != nil {
		return m, err
	}
	others, err := h.Desk.Acquaintances(c.Request().Context(), d.View)
	if err != nil {
		return m, err
	}
	for _, o := range others {
		e := views.Elsewhere{Account: o.AppID, OpenID: o.OpenID, Name: o.Remark}
		if a := d.Company.Accounts[o.AppID]; a != nil {
			e.Account = a.Name
		}
		if o.Session != nil {
			e.SessionID, e.State = o.Session.SessionID.String(), views.SessionState(o.Session.State)
		}
		m.Elsewhere = append(m.Elsewhere, e)
	}
	if m.Reminders, err = h.remindersOf(c, d.View); err != nil {
		return m, err
	}
	m.Earlier, m.EarlierNext, err = h.earlierModel(c, d, d.Session.SessionID)
	return m, err
}

// customerCard is the part of it that changes.
func (h *Handlers) customerCard(c echo.Context, d *drawing) (m views.Customer, err error) {
	x := d.Customer
	m = views.Customer{SessionID: d.Session.SessionID.String(), MayChange: d.MayChangeCustomer(), OpenID: x.OpenID, Name: x.Remark, Account: d.account(), Following: x.Subscribed == nil || *x.Subscribed, Source: strings.TrimPrefix(x.Source, "qrscene_"),
		FirstAt: d.at(x.FirstAt)}
	m.QRScene, m.Tags, m.FollowedAt = x.QRScene, x.Tags, zoned(x.SubscribedAt, d.Company.Location)
	if x.UnreachableCode != nil {
		m.Unreachable = d.r.Words.Undelivered(int(*x.UnreachableCode))
	}
	channel, err := h.Desk.ChannelName(c.Request().Context(), &x)
	if err != nil {
		return m, err
	} else if channel != "" { // says what the scene would say
		m.Source, m.QRScene = channel, channel
	}
	m.Scene, m.Syncing = d.r.Words.OfCustomers().SceneName(x.SubscribeScene), x.RemarkWaits || x.TagsWait
	if x.PushCode != nil {
		m.Unsynced = d.r.Words.Undelivered(int(*x.PushCode))
	}
	if x.ExclusiveUID != nil {
		m.Exclusive, m.ExclusiveMine = d.Company.AgentName(*x.ExclusiveUID), *x.ExclusiveUID == d.Viewer.UID
		since := val(x.ExclusiveSince)
		if x.RepliedAt != nil && x.RepliedAt.After(since) {
			since = *x.RepliedAt
		}
		left := since.Add(time.Duration(d.Company.ReclaimAfter) * time.Second).Sub(d.now)
		m.ExclusiveDays = max(0, int(math.Ceil(left.Hours()/24)))
	}
	return m, nil
}
