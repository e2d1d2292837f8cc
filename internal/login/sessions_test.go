package login

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"
)

const company = "51454009d703c86c91353f61011ecf2f"

var fish = Who{Company: company, UID: 8082}

// A site signs browsers in, says who they are, and signs them out.
type site struct {
	*Sessions
	*httptest.Server
	rdb   *redis.Client
	now   time.Time
	stall chan struct{} // GET /slow says "in" and waits for it
}

func newSite(t *testing.T, o Options) *site {
	t.Helper()
	s := &site{rdb: database4(t), now: time.Now(), stall: make(chan struct{})}
	s.Sessions = NewSessions(s.rdb, o)
	s.store.now = func() time.Time { return s.now }
	e := echo.New()
	page := e.Group("", echo.WrapMiddleware(s.LoadAndSave))
	page.POST("/in", func(c echo.Context) error {
		return s.SignIn(c.Request().Context(), fish, Device{"10.0.0.1", c.Request().UserAgent()}, c.QueryParam("remember") != "")
	})
	page.POST("/out", func(c echo.Context) error { return s.SignOut(c.Request().Context()) })
	page.GET("/", func(c echo.Context) error {
		who, _ := s.Who(c.Request().Context())
		return c.JSON(http.StatusOK, who)
	})
	page.GET("/id", func(c echo.Context) error { return c.String(http.StatusOK, s.ID(c.Request().Context())) })
	page.GET("/slow", func(c echo.Context) error {
		s.scs.Put(c.Request().Context(), "changed", true)
		s.stall <- struct{}{}
		<-s.stall
		return nil
	})
	s.Server = httptest.NewServer(e)
	t.Cleanup(s.Close)
	return s
}

// A browser keeps cookies.
type browser struct {
	*http.Client
	t    *testing.T
	site *site
}

func (s *site) browser(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{&http.Client{Jar: jar}, t, s}
}

func (b browser) do(method, path string) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.site.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		b.t.Fatalf("%s %s: %s", method, path, res.Status)
	}
	return res, strings.TrimSpace(string(body))
}

func (b browser) signIn(query string) *http.Cookie {
	b.t.Helper()
	res, _ := b.do("POST", "/in"+query)
	if len(res.Cookies()) != 1 {
		b.t.Fatalf("cookies %v", res.Cookies())
	}
	return res.Cookies()[0]
}

func (b browser) signedIn() bool {
	b.t.Helper()
	_, body := b.do("GET", "/")
	return strings.Contains(body, company)
}

func TestSignInAndOut(t *testing.T) {
	s := newSite(t, Options{})
	b, stranger := s.browser(t), s.browser(t)
	if b.signedIn() {
		t.Fatal("signed in from the start")
	}
	b.signIn("")
	if !b.signedIn() || stranger.signedIn() {
		t.Fatal("not the browser that signed in is signed in")
	}
	_, id := b.do("GET", "/id")
	if alive, err := s.Alive(t.Context(), id); !alive || err != nil {
		t.Errorf("alive: %v, %v", alive, err)
	}
	if res, _ := b.do("POST", "/out"); len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("cookies %v", res.Cookies())
	}
	if b.signedIn() {
		t.Error("still signed in")
	}
	if alive, err := s.Alive(t.Context(), id); alive || err != nil {
		t.Errorf("alive: %v, %v", alive, err)
	}
	if l, err := s.List(t.Context(), fish); len(l) != 0 || err != nil {
		t.Errorf("%v, %v", l, err)
	}
}

func TestTheCookie(t *testing.T) {
	for _, tc := range []struct {
		name, query string
		secure      bool
		cookie      string
		lasts       time.Duration
	}{
		{"for this visit", "", false, "weir", 0},
		{"remembered", "?remember=1", false, "weir", Lifetime},
		{"by https", "", true, "__Host-weir", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newSite(t, Options{Secure: tc.secure}).browser(t).signIn(tc.query)
			lasts := time.Duration(c.MaxAge) * time.Second
			if c.Name != tc.cookie || c.Secure != tc.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %v", c)
			}
			if (lasts - tc.lasts).Abs() > time.Minute {
				t.Errorf("lasts %v, want %v", lasts, tc.lasts)
			}
		})
	}
}

