package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

// happens has an event come, twice, as WeChat repeats it.
func (r *room) happens(openid, event, key string, at time.Time, f desk.Fact) {
	r.Helper()
	a := &desk.Arrival{Company: r.company, AppID: appid, OpenID: openid, At: at, Key: fmt.Sprintf("e:%s:%s:%s:%d", openid, event, key, at.Unix()), Event: event, EventKey: key, Raw: "<xml/>"}
	for range 2 {
		if event != "location" {
			if _, err := r.desk.Receive(r.Context(), a); err != nil {
				r.Fatal(err)
			}
		}
		if err := r.desk.Note(r.Context(), a, f); err != nil {
			r.Fatal(err)
		}
	}
}

func TestAnEventUpdatesWhatItIsAbout(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	type step struct {
		event, key string
		at         time.Time
		fact       desk.Fact
	}
	for _, tc := range []struct {
		name  string
		steps []step
		check func(store.Customer) bool
	}{
		{"a follow by a QR code", []step{{"subscribe", "qrscene_counter", now, desk.Fact{}}}, func(c store.Customer) bool {
			return *c.Subscribed && c.QRScene == "counter" && c.SubscribedAt.Equal(now) && c.UnsubscribedAt == nil && c.ProfileDue != nil
		}},
		{"a plain follow has no scene", []step{{"subscribe", "last_trade_no_1", now, desk.Fact{}}}, func(c store.Customer) bool { return *c.Subscribed && c.QRScene == "" }},
		{"an unfollow", []step{{"subscribe", "", now.Add(-time.Hour), desk.Fact{}}, {"unsubscribe", "", now, desk.Fact{}}}, func(c store.Customer) bool {
			return !*c.Subscribed && c.UnsubscribedAt.Equal(now)
		}},
		{"who unfollows gets nothing more", []step{{"click", "x", now.Add(-time.Second), desk.Fact{}}, {"unsubscribe", "", now, desk.Fact{}}}, func(c store.Customer) bool {
			return c.EventAllowed == 3 && c.EventUntil.Equal(now) && !c.QuotaUntil.After(now)
		}},
		{"an unfollow that comes late does not shut what the follow after it opened", []step{{"subscribe", "", now, desk.Fact{}}, {"unsubscribe", "", now.Add(-time.Hour), desk.Fact{}}}, func(c store.Customer) bool {
			return c.EventUntil.After(now)
		}},
		{"who follows again is not forgotten", []step{{"unsubscribe", "", now.Add(-time.Hour), desk.Fact{}}, {"subscribe", "", now, desk.Fact{}}}, func(c store.Customer) bool {
			return *c.Subscribed && c.UnsubscribedAt == nil
		}},
		{"an unfollow that comes late does not undo the follow after it", []step{{"subscribe", "", now, desk.Fact{}}, {"unsubscribe", "", now.Add(-time.Hour), desk.Fact{}}}, func(c store.Customer) bool {
			return c.UnsubscribedAt == nil
		}},
		{"a scan", []step{{"scan", "table-7", now, desk.Fact{}}}, func(c store.Customer) bool { return c.QRScene == "table-7" }},
		{"a place", []step{{"click", "x", now, desk.Fact{}}, {"location", "", now, desk.Fact{Lat: 39.9, Lng: 116.4, Accuracy: 50}}}, func(c store.Customer) bool {
			return *c.Lat == 39.9 && *c.Lng == 116.4 && *c.Accuracy == 50 && c.LocatedAt.Equal(now)
		}},
		{"a place told every five seconds is not written every time", []step{{"click", "x", now, desk.Fact{}}, {"location", "", now, desk.Fact{Lat: 1, Lng: 1}}, {"location", "", now.Add(5 * time.Second), desk.Fact{Lat: 2, Lng: 2}}}, func(c store.Customer) bool {
			return *c.Lat == 1
		}},
		{"who withdraws their consent", []step{{"subscribe", "qrscene_counter", now, desk.Fact{}}, {"location", "", now, desk.Fact{Lat: 1, Lng: 1}}, {"user_authorization_revoke", "", now, desk.Fact{}}}, func(c store.Customer) bool {
			return c.QRScene == "" && c.Lat == nil && c.LocatedAt == nil && *c.Subscribed
		}},
		{"who withdraws all of it is kept no longer than who unfollows", []step{{"subscribe", "qrscene_counter", now.Add(-time.Hour), desk.Fact{}}, {"user_authorization_cancellation", "", now, desk.Fact{}}}, func(c store.Customer) bool {
			return c.QRScene == "" && !*c.Subscribed && c.UnsubscribedAt.Equal(now) && !c.EventUntil.After(now)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRoom(t)
			for _, s := range tc.steps {
				r.happens("o1", s.event, s.key, s.at, s.fact)
			}
			c, _, err := r.desk.Customer(t.Context(), r.company, appid, "o1")
			if err != nil || !tc.check(c) {
				t.Errorf("%+v, %v", c, err)
			}
		})
	}
}

