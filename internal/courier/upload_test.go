package courier_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/media"
	"weir/internal/store"
	"weir/internal/uploads"
	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

var (
	amr = append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3C, 0x91, 0x17, 0x16, 0xBE, 0x66, 0x79, 0xE1, 0xE0, 0x01, 0xE7, 0xAF, 0xF0}, make([]byte, 19)...), 100)...)
	our = func(p *post) desk.Agent { return desk.Agent{Company: p.company, UID: yu} }
)

func jpg(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// loading is a post whose courier has a folder of uploads.
func loading(t *testing.T) (*post, *uploads.Uploads, *media.Folder) {
	t.Helper()
	p := newPost(t)
	kept := p.folder()
	client := wechat.NewClient(p.api, nil)
	c := courier.New(p.desk, client, wechat.NewTokens(p.rdb, client, secret, ""), kept, quiet, nil)
	p.wake = c.Wake
	p.run(c.Run)
	return p, uploads.New(p.desk, kept, media.FindTools()), kept
}

func (p *post) gives(u *uploads.Uploads, who desk.Agent, data []byte) *desk.Upload {
	p.Helper()
	x, err := u.Take(p.Context(), who, data)
	if err != nil {
		p.Fatal(err)
	}
	return x
}

// uploadCalls is how often WeChat was given something.
func (p *post) uploadCalls() (n int) {
	for _, e := range p.sim.Log() {
		if e.What == "media/upload" {
			n++
		}
	}
	return n
}

func (p *post) lastLine() simulator.Line {
	all := p.sim.Conversation(appid, openid)
	return all[len(all)-1]
}

func TestWhatWasUploadedReachesTheCustomer(t *testing.T) {
	p, u, _ := loading(t)
	film, err := os.ReadFile("../wechat/simulator/sample/sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	picture := p.gives(u, our(p), jpg(t))
	for _, tc := range []struct {
		kind string
		r    desk.Reply
	}{
		{"image", desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: picture.ID.String()}}},
		{"voice", desk.Reply{Type: desk.TypeVoice, Data: desk.Data{ResourcesID: p.gives(u, our(p), amr).ID.String()}}},
		{"video", desk.Reply{Type: desk.TypeVideo, Data: desk.Data{ResourcesID: p.gives(u, our(p), film).ID.String(), Title: "怎么充值"}}},
		{"miniprogrampage", desk.Reply{Type: desk.TypeOther, Data: desk.Data{Kind: desk.KindProgram, Title: "订座", ResourcesID: picture.ID.String(),
			Out: &desk.Outgoing{Program: &desk.Program{AppID: "wx0123456789", Path: "pages/index"}}}}},
	} {
		m, err := p.say(tc.r)
		if err != nil || m.Data.Media != desk.MediaKept || m.Data.Mime == "" {
			t.Fatalf("%s: %+v, %v", tc.kind, m.Data, err)
		}
		sent := p.until(desk.Sent)
		l := p.lastLine()
		if l.Kind != tc.kind || l.Media+l.Thumb == "" {
			t.Errorf("the phone shows %+v, want %s", l, tc.kind)
		}
		if sent.Data.MediaID == "" || sent.Data.MediaID != l.Media && sent.Data.MediaID != l.Thumb {
			t.Errorf("%s is called %q here and %q at WeChat", tc.kind, sent.Data.MediaID, l.Media)
		}
	}
}

func TestAnAccountIsGivenAnUploadOnce(t *testing.T) {
	p, u, _ := loading(t)
	picture := desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: p.gives(u, desk.Agent{Company: p.company}, jpg(t)).ID.String()}}
	send := func() {
		t.Helper()
		if _, err := p.say(picture); err != nil {
			t.Fatal(err)
		}
		p.until(desk.Sent)
	}
	send()
	send()
	if n := p.uploadCalls(); n != 1 {
		t.Errorf("it was given %d times for two messages", n)
	}
	if err := p.sim.KillMedia(appid); err != nil { // WeChat has forgotten it sooner than it says
		t.Fatal(err)
	}
	send()
	if n := p.uploadCalls(); n != 2 {
		t.Errorf("it was given %d times: once more after WeChat had forgotten it", n)
	}
}

func TestAnUploadThatFailsIsTriedAgainAndNothingIsSentTwice(t *testing.T) {
	p, u, _ := loading(t)
	p.fault(simulator.Faults{Busy: 1}) // the first call is the upload
	if _, err := p.say(desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: p.gives(u, our(p), jpg(t)).ID.String()}}); err != nil {
		t.Fatal(err)
	}
	if m := p.until(desk.Sent); m.Attempts != 2 {
		t.Errorf("it took %d attempts", m.Attempts)
	}
	if _, l, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || l.Left(time.Now()) != 4 {
		t.Errorf("the ledger is %+v, %v", l, err)
	}
}

