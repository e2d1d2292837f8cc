package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

const maxAnswer = 1 << 20 // bytes of the desk's answer that are read

// unavailable is what the phone says when the desk did not answer, or not well.
const unavailable = "该公众号暂时无法提供服务，请稍后再试"

// Answer is what became of an act.
type Answer struct {
	MsgID    int64         `json:"msg_id,omitempty"`    // of messages; events have none
	Attempts int           `json:"attempts"`            // how often it was sent, repeats by a fault included
	Status   int           `json:"status"`              // of the last attempt; 0: no answer
	Body     string        `json:"body"`                // of the last attempt, as it came; cut after 1 MB
	Reply    *Reply        `json:"reply,omitempty"`     // the passive reply, where there is one and it is well formed
	Trouble  string        `json:"trouble,omitempty"`   // why the phone says that the account is out of service
	MarkFail bool          `json:"mark_fail,omitempty"` // it was not pushed, or not again, because too many had failed
	Took     time.Duration `json:"took"`                // from the first attempt to the last answer; nanoseconds in JSON
}

// Accepted reports whether the desk took the act, with or without a reply.
func (a Answer) Accepted() bool { return a.Trouble == "" }

// push is an act on its way.
type push struct {
	account  Account // as it was when the customer acted
	signer   *Signer
	openid   string
	at       time.Time
	msgID    int64
	message  bool // not an event: a news reply may have one article only
	log      string
	callback Callback
	answered sync.Once // only the first answer to copies of it is shown
	turn     *turn
}

// turn is the place of some pushes in the line of one customer.
type turn struct {
	before <-chan struct{} // closed when the ones before are done; nil: there are none
	done   chan struct{}
	size   int
}

// Do has the customer act: the phone shows it at once; the push waits for those of the same customer before it, and for the
// desk's answer. A customer never heard of is made first, and follows the account.
//
// A desk that refuses or is silent is not an error: Answer.Trouble tells of it.
func (s *Simulator) Do(ctx context.Context, appid, openid string, act Act) (Answer, error) {
	pushes, err := s.begin(appid, openid, []Act{act})
	if err != nil {
		return Answer{}, err
	}
	answers, err := s.run(ctx, pushes)
	return answers[0], err
}

// Burst pushes texts all at once; MsgIds grow in the order given. Answers are in that order.
func (s *Simulator) Burst(ctx context.Context, appid, openid string, texts ...string) ([]Answer, error) {
	acts := make([]Act, len(texts))
	for i, t := range texts {
		acts[i] = Act{Kind: ActText, Text: t}
	}
	pushes, err := s.begin(appid, openid, acts)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, pushes)
}

// Copies pushes one text n times at once, each with the same body and query: WeChat's repeats at their worst.
func (s *Simulator) Copies(ctx context.Context, appid, openid, text string, n int) ([]Answer, error) {
	if n < 1 || n > maxPending {
		return nil, ErrFull
	}
	pushes, err := s.begin(appid, openid, []Act{{Kind: ActText, Text: text}})
	if err != nil {
		return nil, err
	}
	return s.run(ctx, slices.Repeat(pushes, n))
}

// Verify asks the desk for the echo that WeChat asks for when the address is saved in its console.
func (s *Simulator) Verify(ctx context.Context, appid string) error {
	var a Account
	if err := s.withAccount(appid, func(known *account) error { a = known.Account; return nil }); err != nil {
		return err
	}
	now := s.config.Now()
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), strconv.FormatInt(now.UnixNano()%1e9, 10)
	echo := strconv.FormatInt(now.UnixNano(), 10)
	query := url.Values{"signature": {Signature(a.Token, stamp, nonce)}, "timestamp": {stamp}, "nonce": {nonce}, "echostr": {echo}}
	start := time.Now()
	status, body, err := s.request(ctx, http.MethodGet, a, query.Encode(), nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	if err == nil && string(body) != echo {
		err = fmt.Errorf("answered %q instead of the echostr %q", short(string(body), 100), echo)
	}
	e := Entry{Dir: ToDesk, AppID: appid, What: "verify", Content: "echostr " + echo, Status: status, Answer: short(string(body), 60), Took: time.Since(start)}
	if err != nil {
		e.Trouble = err.Error()
	}
	s.note(e)
	return err
}

// begin writes acts down: lines on the phone, windows, documents. One lock for all, so their MsgIds and their turn follow their order.
func (s *Simulator) begin(appid, openid string, acts []Act) ([]*push, error) {
	var pushes []*push
	err := s.withAccount(appid, func(a *account) error {
		known := a.customers[openid] != nil
		c, err := a.customer(openid)
		if err != nil {
			return err
		}
		if len(acts) == 0 || c.pending+len(acts) > maxPending {
			return ErrFull
		}
		if !known {
			c.follow(true, s.config.Now())
		}
		for _, act := range acts {
			p, err := s.writeDown(a, c, act)
			if err != nil {
				return err
			}
			pushes = append(pushes, p)
		}
		t := &turn{before: c.tail, done: make(chan struct{}), size: len(acts)}
		c.tail = t.done
		c.pending += t.size
		for _, p := range pushes {
			p.turn = t
		}
		return nil
	})
	return pushes, err
}

