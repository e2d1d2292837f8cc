package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

// phone is a simulator with its API and a desk that answers every push with what say gives.
func phone(t *testing.T, mode simulator.Mode, format simulator.Format, say func() wechat.Reply) (*simulator.Simulator, *wechat.Client) {
	t.Helper()
	key, err := wechat.ParseKey(aesKey)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wechat.ParseMode(string(mode))
	if err != nil {
		t.Fatal(err)
	}
	account := wechat.Account{AppID: appid, Token: "pamtest", Key: key, Mode: m}
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, err := account.Open(wechat.ParseQuery(r.URL.RawQuery), readAll(t, r), time.Now())
		if err != nil {
			t.Error(err)
			return
		}
		body, _, err := account.Seal(in, say(), time.Now(), nil)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(desk.Close)
	sim, err := simulator.New(simulator.Config{Attempts: 1, Accounts: []simulator.Account{{AppID: appid, Secret: secret, Token: "pamtest",
		AESKey: aesKey, Mode: mode, Format: format, GhID: "gh_test", CallbackURL: desk.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(sim.Handler())
	t.Cleanup(api.Close)
	return sim, wechat.NewClient(api.URL, nil)
}

// uploaded are one of each, by their ids.
type uploaded struct{ image, voice, video, thumb string }

func uploads(t *testing.T, c *wechat.Client, token string) (u uploaded) {
	t.Helper()
	for _, x := range []struct {
		kind, name, mime string
		id               *string
	}{{wechat.UploadImage, "图.jpg", "image/jpeg", &u.image}, {wechat.UploadVoice, "v.mp3", "audio/mpeg", &u.voice},
		{wechat.UploadVideo, "v.mp4", "video/mp4", &u.video}, {wechat.UploadThumb, "t.jpg", "image/jpeg", &u.thumb}} {
		id, err := c.Upload(t.Context(), token, x.kind, x.name, x.mime, strings.NewReader("bytes of "+x.kind))
		if err != nil || id == "" {
			t.Fatalf("%s: %q, %v", x.kind, id, err)
		}
		*x.id = id
	}
	return u
}

func tokenOf(t *testing.T, c *wechat.Client) string {
	t.Helper()
	token, _, err := c.StableToken(t.Context(), appid, secret, false)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// plainly is a line without what differs from run to run.
func plainly(l simulator.Line) simulator.Line {
	l.N, l.At = 0, time.Time{}
	return l
}

func TestEveryKindThatWeirSendsStandsOnThePhone(t *testing.T) {
	sim, c := phone(t, simulator.Plain, simulator.XML, func() wechat.Reply { return nil })
	token := tokenOf(t, c)
	u := uploads(t, c, token)
	menu := wechat.Menu{Head: "满意吗？", Items: []wechat.MenuItem{{ID: "good", Text: "满意"}, {ID: "bad", Text: "不满意"}}, Tail: "谢谢"}
	for _, tc := range []struct {
		name string
		send func() error
		want simulator.Line
	}{
		{"a picture", func() error { return c.SendImage(t.Context(), token, openid, u.image) }, simulator.Line{Kind: "image", Media: u.image}},
		{"a voice message", func() error { return c.SendVoice(t.Context(), token, openid, u.voice) }, simulator.Line{Kind: "voice", Media: u.voice}},
		{"a video", func() error {
			return c.SendVideo(t.Context(), token, openid, wechat.Film{MediaID: u.video, ThumbID: u.thumb, Title: "怎么充值", Description: "一分钟"})
		}, simulator.Line{Kind: "video", Media: u.video, Thumb: u.thumb, Text: "怎么充值", Description: "一分钟"}},
		{"a card", func() error {
			return c.SendNews(t.Context(), token, openid, wechat.Article{Title: "活动", Description: "八折", URL: "https://example.com/a?b=1&c=2", Picture: "https://example.com/p.jpg"})
		}, simulator.Line{Kind: "news", Text: "活动", Description: "八折", URL: "https://example.com/a?b=1&c=2", Picture: "https://example.com/p.jpg"}},
		{"a menu", func() error { return c.SendMenu(t.Context(), token, openid, menu) },
			simulator.Line{Kind: "msgmenu", Text: "满意吗？", Items: []simulator.MenuItem{{ID: "good", Content: "满意"}, {ID: "bad", Content: "不满意"}}, Tail: "谢谢"}},
		{"a mini program", func() error {
			return c.SendMiniProgram(t.Context(), token, openid, wechat.MiniProgram{Title: "订座", AppID: "wx1", Path: "pages/index?a=1", ThumbID: u.thumb})
		}, simulator.Line{Kind: "miniprogrampage", Text: "订座", AppID: "wx1", URL: "pages/index?a=1", Thumb: u.thumb}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := sim.Text(t.Context(), appid, openid, "x"); err != nil { // so that the quota is whole
				t.Fatal(err)
			}
			if err := tc.send(); err != nil {
				t.Fatal(err)
			}
			all := sim.Conversation(appid, openid)
			tc.want.Side, tc.want.Via = simulator.FromAccount, "custom"
			if got := plainly(all[len(all)-1]); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("the phone shows %+v\nwant %+v", got, tc.want)
			}
		})
	}
	if err := sim.KillMedia(appid); err != nil {
		t.Fatal(err)
	}
	if err := c.SendImage(t.Context(), token, openid, u.image); wechat.Code(err) != 40007 {
		t.Errorf("a picture whose id has died is answered %v", err)
	}
}

func TestEveryPassiveReplyStandsOnThePhone(t *testing.T) {
	for _, mode := range []simulator.Mode{simulator.Plain, simulator.Compatible, simulator.Safe} {
		for _, format := range []simulator.Format{simulator.XML, simulator.JSON} {
			t.Run(string(mode)+" "+string(format), func(t *testing.T) {
				var say wechat.Reply
				sim, c := phone(t, mode, format, func() wechat.Reply { return say })
				u := uploads(t, c, tokenOf(t, c))
				for _, tc := range []struct {
					reply wechat.Reply
					want  simulator.Line
				}{
					{wechat.ImageReply{MediaID: u.image}, simulator.Line{Kind: "image", Media: u.image}},
					{wechat.VoiceReply{MediaID: u.voice}, simulator.Line{Kind: "voice", Media: u.voice}},
					{wechat.VideoReply{MediaID: u.video, Title: "怎么充值", Description: "一分钟"}, simulator.Line{Kind: "video", Media: u.video, Text: "怎么充值", Description: "一分钟"}},
					{wechat.MusicReply{Title: "店歌", Description: "三分钟", URL: "https://example.com/m.mp3", ThumbID: u.thumb},
						simulator.Line{Kind: "music", Text: "店歌", Description: "三分钟", URL: "https://example.com/m.mp3", Thumb: u.thumb}},
					{wechat.NewsReply{Article: wechat.Article{Title: "活动 <&>", Description: "八折", URL: "https://example.com/?a=1&b=2", Picture: "https://example.com/p.jpg"}},
						simulator.Line{Kind: "news", Text: "活动 <&>", Description: "八折", URL: "https://example.com/?a=1&b=2", Picture: "https://example.com/p.jpg"}},
				} {
					say = tc.reply
					answer, err := sim.Text(t.Context(), appid, openid, "x")
					if err != nil || !answer.Accepted() {
						t.Fatalf("%s: %+v, %v", tc.want.Kind, answer, err)
					}
					all := sim.Conversation(appid, openid)
					tc.want.Side, tc.want.Via = simulator.FromAccount, "passive"
					if got := plainly(all[len(all)-1]); !reflect.DeepEqual(got, tc.want) {
						t.Errorf("the phone shows %+v\nwant %+v", got, tc.want)
					}
				}
				say = wechat.ImageReply{MediaID: "long-dead"}
				if answer, err := sim.Text(t.Context(), appid, openid, "x"); err != nil || answer.Accepted() {
					t.Errorf("a picture whose id has died: %+v, %v", answer, err)
				}
			})
		}
	}
}

func readAll(t *testing.T, r *http.Request) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return b
}