func TestWhatIsNotKeptAnyMoreFailsWithAReason(t *testing.T) {
	p, u, kept := loading(t)
	x := p.gives(u, our(p), jpg(t))
	if err := media.Remove(t.Context(), kept, x.Key()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.say(desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: x.ID.String()}}); err != nil {
		t.Fatal(err)
	}
	if m := p.until(desk.Failed); m.Reason != "delivery.file-gone" {
		t.Errorf("it failed because of %s", m.Reason)
	}
}

func TestWhoMaySendAnUpload(t *testing.T) {
	p, u, _ := loading(t)
	p.wake = nil
	mine, companys, another := p.gives(u, our(p), jpg(t)), p.gives(u, desk.Agent{Company: p.company}, jpg(t)), p.gives(u, desk.Agent{Company: p.company, UID: p.colleague()}, jpg(t))
	for _, tc := range []struct {
		name string
		r    desk.Reply
		want desk.Kind
	}{
		{"one's own", desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: mine.ID.String()}}, 0},
		{"the company's", desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: companys.ID.String()}}, 0},
		{"a colleague's", desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: another.ID.String()}}, desk.Missing},
		{"as something else", desk.Reply{Type: desk.TypeVoice, Data: desk.Data{ResourcesID: mine.ID.String()}}, desk.Invalid},
		{"with a text", desk.Reply{Type: desk.TypeText, Text: "x", Data: desk.Data{ResourcesID: mine.ID.String()}}, desk.Invalid},
		{"one that is none", desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: "../x"}}, desk.Missing},
		{"none", desk.Reply{Type: desk.TypeImage}, desk.Invalid},
	} {
		if _, err := p.say(tc.r); desk.KindOf(err) != tc.want {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
	if _, err := p.desk.Medium(t.Context(), our(p), p.session, mine.ID); err != nil {
		t.Errorf("what was sent in the session is not seen in it: %v", err)
	}
	if _, err := p.desk.Medium(t.Context(), our(p), p.session, another.ID); desk.KindOf(err) != desk.Missing {
		t.Errorf("what a colleague has not sent is seen: %v", err)
	}
}

func TestWhatNobodySentGoesAfterADayAndWhatWasSentStays(t *testing.T) {
	p, u, kept := loading(t)
	sent, stale, fresh := p.gives(u, our(p), jpg(t)), p.gives(u, our(p), jpg(t)), p.gives(u, our(p), jpg(t))
	if _, err := p.say(desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: sent.ID.String()}}); err != nil {
		t.Fatal(err)
	}
	p.until(desk.Sent)
	p.sql(`UPDATE uploads SET created_at = created_at - interval '25 h' WHERE upload_id IN ($1, $2)`, sent.ID, stale.ID)
	remove := func(ctx context.Context, _ desk.Forgotten) error { return media.Remove(ctx, kept, stale.Key()) }
	refused := errors.New("the store is away")
	if _, err := p.desk.DropUploads(t.Context(), 10, func(context.Context, desk.Forgotten) error { return refused }); !errors.Is(err, refused) {
		t.Fatalf("err = %v", err)
	}
	if _, err := p.desk.Medium(t.Context(), our(p), p.session, stale.ID); err != nil {
		t.Errorf("its file is there, and its row is not: %v", err)
	}
	if n, err := p.desk.DropUploads(t.Context(), 10, remove); n != 1 || err != nil {
		t.Errorf("%d went, %v", n, err)
	}
	for _, tc := range []struct {
		name string
		u    *desk.Upload
		want desk.Kind
	}{{"sent", sent, 0}, {"stale", stale, desk.Missing}, {"fresh", fresh, 0}} {
		if _, err := p.desk.Medium(t.Context(), our(p), p.session, tc.u.ID); desk.KindOf(err) != tc.want {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestWhoIsForgottenTakesWhatOnlyTheyWereSentWithThem(t *testing.T) {
	p, u, kept := loading(t)
	x := p.gives(u, our(p), jpg(t))
	if _, err := p.say(desk.Reply{Type: desk.TypeImage, Data: desk.Data{ResourcesID: x.ID.String()}}); err != nil {
		t.Fatal(err)
	}
	p.until(desk.Sent)
	p.sql(`UPDATE companies SET forget_after = 1`)
	p.sql(`UPDATE customers SET subscribed = false, unsubscribed_at = now() - interval '1 h'`)
	var gone []string
	n, err := p.desk.Forget(t.Context(), 10, func(ctx context.Context, f desk.Forgotten) error {
		gone = append(gone, f.Media...)
		for _, key := range f.Media {
			if err := media.Remove(ctx, kept, key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || n != 1 || strings.Join(gone, " ") != x.Key() {
		t.Fatalf("%d were forgotten with %q, %v", n, gone, err)
	}
	if _, err := kept.Stat(t.Context(), x.Key()); !errors.Is(err, media.ErrNone) {
		t.Errorf("the picture is still kept: %v", err)
	}
	if _, err := p.store.Of(p.company).UploadGet(t.Context(), store.UploadGetParams{CompanyID: p.company, UploadID: x.ID}); !errors.Is(err, store.ErrNone) {
		t.Errorf("its row is still there: %v", err)
	}
}

// colleague is another agent of the company.
func (p *post) colleague() int64 {
	p.Helper()
	const uid = 8083
	if err := p.store.Of(p.company).AgentPut(p.Context(), store.AgentPutParams{CompanyID: p.company, UID: uid, Name: "阿明", Role: "agent",
		Email: "ming-" + p.company.String() + "@a.example", Password: "x", Capacity: 5}); err != nil {
		p.Fatal(err)
	}
	return uid
}

// sql changes the database behind Weir's back.
func (p *post) sql(statement string, args ...any) {
	p.Helper()
	conn, err := pgx.Connect(p.Context(), strings.Replace(p.owner, "user=weir_owner", "user=postgres", 1))
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if tag, err := conn.Exec(p.Context(), statement, args...); err != nil || tag.RowsAffected() == 0 {
		p.Fatalf("%s: %v, %v", statement, tag, err)
	}
}

func TestWhatRulesAnswerWithIsGivenAheadAndKeptFresh(t *testing.T) {
	p := newPost(t)
	kept := p.folder()
	c := courier.New(p.desk, wechat.NewClient(p.api, nil), wechat.NewTokens(p.rdb, wechat.NewClient(p.api, nil), secret, ""), kept, quiet, nil)
	u := uploads.New(p.desk, kept, media.FindTools())
	picture := p.gives(u, desk.Agent{Company: p.company}, jpg(t))
	unnamed := p.gives(u, desk.Agent{Company: p.company}, jpg(t))
	rule := desk.Rule{Name: "地图", Kind: desk.MatchExact, Keywords: []string{"地图"}, Enabled: true, Reply: []desk.Piece{{Type: "image", ResourcesID: picture.ID.String()}}}
	if _, err := p.desk.MakeRule(t.Context(), p.company, rule); err != nil {
		t.Fatal(err)
	}
	round := func() {
		t.Helper()
		if err := c.Freshen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p.fault(simulator.Faults{Busy: 1})
	round()
	p.fault(simulator.Faults{})
	round()
	if n := p.taken(); n != 0 {
		t.Errorf("it was given %d times, though it is not its time yet", n)
	}
	p.sql(`UPDATE upload_media SET try_at = 'epoch'`)
	round()
	round()
	if n := p.taken(); n != 1 {
		t.Errorf("it was given %d times", n)
	}
	p.sql(`UPDATE upload_media SET try_at = 'epoch', until = now() + interval '23 h'`)
	round()
	if n := p.taken(); n != 2 {
		t.Errorf("it was given %d times: once more before WeChat forgets it", n)
	}
	if _, known, err := p.desk.UploadAt(t.Context(), &desk.Message{Company: p.company, AppID: appid, Data: desk.Data{ResourcesID: unnamed.ID.String()}}, wechat.UploadImage); known != "" || err != nil {
		t.Errorf("what no rule names was given: %q, %v", known, err)
	}
	answer, err := p.desk.Receive(t.Context(), &desk.Arrival{Company: p.company, AppID: appid, OpenID: "o-other", At: time.Now(), Key: "m:map", Type: desk.TypeText, Text: "地图"})
	if err != nil || answer.Type != desk.TypeImage || answer.Data.MediaID == "" {
		t.Errorf("it is answered with %+v, %v", answer, err)
	}
}

// taken is how often WeChat took an upload.
func (p *post) taken() (n int) {
	for _, e := range p.sim.Log() {
		if e.What == "media/upload" && e.Code == 0 {
			n++
		}
	}
	return n
}
