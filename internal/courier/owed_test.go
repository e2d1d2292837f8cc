package courier_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"weir/internal/courier"
	"weir/internal/desk"
	"weir/internal/wechat"
)

// balky has PostgreSQL refuse whatever a condition on a row of a table says, and count how often it did.
func (p *post) balky(table, condition string) (refused func() int, stop func()) {
	p.Helper()
	conn, err := pgx.Connect(p.Context(), p.owner)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { conn.Close(p.Context()) })
	run := func(sql string) {
		if _, err := conn.Exec(p.Context(), sql); err != nil {
			p.Fatal(err)
		}
	}
	run(`CREATE SEQUENCE balks`)
	run(`GRANT USAGE ON SEQUENCE balks TO weir_app`)
	run(`CREATE FUNCTION balk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('balks'); RAISE EXCEPTION 'away for a moment' USING ERRCODE = '57P03'; END $$`)
	run(`CREATE TRIGGER balk BEFORE UPDATE ON ` + table + ` FOR EACH ROW WHEN (` + condition + `) EXECUTE FUNCTION balk()`)
	return func() (n int) {
		if err := conn.QueryRow(p.Context(), `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM balks`).Scan(&n); err != nil {
			p.Fatal(err)
		}
		return n
	}, func() { run(`DROP TRIGGER balk ON ` + table) }
}

func TestWhatBecameOfAMessageIsWrittenWhenTheDatabaseIsBackAndNothingIsSentTwice(t *testing.T) {
	p := newPost(t)
	c := p.courier()
	c.Owes(5 * time.Millisecond)
	p.run(c.Run)
	p.wake = c.Wake
	refused, stop := p.balky("messages", "NEW.delivery = 'sent'")
	p.reply("一")
	p.reply("二")
	p.wait("the database refuses again and again", func() bool { return refused() > 15 })
	if got := p.onPhone(); got != "一" {
		t.Errorf("while nobody knows what became of the first, the phone shows %q", got)
	}
	stop()
	p.until(desk.Sent)
	if got := p.onPhone(); got != "一 二" {
		t.Errorf("the phone shows %q", got)
	}
	if _, l, err := p.desk.Customer(t.Context(), p.company, appid, openid); err != nil || l.Left(time.Now()) != 3 {
		t.Errorf("the ledger is %+v, %v", l, err)
	}
}

func TestAMessageThatWasTakenButNeverGivenOutGoesOut(t *testing.T) {
	p := newPost(t)
	p.reply("一")
	// The row says that this process sends it, as when the answer to a commit was lost.
	conn, err := pgx.Connect(t.Context(), p.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `SELECT set_config('app.company_id', $1, false)`, p.company.String()); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `UPDATE messages SET delivery = 'sending', attempts = 1, sending_by = $1 WHERE opercode = 1`, p.desk.Instance()); err != nil {
		t.Fatal(err)
	}
	c := p.carrier()
	p.wake = c.Wake
	c.Wake(courier.Customer{Company: p.company, AppID: appid, OpenID: openid})
	p.until(desk.Sent)
	if got := p.onPhone(); got != "一" {
		t.Errorf("the phone shows %q", got)
	}
}

func TestAnOutcomeToldTwiceCountsOnce(t *testing.T) {
	p := newPost(t)
	p.reply("一")
	e, _, err := p.desk.TakeErrand(t.Context(), p.company, appid, openid)
	if err != nil || e == nil {
		t.Fatal(e, err)
	}
	busy := desk.Outcome{Delivery: desk.Queued, NotTaken: true, Reason: "wechat.-1"}
	if err := p.desk.Delivered(t.Context(), e, busy); err != nil {
		t.Fatal(err)
	}
	again, _, err := p.desk.TakeErrand(t.Context(), p.company, appid, openid)
	if err != nil || again == nil {
		t.Fatal(again, err)
	}
	if err := p.desk.Delivered(t.Context(), e, busy); err != nil { // late, for the try before
		t.Fatal(err)
	}
	if m := p.replies()[0]; m.Delivery != desk.Sending {
		t.Errorf("the second try is %s", m.Delivery)
	}
	if c := p.customer(); c.QuotaUsed != 1 {
		t.Errorf("%d are counted", c.QuotaUsed)
	}
}

func (p *post) courier() *courier.Courier {
	client := wechat.NewClient(p.api, nil)
	return courier.New(p.desk, client, wechat.NewTokens(p.rdb, client, secret, ""), p.folder(), quiet, nil)
}

func (p *post) wait(what string, ok func() bool) {
	p.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			p.Fatalf("never: %s", what)
		}
	}
}