// writeDown has s.mu held.
func (s *Simulator) writeDown(a *account, c *customer, act Act) (*push, error) {
	if len(act.Text)+len(act.Document) > maxText || len(act.Data) > maxUpload {
		return nil, ErrFull
	}
	now := s.config.Now()
	p := &push{openid: c.OpenID, at: now}
	p.account, p.signer = s.pushedBy(a)
	if act.Kind == ActRaw {
		p.log = "raw " + short(act.Document, 40)
		p.signer.Sign(&p.callback, c.OpenID, []byte(act.Document), now)
		return p, nil
	}
	if act.Kind == ActScan && !c.Followed {
		act.Kind = ActFollow
	}
	act, err := a.scanned(act, now)
	if err != nil {
		return nil, err
	}
	w, err := act.write()
	if err != nil {
		return nil, err
	}
	if !c.Followed && act.Kind != ActFollow && act.Kind != ActEvent && act.Kind != ActUnfollow && act.Kind != actResult {
		return nil, ErrNotFollowing
	}
	fields := append([]Field{
		{Name: "ToUserName", Text: a.GhID},
		{Name: "FromUserName", Text: c.OpenID},
		{Name: "CreateTime", Text: strconv.FormatInt(now.Unix(), 10), Number: true},
		{Name: "MsgType", Text: w.message},
	}, w.fields...)
	if p.message = w.message != "event"; p.message {
		s.lastID++
		p.msgID = s.lastID
		fields = append(fields, Field{Name: "MsgId", Text: strconv.FormatInt(p.msgID, 10), Number: true})
	}
	a.keepMedia(act, w.fields, now)
	p.log = w.log
	p.signer.Sign(&p.callback, c.OpenID, appendDocument(nil, p.account.Format, fields), now)

	switch act.Kind {
	case ActFollow:
		c.follow(true, now)
		c.Scene = act.Scene
	case ActUnfollow:
		c.follow(false, now)
	}
	if act.Kind == actResult { // nothing that the customer does
		return p, nil
	}
	c.consents(act)
	c.windows.open(w.opens, s.config.Limits, now)
	c.LastAct, c.Typing = now, false
	s.show(c, Line{Side: FromCustomer, Kind: act.Kind, Text: act.shown(), MsgID: p.msgID, Media: element(w.fields, "MediaId"), Thumb: element(w.fields, "ThumbMediaId")})
	return p, nil
}

