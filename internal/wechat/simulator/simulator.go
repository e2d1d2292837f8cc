package simulator

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// What Simulator's methods may answer beside the context's error.
var (
	ErrNoAccount    = errors.New("simulator: no such account")
	ErrNoCustomer   = errors.New("simulator: no such customer")
	ErrNotFollowing = errors.New("simulator: the customer does not follow the account")
	ErrFull         = errors.New("simulator: a limit of the simulator is reached")
	ErrBadAct       = errors.New("simulator: no such act")
	ErrNoCode       = errors.New("simulator: no such QR code, or it has ended")
)

const (
	maxAccounts  = 64
	maxCustomers = 10_000 // of an account
	maxLines     = 300    // of a conversation
	maxPending   = 1_000  // acts of one customer that wait for their turn; also the most of one burst
	maxText      = 64 << 10
)

// Config is what a simulator is made of. Every field may be left out.
type Config struct {
	Accounts      []Account
	Component     *Component       // a third-party platform; nil: none
	Now           func() time.Time // the clock of windows, tokens and CreateTime; nil: time.Now
	Client        *http.Client     // posts the callbacks; nil: one that follows no redirect and uses no proxy
	AnswerTimeout time.Duration    // how long the desk may take for one attempt; zero: 5 s
	Attempts      int              // how often a push is sent while there is no answer; zero: 3
	RetryPause    time.Duration    // between those; zero: 1 s
	FreshNonce    bool             // an attempt after the first gets a timestamp and nonce of its own: WeChat's habit is not documented
	Limits        Limits
	MarkFail      MarkFail
	LogSize       int    // entries kept; zero: 1000
	DeskURL       string // of the desk's own pages, for a link on the simulator's; empty: none
	Path          string // a file that keeps customers, conversations and tokens: read by New, written by Keep; empty: none
}

// Simulator is a pretend WeChat. All its methods may be called at the same time.
type Simulator struct {
	config Config

	mu        sync.Mutex
	accounts  []*account
	component *component // nil: none
	log       []Entry
	ears      map[chan struct{}]struct{}
	lastN     int64 // of lines and log entries
	lastID    int64 // MsgId
}

type account struct {
	Account
	signer    *Signer
	faults    Faults
	tokens    tokenBook
	customers map[string]*customer
	order     []string // openids, as they came
	media     []medium
	tags      []Tag
	codes     []Code // oldest first
	menu      menu
	calls     callBook
	marks     marking
}

type customer struct {
	Customer
	windows windows
	lines   []Line
	tail    chan struct{} // closed when the last act waiting here is done
	pending int
}

// New makes a simulator. It fails where an account is wrong or the file at Path cannot be read; a missing file is an empty one.
func New(c Config) (*Simulator, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = newClient()
	}
	if c.AnswerTimeout == 0 {
		c.AnswerTimeout = 5 * time.Second
	}
	if c.Attempts == 0 {
		c.Attempts = 3
	}
	if c.RetryPause == 0 {
		c.RetryPause = time.Second
	}
	if c.LogSize == 0 {
		c.LogSize = 1000
	}
	c.Limits, c.MarkFail = c.Limits.withDefaults(), c.MarkFail.withDefaults()
	s := &Simulator{config: c, ears: map[chan struct{}]struct{}{}, lastID: c.Now().UnixNano()}
	for _, a := range c.Accounts {
		if err := s.PutAccount(a); err != nil {
			return nil, err
		}
	}
	if c.Component != nil {
		if err := s.PutComponent(*c.Component); err != nil {
			return nil, err
		}
	}
	return s, s.loadFile()
}

