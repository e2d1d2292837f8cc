package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"weir/internal/login"
	"weir/internal/store"
)

// hire adds an agent to the office and logs them in.
func (o *office) hire(uid int64, email string) *http.Client {
	o.Helper()
	hash, err := login.NewPasswords().Hash(o.Context(), "a-good-password")
	if err != nil {
		o.Fatal(err)
	}
	o.change(func(ctx context.Context, q *store.Queries) error {
		if err := q.AgentPut(ctx, store.AgentPutParams{CompanyID: o.company, UID: uid, Name: "小鱼", Role: "agent", Email: email, Password: hash, Capacity: 5}); err != nil {
			return err
		}
		_, err := q.LoginPut(ctx, store.LoginPutParams{Email: email, CompanyID: o.company, UID: uid})
		return err
	})
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(o.url+"/login", url.Values{"email": {email}, "password": {"a-good-password"}})
	if err != nil {
		o.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		o.Fatalf("logging in was answered %d", res.StatusCode)
	}
	return c
}

// change changes something of the company, as provision and the settings do.
func (o *office) change(f func(context.Context, *store.Queries) error) {
	o.Helper()
	err := o.store.Tx(o.Context(), o.company, func(q *store.Queries) error {
		if err := f(o.Context(), q); err != nil {
			return err
		}
		return q.CompanyTouch(o.Context(), o.company)
	})
	if err != nil {
		o.Fatal(err)
	}
}

func TestALoginEndsWithWhatItWasGivenFor(t *testing.T) {
	o := newOffice(t)
	agent := func(role, password string) store.AgentPutParams {
		return store.AgentPutParams{CompanyID: o.company, Name: "小鱼", Role: role, Password: password, Capacity: 5}
	}
	for i, tc := range []struct {
		name   string
		change func(context.Context, *store.Queries, int64, string) error
		ends   bool
	}{
		{"another password", func(ctx context.Context, q *store.Queries, uid int64, email string) error {
			_, err := q.AgentPasswordSet(ctx, store.AgentPasswordSetParams{CompanyID: o.company, UID: uid, Password: "another"})
			return err
		}, true},
		{"another role", func(ctx context.Context, q *store.Queries, uid int64, email string) error {
			a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: o.company, UID: uid})
			if err != nil {
				return err
			}
			p := agent("supervisor", a.Password)
			p.UID, p.Email = uid, email
			return q.AgentPut(ctx, p)
		}, true},
		{"another name", func(ctx context.Context, q *store.Queries, uid int64, email string) error {
			a, err := q.AgentGet(ctx, store.AgentGetParams{CompanyID: o.company, UID: uid})
			if err != nil {
				return err
			}
			p := agent("agent", a.Password)
			p.UID, p.Email, p.Name = uid, email, "大鱼"
			return q.AgentPut(ctx, p)
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			uid, email := int64(100+i), fmt.Sprint("agent", i, "@example.com")
			c := o.hire(uid, email)
			stream := o.stream(c)
			o.change(func(ctx context.Context, q *store.Queries) error { return tc.change(ctx, q, uid, email) })
			res, err := c.Get(o.url + "/lists")
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if out := res.StatusCode == http.StatusSeeOther; out != tc.ends {
				t.Errorf("the next request is answered %d", res.StatusCode)
			}
			if tc.ends {
				stream.ends(t)
			}
		})
	}
}

// pageStream is an open stream of a page.
type pageStream struct{ over chan struct{} }

func (o *office) stream(c *http.Client) *pageStream {
	o.Helper()
	res, err := c.Get(o.url + "/live")
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { _ = res.Body.Close() })
	lines := bufio.NewReader(res.Body)
	for line := ""; line != "event: lists\n"; {
		if line, err = lines.ReadString('\n'); err != nil {
			o.Fatalf("the stream ends before it begins: %v", err)
		}
	}
	s := &pageStream{make(chan struct{})}
	go func() {
		defer close(s.over)
		for {
			if _, err := lines.ReadString('\n'); err != nil {
				return
			}
		}
	}()
	return s
}

func (s *pageStream) ends(t *testing.T) {
	t.Helper()
	select {
	case <-s.over:
	case <-time.After(10 * time.Second): // it is a second; machines are busy
		t.Error("the stream is still open")
	}
}