// element is the text of one of the elements; empty: there is none.
func element(fields []Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// shown is what stands on the phone beside the kind.
func (a Act) shown() string {
	switch {
	case a.Kind == ActMessage || a.Kind == ActEvent:
		return a.Name
	case a.Text != "":
		return a.Text
	case a.Scene != "":
		return a.Scene
	}
	return a.Key
}

// run waits for the turn of pushes that share one, sends them at once, and passes the turn on.
func (s *Simulator) run(ctx context.Context, pushes []*push) ([]Answer, error) {
	first := pushes[0]
	t := first.turn
	answers := make([]Answer, len(pushes))
	for i, p := range pushes {
		answers[i].MsgID = p.msgID
	}
	defer func() {
		_ = s.withAccount(first.account.AppID, func(a *account) error {
			if c := a.customers[first.openid]; c != nil {
				c.pending -= t.size
			}
			return nil
		})
	}()
	if t.before != nil {
		select {
		case <-t.before:
		case <-ctx.Done():
			go func() { <-t.before; close(t.done) }() // the turns before end by themselves: each attempt has its time
			return answers, ctx.Err()
		}
	}
	defer close(t.done)
	var all sync.WaitGroup
	for i, p := range pushes {
		all.Go(func() { answers[i] = s.deliver(ctx, p) })
	}
	all.Wait()
	return answers, ctx.Err()
}

// deliver sends one push until it is answered, and shows what the answer shows.
func (s *Simulator) deliver(ctx context.Context, p *push) Answer {
	start := time.Now()
	a := Answer{MsgID: p.msgID}
	got := outcome{err: ctx.Err()}
	for a.Attempts < s.config.Attempts && ctx.Err() == nil {
		if a.Attempts > 0 && !pause(ctx, s.config.RetryPause) {
			break
		}
		if a.MarkFail = s.shutOff(p.account.AppID); a.MarkFail {
			got.err = errors.New(markFailSays)
			s.note(Entry{Dir: ToDesk, AppID: p.account.AppID, OpenID: p.openid, What: "callback", Content: p.log, Trouble: markFailSays})
			break
		}
		a.Attempts++
		if got = s.attempt(ctx, p, a.Attempts); got.final {
			break
		}
	}
	a.Status, a.Body, a.Reply, a.Took = got.status, string(got.body), got.reply, time.Since(start)
	if got.err != nil {
		a.Trouble = got.err.Error()
	}
	for range s.repeats(p.account.AppID) {
		if ctx.Err() == nil {
			a.Attempts++
			s.attempt(ctx, p, a.Attempts) // the first answer counts, those of repeats do not
		}
	}
	p.answered.Do(func() { s.showAnswer(p, a) })
	return a
}

// outcome is what became of one attempt.
type outcome struct {
	status int
	body   []byte
	reply  *Reply
	err    error
	final  bool // there was an answer, be it malformed: no further attempt
}

func (s *Simulator) repeats(appid string) (n int) {
	s.Look(func(st State) { n = max(0, min(st.Faults(appid).Repeat, 100)-1) })
	return n
}

// attempt posts once and logs it.
func (s *Simulator) attempt(ctx context.Context, p *push, n int) outcome {
	if late := s.pushDelay(p.account.AppID); late > 0 && !pause(ctx, late) {
		return outcome{err: ctx.Err()}
	}
	at, start := s.config.Now(), time.Now()
	got := s.post(ctx, p, n)
	e := Entry{At: at, Dir: ToDesk, AppID: p.account.AppID, OpenID: p.openid, What: "callback", Content: p.log, Attempt: n, Status: got.status,
		Answer: got.describe(), Took: time.Since(start), Raw: short(string(p.callback.Body), rawKept)}
	if got.final && s.dropAnswer(p.account.AppID) {
		got = outcome{err: errors.New("the answer was lost (injected fault)")}
		e.Injected = true
	}
	if got.err != nil {
		e.Trouble = got.err.Error()
		s.markFailed(p.account.AppID)
	}
	s.note(e)
	return got
}

func (s *Simulator) pushDelay(appid string) (d time.Duration) {
	s.Look(func(st State) { d = st.Faults(appid).PushDelay })
	return d
}

// post is one request. Anything but status 200 is no answer.
func (s *Simulator) post(ctx context.Context, p *push, n int) (got outcome) {
	ctx, cancel := context.WithTimeout(ctx, s.config.AnswerTimeout)
	defer cancel()
	query := string(p.callback.Query)
	if n > 1 && s.config.FreshNonce {
		fresh := Callback{sealed: p.callback.sealed}
		p.signer.address(&fresh, p.openid, s.config.Now())
		query = string(fresh.Query)
	}
	got.status, got.body, got.err = s.request(ctx, http.MethodPost, p.account, query, p.callback.Body)
	switch {
	case got.err != nil:
	case got.status != http.StatusOK:
		got.err = fmt.Errorf("status %d", got.status)
	default:
		got.final = true
		if got.reply, got.err = p.reply(got.body); got.err == nil {
			got.err = s.checkMedia(p.account.AppID, got.reply)
		}
	}
	return got
}

func (s *Simulator) dropAnswer(appid string) (yes bool) {
	_ = s.withAccount(appid, func(a *account) error {
		yes = take(&a.faults.DropAnswers)
		return nil
	})
	return yes
}

func (s *Simulator) request(ctx context.Context, method string, a Account, query string, body []byte) (int, []byte, error) {
	separator := "?"
	if u, err := url.Parse(a.CallbackURL); err == nil && u.RawQuery != "" {
		separator = "&"
	}
	r, err := http.NewRequestWithContext(ctx, method, a.CallbackURL+separator+query, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("User-Agent", "Mozilla/4.0")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", map[Format]string{XML: "text/xml", JSON: "application/json"}[a.Format])
	}
	answer, err := s.config.Client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer.StatusCode, text, err
}

// showAnswer puts the passive reply on the phone, or WeChat's own grey line.
func (s *Simulator) showAnswer(p *push, a Answer) {
	_ = s.withAccount(p.account.AppID, func(acc *account) error {
		c := acc.customers[p.openid]
		switch {
		case c == nil, a.MarkFail && a.Attempts == 0:
		case a.Trouble != "":
			s.show(c, Line{Side: FromWeChat, Kind: "unavailable", Text: unavailable})
		case a.Reply != nil && a.Reply.visible():
			c.Typing = false
			s.show(c, a.Reply.line())
		}
		return nil
	})
}

// checkMedia says what of a passive reply is not there to be shown. An id that has died is as good as a malformed reply.
func (s *Simulator) checkMedia(appid string, r *Reply) (err error) {
	if r == nil {
		return nil
	}
	l := r.line()
	_ = s.withAccount(appid, func(a *account) error {
		for _, id := range []string{l.Media, l.Thumb} {
			if id != "" && a.medium(id, s.config.Now()) == nil {
				err = fmt.Errorf("malformed reply: %s with a media id that is not alive", r.MsgType)
			}
		}
		return nil
	})
	return err
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