func TestRedisHoldsNoTokenAndEverythingEnds(t *testing.T) {
	s := newSite(t, Options{Prefix: "4:"})
	token := s.browser(t).signIn("").Value
	keys := s.rdb.Keys(t.Context(), "*").Val()
	if len(keys) != 2 {
		t.Fatalf("keys %q", keys)
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, "4:login:") || s.rdb.TTL(t.Context(), k).Val() <= 0 {
			t.Errorf("%s lives %v", k, s.rdb.TTL(t.Context(), k).Val())
		}
		if strings.Contains(k+s.rdb.Dump(t.Context(), k).Val(), token) {
			t.Errorf("%s has the token", k)
		}
	}
}

func TestSigningInChangesTheToken(t *testing.T) {
	s := newSite(t, Options{})
	b := s.browser(t)
	first := b.signIn("").Value
	second := b.signIn("").Value
	if first == second {
		t.Fatal("the token stayed: a planted one would too")
	}
	if l, err := s.List(t.Context(), fish); len(l) != 1 || err != nil {
		t.Errorf("%d logins of one browser, %v", len(l), err)
	}
	if found, err := s.Alive(t.Context(), hash(first)); found || err != nil {
		t.Errorf("the first token is alive: %v", err)
	}
}

func TestHowLongALoginLasts(t *testing.T) {
	for _, tc := range []struct {
		name, query string
		every       time.Duration // used so often
		until       time.Duration // is alive then
		over        time.Duration // and not then
	}{
		{"not used for twelve hours", "", 0, 12*time.Hour - time.Minute, 12*time.Hour + time.Minute},
		{"used all the time", "", 11 * time.Hour, 7*24*time.Hour - time.Minute, 7*24*time.Hour + time.Minute},
		{"remembered", "?remember=1", 0, 7*24*time.Hour - time.Minute, 7*24*time.Hour + time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t, Options{})
			b := s.browser(t)
			b.signIn(tc.query)
			begin := s.now
			for at := tc.every; tc.every > 0 && at < tc.until; at += tc.every {
				s.now = begin.Add(at)
				if !b.signedIn() {
					t.Fatalf("signed out after %v", at)
				}
			}
			l, err := s.List(t.Context(), fish)
			if err != nil || len(l) != 1 {
				t.Fatal(l, err)
			}
			if got := l[0].Until.Sub(begin); got < tc.until || got > tc.over {
				t.Errorf("lasts %v", got)
			}
			// What it lasts is what Redis keeps it for, counted from when it was last saved.
			left := s.rdb.PTTL(t.Context(), s.store.key(l[0].ID)).Val()
			if gap := l[0].Until.Sub(s.now) - left; gap.Abs() > time.Minute+renew {
				t.Errorf("Redis keeps it for %v, which is %v off", left, gap)
			}
		})
	}
}

func TestALoginInUseIsSavedOnceAnHourAndNotAtEveryRequest(t *testing.T) {
	s := newSite(t, Options{})
	b := s.browser(t)
	b.signIn("")
	saved := func() bool {
		res, _ := b.do("GET", "/")
		return len(res.Cookies()) > 0
	}
	for _, tc := range []struct {
		after time.Duration
		want  bool
	}{{time.Minute, false}, {59 * time.Minute, false}, {61 * time.Minute, true}, {62 * time.Minute, false}, {122 * time.Minute, true}} {
		s.now = time.Now().Add(tc.after)
		if saved() != tc.want {
			t.Errorf("saved after %v: %v", tc.after, !tc.want)
		}
	}
}

