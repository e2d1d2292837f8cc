// Package courier carries written replies to WeChat and reports back. The row of a message is its errand: the courier takes it
// from the desk, one at a time and in order for each customer, says what became of it, and holds nothing that would be lost
// with the process. While the database cannot be told, what became of a message waits in memory (owed.go) and its customer with it.
//
//	desk commits a reply ──Wake──▶ courier ── TakeErrand ──▶ WeChat ── Delivered ──▶ desk
//	                     every 2 s: Due ──▲   (sending)                 (sent, failed, uncertain, or queued again)
//
// A process that only serves pages has none: it rings a Bell in Redis that one of those who have hears.
//
// It sends again only what WeChat surely did not take. Where the connection died after the request went out nobody can know:
// the message is uncertain, and a person decides.
package courier

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/media"
	"weir/internal/wechat"
)

const (
	dueEvery = 2 * time.Second  // how often errands are looked for that nobody woke us for
	dueMost  = 500              // and how many at a time
	sendTime = 15 * time.Second // the longest that one errand may take
	loadTime = 90 * time.Second // and one that has a medium to upload
)

// Customer is whom an errand is for.
type Customer struct {
	Company       id.ID
	AppID, OpenID string
}

// Courier carries errands. Any number of processes may have one.
type Courier struct {
	desk   *desk.Desk
	client *wechat.Client
	tokens *wechat.Tokens
	media  media.Store
	log    *slog.Logger
	sent   *prometheus.CounterVec
	took   prometheus.Histogram

	line *line
	owed owed
}

// New makes a courier; what is uploaded is kept in m. reg may be nil.
func New(d *desk.Desk, client *wechat.Client, tokens *wechat.Tokens, m media.Store, log *slog.Logger, reg prometheus.Registerer) *Courier {
	c := &Courier{desk: d, client: client, tokens: tokens, media: m, log: log, line: newLine(),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "weir_sends_total", Help: "Messages carried to WeChat, by what became of them."}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "weir_send_seconds", Help: "Time WeChat took for a message.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12)}),
	}
	if reg != nil {
		reg.MustRegister(c.sent, c.took)
	}
	c.owed = newOwed()
	return c
}

// Wake says that there is something for a customer. It never blocks.
func (c *Courier) Wake(to Customer) { c.line.wake(to) }

// Run carries errands until the context ends; what is under way then is finished.
func (c *Courier) Run(ctx context.Context) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { c.work(ctx) })
	}
	all.Go(func() { c.repay(ctx) })
	all.Go(func() { c.freshen(ctx) })
	c.look(ctx)
	all.Wait()
	c.settleUp(context.WithoutCancel(ctx)) // the last that can be done
}

