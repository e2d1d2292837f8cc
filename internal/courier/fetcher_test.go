package courier_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/media"
	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

// inbox has what customers send go to the desk, as the callback does.
func (p *post) inbox() {
	p.Helper()
	account := wechat.Account{AppID: appid, Token: "token123", Mode: wechat.Plain}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		in, err := account.Open(wechat.ParseQuery(r.URL.RawQuery), body, time.Now())
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		kinds := map[string]int16{"image": desk.TypeImage, "voice": desk.TypeVoice, "video": desk.TypeVideo}
		_, err = p.desk.Receive(r.Context(), &desk.Arrival{Company: p.company, AppID: appid, OpenID: in.OpenID, At: in.CreatedAt, Key: in.Key(), Type: kinds[in.MsgType],
			Data: desk.Data{MediaID: in.MediaID, ThumbID: in.ThumbMediaID, Format: in.Format}})
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	p.Cleanup(s.Close)
	if err := p.sim.SetCallback(appid, s.URL); err != nil {
		p.Fatal(err)
	}
}

// fetcher starts one, as a process would.
func (p *post) fetcher(store media.Store, tools media.Tools) *courier.Fetcher {
	client := wechat.NewClient(p.api, nil)
	tokens := wechat.NewTokens(p.rdb, client, func(context.Context, string) (string, error) { return "secret", nil }, "")
	f := courier.NewFetcher(p.desk, client, tokens, store, tools, 20<<20, quiet, nil)
	p.run(f.Run)
	return f
}

func (p *post) folder() *media.Folder {
	p.Helper()
	s, err := media.NewFolder(p.TempDir())
	if err != nil {
		p.Fatal(err)
	}
	return s
}

// sends has the customer send something and returns its message once it is settled.
func (p *post) sends(act simulator.Act) desk.Message {
	p.Helper()
	if a, err := p.sim.Do(p.Context(), appid, openid, act); err != nil || !a.Accepted() {
		p.Fatalf("%+v, %v", a, err)
	}
	return p.settles()
}

// settles waits until something has become of the last thing that the customer sent.
func (p *post) settles() (m desk.Message) {
	p.Helper()
	_, s, err := p.desk.Session(p.Context(), p.company, p.session)
	if err != nil {
		p.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for m.Data.Media == desk.MediaComing {
		if time.Now().After(deadline) {
			p.Fatalf("nothing became of %+v", m)
		}
		ms, err := p.desk.MessagesBefore(p.Context(), s, 1<<30, 10)
		if err != nil || len(ms) == 0 {
			p.Fatal(err, len(ms))
		}
		for _, x := range ms { // a notice may stand behind it
			if x.Opercode == desk.FromCustomer {
				m = x
			}
		}
		time.Sleep(10 * time.Millisecond) // between looks
	}
	return m
}

func read(t *testing.T, s media.Store, key string) []byte {
	t.Helper()
	f, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatACustomerSendsIsFetchedAndKept(t *testing.T) {
	p := newPost(t)
	p.inbox()
	store, tools := p.folder(), media.FindTools()
	p.fetcher(store, tools)

	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1200, 600))); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		act   simulator.Act
		mime  string
		thumb bool
		play  bool
		check func(*testing.T, desk.Data)
	}{
		{"a picture is what its bytes are, not what WeChat calls it", simulator.Act{Kind: simulator.ActImage, Data: picture.Bytes()}, "image/png", true, false, func(t *testing.T, d desk.Data) {
			if d.Width != 1200 || d.Height != 600 || d.Size != int64(picture.Len()) {
				t.Errorf("%+v", d)
			}
		}},
		{"a page that calls itself a picture is nothing to look at", simulator.Act{Kind: simulator.ActImage, Data: []byte("<script>alert(1)</script>")}, media.Unknown, false, false, nil},
		{"a voice message has its length, and an MP3 where there is ffmpeg", simulator.Act{Kind: simulator.ActVoice}, "audio/amr", false, tools.HaveFFmpeg(), func(t *testing.T, d desk.Data) {
			if d.Length != 3000 {
				t.Errorf("it lasts %d ms", d.Length)
			}
		}},
		{"a video lies behind an address and has WeChat's own picture", simulator.Act{Kind: simulator.ActVideo}, "video/mp4", true, false, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := p.sends(tc.act)
			d := m.Data
			if d.Media != desk.MediaKept || d.Mime != tc.mime || d.Thumb != tc.thumb || (d.Play != "") != tc.play {
				t.Fatalf("%+v", d)
			}
			if d.ResourcesID != m.ID.String() || d.FileURL != "/api/v1/media/"+m.ID.String() {
				t.Errorf("other programs are told %q and %q", d.ResourcesID, d.FileURL)
			}
			if got := read(t, store, m.Key()); int64(len(got)) != d.Size || tc.act.Data != nil && !bytes.Equal(got, tc.act.Data) {
				t.Errorf("%d bytes are kept of %d", len(got), d.Size)
			}
			if tc.thumb {
				read(t, store, m.Key()+".thumb")
			}
			if tc.play && media.Look(read(t, store, m.Key()+".play"), "").Type != media.PlayType {
				t.Error("what is played is no MP3")
			}
			if tc.check != nil {
				tc.check(t, d)
			}
		})
	}
}