func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// PutAccount adds an account, or changes the one with its appid: customers, tokens and faults stay.
func (s *Simulator) PutAccount(a Account) error {
	a, err := a.withDefaults()
	if err != nil {
		return err
	}
	signer, err := NewSigner(a)
	if err != nil {
		return fmt.Errorf("account %s: %w", a.AppID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.account(a.AppID); old != nil {
		old.Account, old.signer = a, signer
	} else if len(s.accounts) >= maxAccounts {
		return ErrFull
	} else {
		s.accounts = append(s.accounts, &account{Account: a, signer: signer, customers: map[string]*customer{}})
	}
	s.ring()
	return nil
}

// SetCallback changes where an account's callbacks go.
func (s *Simulator) SetCallback(appid, url string) error {
	return s.withAccount(appid, func(a *account) error {
		a.CallbackURL = url
		return nil
	})
}

// PutCustomer adds a customer or changes the name and following of one, and pushes nothing. An empty openid is made up; the
// customer as it is then is returned.
func (s *Simulator) PutCustomer(appid string, c Customer) (Customer, error) {
	var out Customer
	err := s.withAccount(appid, func(a *account) error {
		if c.OpenID == "" {
			c.OpenID = newOpenID()
		}
		known, err := a.customer(c.OpenID)
		if err != nil {
			return err
		}
		known.Name = c.Name
		if c.UnionID != "" {
			known.UnionID = c.UnionID
		}
		if c.Followed != known.Followed {
			known.follow(c.Followed, s.config.Now())
		}
		out = known.at(s.config.Now())
		return nil
	})
	return out, err
}

// SetFaults replaces an account's faults.
func (s *Simulator) SetFaults(appid string, f Faults) error {
	return s.ChangeFaults(appid, func(old *Faults) { *old = f })
}

// ChangeFaults changes some of an account's faults.
func (s *Simulator) ChangeFaults(appid string, change func(*Faults)) error {
	return s.withAccount(appid, func(a *account) error {
		change(&a.faults)
		return nil
	})
}

// Clear forgets what phones show and the log. Customers, their windows and the tokens stay.
func (s *Simulator) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	for _, a := range s.accounts {
		for _, c := range a.customers {
			c.lines = nil
		}
	}
	s.ring()
}

// Subscribe returns a channel that gets a wake-up after each change; those that come together are one. The function ends it.
func (s *Simulator) Subscribe() (<-chan struct{}, func()) {
	ear := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ears[ear] = struct{}{}
	return ear, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ears, ear)
	}
}