// look finds errands that nobody woke us for: those whose time has come, and those a dead process left behind.
func (c *Courier) look(ctx context.Context) {
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	for {
		due, err := c.desk.Due(ctx, dueMost)
		if err != nil && ctx.Err() == nil {
			c.log.Error("could not look for messages to send", "err", err)
		}
		for _, d := range due {
			c.Wake(Customer{d.CompanyID, d.AppID, d.OpenID})
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (c *Courier) work(ctx context.Context) {
	for {
		to, ok := c.line.take()
		if !ok {
			select {
			case <-ctx.Done():
				return
			case <-c.line.bell:
			}
			continue
		}
		c.serve(ctx, to)
		c.line.done(to)
		if ctx.Err() != nil {
			return
		}
	}
}

// serve carries what there is for a customer, one after the other.
func (c *Courier) serve(ctx context.Context, to Customer) {
	for ctx.Err() == nil {
		// What is begun is finished, also at shutdown: an errand cut off in the middle would be uncertain.
		whole, stop := context.WithTimeout(context.WithoutCancel(ctx), loadTime+5*time.Second)
		more := c.one(whole, to)
		stop()
		if !more {
			return
		}
	}
}

func (c *Courier) one(ctx context.Context, to Customer) (more bool) {
	e, wait, err := c.desk.TakeErrand(ctx, to.Company, to.AppID, to.OpenID)
	if err != nil {
		c.log.Error("could not take a message to send", "openid", to.OpenID, "err", err)
		wait = dueEvery // perhaps it was taken all the same: only we would know
	}
	if e == nil {
		if wait > 0 && wait < time.Minute { // longer ones are found by looking
			time.AfterFunc(wait, func() { c.Wake(to) })
		}
		return false
	}
	o := c.send(ctx, &e.Message)
	c.sent.WithLabelValues(string(o.Delivery)).Inc()
	if err := c.desk.Delivered(ctx, e, o); err != nil {
		c.owe(debt{to, e, o}, err)
		return false
	}
	return true
}

func (c *Courier) send(ctx context.Context, m *desk.Message) desk.Outcome {
	most := sendTime
	if m.Data.ResourcesID != "" {
		most = loadTime
	}
	ctx, stop := context.WithTimeout(ctx, most)
	defer stop()
	began, reached := time.Now(), false
	var named names
	err := c.tokens.Do(ctx, m.AppID, func(token string) (err error) {
		reached = true
		named, err = c.say(ctx, token, m)
		return err
	})
	c.took.Observe(time.Since(began).Seconds())
	o := outcome(err, reached, int(m.Attempts), time.Now(), rand.Float64)
	if filledIn(m) {
		o = alone(o)
	}
	o.MediaID, o.MsgID = named.medium, named.message
	return o
}

// names are what WeChat calls what was sent, where it calls it anything.
type names struct{ medium, message string }

// say sends a message as what it is.
func (c *Courier) say(ctx context.Context, token string, m *desk.Message) (n names, err error) {
	switch {
	case m.Data.ResourcesID != "":
		n.medium, err = c.sayMedium(ctx, token, m)
	case filledIn(m):
		n.message, err = c.sayFilled(ctx, token, m)
	default:
		err = c.sayPlain(ctx, token, m)
	}
	return n, err
}

// filledIn says whether a message is a template filled in.
func filledIn(m *desk.Message) bool { return m.Data.Out != nil && m.Data.Out.Filled != nil }

// sayFilled sends a template message or a notice. Our id goes along, so that WeChat sends it once.
func (c *Courier) sayFilled(ctx context.Context, token string, m *desk.Message) (msgid string, err error) {
	f := m.Data.Out.Filled
	t := wechat.TemplateMessage{OpenID: m.OpenID, TemplateID: f.ID, Values: f.Values, URL: f.URL, ID: m.ID.String()}
	if p := f.Program; p != nil {
		t.Program = &wechat.ProgramTarget{AppID: p.AppID, Path: p.Path}
	}
	if m.Data.Kind == desk.KindNotice {
		return c.client.SendNotice(ctx, token, t)
	}
	return c.client.SendTemplate(ctx, token, t)
}

// alone keeps what stops a template message from stopping the account: a right or a daily quota of templates says nothing of answers.
func alone(o desk.Outcome) desk.Outcome {
	if o.Code == 48001 || o.Code == 45009 {
		o.Delivery, o.Trouble, o.Retry = desk.Failed, nil, 0
	}
	return o
}

func (c *Courier) sayPlain(ctx context.Context, token string, m *desk.Message) error {
	d := &m.Data
	switch {
	case m.Type == desk.TypeLink:
		return c.client.SendNews(ctx, token, m.OpenID, wechat.Article{Title: d.Title, Description: d.Description, URL: d.URL, Picture: d.PicURL})
	case m.Type == desk.TypeOther && d.Kind == desk.KindMenu && d.Out != nil && d.Out.Menu != nil:
		menu := wechat.Menu{Head: d.Out.Menu.Head, Tail: d.Out.Menu.Tail}
		for _, i := range d.Out.Menu.Items {
			menu.Items = append(menu.Items, wechat.MenuItem{ID: i.ID, Text: i.Text})
		}
		return c.client.SendMenu(ctx, token, m.OpenID, menu)
	}
	return c.client.SendText(ctx, token, m.OpenID, m.Text)
}

// outcome says what to do about the error of a send. Where no token was to be had the message never set out, whatever became
// of that request.
func outcome(err error, reached bool, attempt int, now time.Time, jitter func() float64) desk.Outcome {
	class := wechat.Classify(err)
	if class == wechat.Uncertain && !reached {
		class = wechat.NotTaken
	}
	o := desk.Outcome{Delivery: desk.Failed, Code: wechat.Code(err), NotTaken: true}
	if err != nil {
		o.Reason = wechat.Explain(err)
	}
	if errors.Is(err, errGone) {
		o.Reason = "delivery.file-gone"
	}
	switch class {
	case wechat.Sent:
		return desk.Outcome{Delivery: desk.Sent}
	case wechat.Uncertain:
		return desk.Outcome{Delivery: desk.Uncertain, Reason: "delivery.uncertain"}
	case wechat.WindowClosed, wechat.QuotaExhausted:
		o.Shut = true
	case wechat.Unreachable:
		o.Blocked, o.Gone = true, wechat.Unfollowed(err)
	case wechat.Credentials, wechat.DailyQuota, wechat.TokenRejected:
		return troubled(err, class, o, now, jitter)
	}
	if wait, again := wechat.RetryAfter(class, attempt, now, jitter); again {
		o.Delivery, o.Retry = desk.Queued, wait
	}
	return o
}

// troubled stops the account: nothing else of it could be sent either, and this message waits with the others.
func troubled(err error, class wechat.Class, o desk.Outcome, now time.Time, jitter func() float64) desk.Outcome {
	o.Delivery = desk.Queued
	o.Trouble = &desk.Trouble{Code: o.Code, Say: o.Reason, IP: wechat.MissingIP(err)}
	if wait, again := wechat.RetryAfter(class, 1, now, jitter); again && class == wechat.DailyQuota {
		o.Trouble.Until = now.Add(wait)
	}
	if ban := wechat.Ban(err); ban > 0 {
		o.Trouble.Until = now.Add(ban)
	}
	return o
}