func TestListAndRevoke(t *testing.T) {
	s := newSite(t, Options{})
	phone, desk, home := s.browser(t), s.browser(t), s.browser(t)
	for i, b := range []browser{phone, desk, home} {
		s.now = s.now.Add(time.Duration(i) * time.Second)
		b.signIn("?remember=1")
	}
	all, err := s.List(t.Context(), fish)
	if err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	if !all[0].Since.After(all[2].Since) || all[0].Device.IP != "10.0.0.1" || !strings.HasPrefix(all[0].Device.Agent, "Go-http") || !all[0].Remember {
		t.Errorf("%+v", all)
	}
	for name, who := range map[string]Who{"another agent": {Company: company, UID: 1}, "another company": {Company: strings.Repeat("0", 32), UID: fish.UID}} {
		if l, err := s.List(t.Context(), who); len(l) != 0 || err != nil {
			t.Errorf("%s sees %v, %v", name, l, err)
		}
		if err := s.Revoke(t.Context(), who, all[0].ID); !errors.Is(err, ErrNoLogin) {
			t.Errorf("%s revokes: %v", name, err)
		}
		if n, err := s.RevokeAll(t.Context(), who, ""); n != 0 || err != nil {
			t.Errorf("%s revokes %d, %v", name, n, err)
		}
	}
	if err := s.Revoke(t.Context(), fish, all[2].ID); err != nil {
		t.Fatal(err)
	}
	if phone.signedIn() || !desk.signedIn() || !home.signedIn() {
		t.Error("not the phone was signed out")
	}
	_, here := home.do("GET", "/id")
	if n, err := s.RevokeAll(t.Context(), fish, here); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if desk.signedIn() || !home.signedIn() {
		t.Error("not all others were signed out")
	}
	if n, err := s.RevokeAll(t.Context(), fish, ""); n != 1 || err != nil || home.signedIn() {
		t.Errorf("%d, %v", n, err)
	}
}

func TestARequestUnderWayDoesNotBringARevokedLoginBack(t *testing.T) {
	for name, end := range map[string]func(*site, browser) error{
		"revoked": func(s *site, b browser) error {
			_, err := s.RevokeAll(b.t.Context(), fish, "")
			return err
		},
		"signed out in another tab": func(_ *site, b browser) error {
			_, _ = browser{&http.Client{Jar: b.Jar}, b.t, b.site}.do("POST", "/out")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, Options{})
			b := s.browser(t)
			cookie := b.signIn("")
			done := make(chan error, 1)
			go func() {
				req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/slow", nil)
				if err != nil {
					done <- err
					return
				}
				req.AddCookie(cookie)
				res, err := http.DefaultClient.Do(req)
				if err == nil {
					err = res.Body.Close()
				}
				done <- err
			}()
			<-s.stall
			if err := end(s, b); err != nil {
				t.Fatal(err)
			}
			s.stall <- struct{}{}
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if alive, err := s.Alive(t.Context(), hash(cookie.Value)); alive || err != nil {
				t.Errorf("the login is back: %v", err)
			}
		})
	}
}

func TestAfterRedisWasEmptiedOneCanSignInAndOut(t *testing.T) {
	s := newSite(t, Options{})
	b := s.browser(t)
	b.signIn("")
	if err := s.rdb.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if b.signedIn() {
		t.Fatal("signed in out of nothing")
	}
	b.signIn("")
	if err := s.rdb.Del(t.Context(), s.list(fish)).Err(); err != nil { // the list alone is lost
		t.Fatal(err)
	}
	b.do("POST", "/out")
	if b.signedIn() {
		t.Error("still signed in")
	}
}

func TestWithoutRedisAPageIsUnavailable(t *testing.T) {
	s := NewSessions(nowhere(t), Options{})
	h := s.LoadAndSave(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the page was served") }))
	req := httptest.NewRequest("GET", "/", nil)
	req.AddCookie(&http.Cookie{Name: "weir", Value: "x"})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
}