func TestWithoutFFmpegAVoiceMessageIsKeptAllTheSame(t *testing.T) {
	p := newPost(t)
	p.inbox()
	p.fetcher(p.folder(), noTools)
	if d := p.sends(simulator.Act{Kind: simulator.ActVoice}).Data; d.Media != desk.MediaKept || d.Play != "" {
		t.Errorf("%+v", d)
	}
}

func TestAMediumWithoutLifeIsSaidToBeGone(t *testing.T) {
	p := newPost(t)
	p.inbox()
	store := p.folder()
	p.fetcher(store, media.FindTools())
	dead := func(n int) {
		if err := p.sim.ChangeFaults(appid, func(f *simulator.Faults) { f.DeadMedia = n }); err != nil {
			t.Fatal(err)
		}
	}
	dead(-1)
	m := p.sends(simulator.Act{Kind: simulator.ActVoice})
	if m.Data.Media != desk.MediaFailed {
		t.Fatalf("%+v", m.Data)
	}
	dead(0)
	who := desk.Agent{Company: p.company}
	if err := p.desk.FetchAgain(t.Context(), who, p.session, m.ID); err != nil {
		t.Fatal(err)
	}
	if m := p.settles(); m.Data.Media != desk.MediaKept {
		t.Errorf("after another try: %+v", m.Data)
	}
}

// failing refuses some things and then keeps them.
type failing struct {
	media.Store
	left chan struct{}
}

func (f failing) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	select {
	case <-f.left:
		return errors.New("the store is down")
	default:
		return f.Store.Put(ctx, key, r, size)
	}
}

func TestWhileTheStoreIsDownTheMediumWaits(t *testing.T) {
	p := newPost(t)
	p.inbox()
	down := failing{p.folder(), make(chan struct{}, 1)}
	down.left <- struct{}{}
	p.fetcher(down, media.FindTools())
	if m := p.sends(simulator.Act{Kind: simulator.ActImage}); m.Data.Media != desk.MediaKept {
		t.Errorf("%+v", m.Data)
	}
}

func TestTwoProcessesFetchAMediumOnce(t *testing.T) {
	p := newPost(t)
	p.inbox()
	store := p.folder()
	for range 3 {
		p.fetcher(store, media.Tools{})
	}
	for range 5 {
		p.sends(simulator.Act{Kind: simulator.ActVoice})
	}
	asked := 0
	for _, e := range p.sim.Log() {
		if e.What == "media/get" {
			asked++
		}
	}
	if asked != 5 {
		t.Errorf("five media were asked for %d times", asked)
	}
}

// noTools is a machine without ffmpeg.
var noTools media.Tools