// Wait returns when the state is as wanted, or with the context's error. The function must not call the simulator.
func (s *Simulator) Wait(ctx context.Context, wanted func(State) bool) error {
	ear, end := s.Subscribe()
	defer end()
	for {
		var yes bool
		s.Look(func(st State) { yes = wanted(st) })
		if yes {
			return nil
		}
		select {
		case <-ear:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// WaitReply returns the first line on the customer's phone that the account sent and that contains text. It may have been sent
// before the call. The error tells what is on the phone instead.
func (s *Simulator) WaitReply(ctx context.Context, openid, text string) (Line, error) {
	var found Line
	var shown []string
	err := s.Wait(ctx, func(st State) bool {
		shown = shown[:0]
		for _, a := range st.s.accounts {
			for _, l := range st.Conversation(a.AppID, openid) {
				if l.Side == FromAccount && strings.Contains(l.Text, text) {
					found = l
					return true
				}
				shown = append(shown, string(l.Side)+": "+l.Text)
			}
		}
		return false
	})
	if err != nil {
		return Line{}, fmt.Errorf("no reply with %q: %w; on the phone: %q", text, err, shown)
	}
	return found, nil
}

// Look runs the function with a state that stands still. The function must not call the simulator.
func (s *Simulator) Look(look func(State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	look(State{s})
}

// Customer returns one customer.
func (s *Simulator) Customer(appid, openid string) (c Customer, ok bool) {
	s.Look(func(st State) { c, ok = st.Customer(appid, openid) })
	return c, ok
}

// Conversation returns what the customer's phone shows.
func (s *Simulator) Conversation(appid, openid string) (lines []Line) {
	s.Look(func(st State) { lines = slices.Clone(st.Conversation(appid, openid)) })
	return lines
}

// Log returns what WeChat's side saw, oldest first.
func (s *Simulator) Log() (entries []Entry) {
	s.Look(func(st State) { entries = slices.Clone(st.Log()) })
	return entries
}

// State is the simulator at a moment. What it returns may be kept only as a copy.
type State struct{ s *Simulator }

// Accounts returns the accounts without their secrets.
func (st State) Accounts() []Account {
	out := make([]Account, 0, len(st.s.accounts))
	for _, a := range st.s.accounts {
		public := a.Account
		public.Secret, public.Token, public.AESKey = "", "", ""
		out = append(out, public)
	}
	return out
}

// Customers returns an account's customers, oldest first.
func (st State) Customers(appid string) []Customer {
	a := st.s.account(appid)
	if a == nil {
		return nil
	}
	out := make([]Customer, 0, len(a.order))
	for _, openid := range a.order {
		out = append(out, a.customers[openid].at(st.s.config.Now()))
	}
	return out
}

// Customer returns one customer.
func (st State) Customer(appid, openid string) (Customer, bool) {
	if a := st.s.account(appid); a != nil && a.customers[openid] != nil {
		return a.customers[openid].at(st.s.config.Now()), true
	}
	return Customer{}, false
}

// Conversation returns what a customer's phone shows, oldest first.
func (st State) Conversation(appid, openid string) []Line {
	if a := st.s.account(appid); a != nil && a.customers[openid] != nil {
		return a.customers[openid].lines
	}
	return nil
}

// Faults returns an account's faults.
func (st State) Faults(appid string) Faults {
	if a := st.s.account(appid); a != nil {
		return a.faults
	}
	return Faults{}
}

// Log returns what WeChat's side saw, oldest first.
func (st State) Log() []Entry { return st.s.log }

// Below, s.mu is held.

func (s *Simulator) account(appid string) *account {
	for _, a := range s.accounts {
		if a.AppID == appid {
			return a
		}
	}
	return nil
}

// withAccount takes the lock, and rings afterwards.
func (s *Simulator) withAccount(appid string, do func(*account) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(appid)
	if a == nil {
		return fmt.Errorf("%w: %q", ErrNoAccount, appid)
	}
	defer s.ring()
	return do(a)
}

func (s *Simulator) ring() {
	for ear := range s.ears {
		select {
		case ear <- struct{}{}:
		default: // it has one waiting already
		}
	}
}

func (s *Simulator) nextN() int64 {
	s.lastN++
	return s.lastN
}

// show puts a line on a phone.
func (s *Simulator) show(c *customer, l Line) {
	l.N, l.At = s.nextN(), s.config.Now()
	c.lines = bounded(append(c.lines, l), maxLines)
	s.ring()
}

// customer returns the customer with this openid, who is made where there is none.
func (a *account) customer(openid string) (*customer, error) {
	if c := a.customers[openid]; c != nil {
		return c, nil
	}
	if !validOpenID(openid) {
		return nil, fmt.Errorf("%w: an openid has 1 to 64 letters, digits, _ and -", ErrBadAct)
	}
	if len(a.customers) >= maxCustomers {
		return nil, ErrFull
	}
	c := &customer{Customer: Customer{OpenID: openid}}
	a.customers[openid] = c
	a.order = append(a.order, openid)
	return c, nil
}

func (c *customer) follow(yes bool, now time.Time) {
	c.Followed, c.FollowedAt = yes, time.Time{}
	if yes {
		c.FollowedAt = now
		return
	}
	c.windows, c.Scene = windows{}, ""
}

// at is the customer as the outside sees them.
func (c *customer) at(now time.Time) Customer {
	out := c.copied()
	out.Allowance = c.windows.allowance(now)
	return out
}

// copied is the customer as they are, with nothing that goes on changing.
func (c *customer) copied() Customer {
	out := c.Customer
	out.Consents = maps.Clone(c.Consents)
	return out
}

func validOpenID(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// newOpenID looks like WeChat's: 28 characters that begin with o.
func newOpenID() string {
	random := make([]byte, 21)
	rand.Read(random)
	return "o" + base64.RawURLEncoding.EncodeToString(random)[:27]
}

// bounded drops the oldest of what is over the limit. It lets a list grow to twice that before it copies.
func bounded[T any](list []T, limit int) []T {
	if len(list) < 2*limit {
		return list
	}
	return slices.Clone(list[len(list)-limit:])
}