func TestWhatWeChatSaysOfTheAccountIsKeptWithIt(t *testing.T) {
	r, now := newRoom(t), time.Now().UTC().Truncate(time.Second)
	verification := func() store.Account {
		a, err := r.store.Of(r.company).AccountGet(t.Context(), store.AccountGetParams{CompanyID: r.company, AppID: appid})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	until := now.AddDate(1, 0, 0)
	r.happens("o1", "qualification_verify_success", "", now.Add(-time.Hour), desk.Fact{Expires: until})
	if a := verification(); a.Verification != "qualification_verify_success" || !a.VerificationExpiresAt.Equal(until) {
		t.Errorf("%+v", a)
	}
	r.happens("o1", "naming_verify_fail", "", now, desk.Fact{Why: "by time"})
	r.happens("o1", "verify_expired", "", now.Add(-2*time.Hour), desk.Fact{}) // older, and late
	if a := verification(); a.Verification != "naming_verify_fail" || a.VerificationReason != "by time" || !a.VerificationExpiresAt.Equal(until) {
		t.Errorf("%+v", a)
	}
}

func TestAnEventOfTheAccountItselfMakesNoCustomer(t *testing.T) {
	r, now := newRoom(t), time.Now().UTC().Truncate(time.Second)
	for i, event := range []string{"verify_expired", "annual_renew", "masssendjobfinish", "freepublishjobfinish"} {
		r.happens("mphelper", event, "", now.Add(time.Duration(i)*time.Second), desk.Fact{})
	}
	if _, _, err := r.desk.Customer(t.Context(), r.company, appid, "mphelper"); err == nil {
		t.Error("WeChat's system user became a customer")
	}
	if due, err := r.desk.TakeProfiles(t.Context(), 10); err != nil || len(due) != 0 {
		t.Errorf("WeChat would be asked about %v (%v)", due, err)
	}
	kept, err := r.desk.AccountEvents(t.Context(), r.company, appid, 10)
	if err != nil || len(kept) != 4 || kept[0].Event != "freepublishjobfinish" || kept[3].Event != "verify_expired" || kept[3].Raw != "<xml/>" || !kept[3].CreatedAt.Equal(now) {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	if theirs, err := r.desk.AccountEvents(t.Context(), id.New(), appid, 10); err != nil || len(theirs) != 0 {
		t.Errorf("another company sees %+v (%v)", theirs, err)
	}
	r.happens("o1", "click", "x", now, desk.Fact{})
	if _, _, err := r.desk.Customer(t.Context(), r.company, appid, "o1"); err != nil {
		t.Errorf("a customer's event makes one, or this test means nothing: %v", err)
	}
}

func TestTheResultOfATemplateMessageFindsItsMessage(t *testing.T) {
	r, now := newRoom(t), time.Now().UTC().Truncate(time.Second)
	r.receive(r.text("o1", "你好"))
	conn, err := pgx.Connect(t.Context(), r.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), `WITH s AS (SELECT set_config('app.company_id', $1, false)) SELECT * FROM s`, r.company.String())
	if err == nil {
		_, err = conn.Exec(t.Context(), `INSERT INTO messages (company_id, message_id, created_at, session_id, seq, appid, openid, uid, opercode, message_type, text, delivery, wechat_msgid)
			SELECT company_id, gen_random_uuid(), now(), session_id, 90, appid, openid, 8082, 1, 1, '模板', 'sent', '200163836' FROM messages LIMIT 1`)
	}
	if err != nil {
		t.Fatal(err)
	}
	delivery := func() (d string, code *int, reason string) {
		if err := conn.QueryRow(t.Context(), `SELECT delivery, delivery_code, delivery_reason FROM messages WHERE wechat_msgid = '200163836'`).Scan(&d, &code, &reason); err != nil {
			t.Fatal(err)
		}
		return d, code, reason
	}
	r.happens("o1", "templatesendjobfinish", "", now, desk.Fact{Jobs: []desk.Job{{MsgID: "200163836", Code: 43004, Why: "delivery.template-blocked"}}})
	if d, code, why := delivery(); d != "failed" || code == nil || *code != 43004 || why != "delivery.template-blocked" {
		t.Errorf("%s %v %s", d, code, why)
	}
	r.happens("o1", "templatesendjobfinish", "", now.Add(time.Second), desk.Fact{Jobs: []desk.Job{{MsgID: "200163836"}, {MsgID: "of another program"}}})
	if d, code, _ := delivery(); d != "sent" || code != nil {
		t.Errorf("%s %v", d, code)
	}
	r.happens("o2", "subscribe_msg_sent_event", "", now, desk.Fact{Jobs: []desk.Job{{MsgID: "200163836", Code: 1}}})
	if d, _, _ := delivery(); d != "sent" {
		t.Error("the result of another customer's message was taken for it")
	}
}
