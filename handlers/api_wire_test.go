package handlers

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/store"
)

var (
	shanghai    = time.FixedZone("CST", 8*3600)
	wireCompany = &desk.Company{Location: shanghai, Groups: map[int64]*desk.Group{7: {Group: store.Group{GroupID: 7, Name: "售\"后\""}}}}
)

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "time")).UTC()
	})
}

// same fails unless what was written by hand says what encoding/json says, on one line.
func same(t *rapid.T, got []byte, v any) {
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal(want.Bytes(), &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("wrote %s\nwant  %s", got, want.Bytes())
	}
	if bytes.ContainsAny(got, "\r\n") {
		t.Fatalf("more than a line: %q", got)
	}
}

func TestMessagesAreWrittenAsTheAPIShowsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }), rapid.SampledFrom([]string{"\u2028\"\\\x7f\b\f", "</script>", ""}))
		m := &desk.Message{Company: id.New(), ID: id.New(), SessionID: id.New(), AppID: text.Draw(t, "appid"), OpenID: text.Draw(t, "openid"), Opercode: desk.FromCustomer,
			Seq: rapid.Int32Range(0, 5).Draw(t, "seq"), UID: rapid.Int64().Draw(t, "uid"), Type: rapid.Int16Range(0, 6).Draw(t, "type"), Text: text.Draw(t, "text"), CreatedAt: anyTime().Draw(t, "at"),
			Delivery: rapid.SampledFrom([]desk.Delivery{"", desk.Queued, desk.Failed}).Draw(t, "delivery"), Code: rapid.IntRange(0, 2).Draw(t, "code"), Reason: text.Draw(t, "reason")}
		m.Data = desk.Data{MediaID: text.Draw(t, "media"), FileURL: text.Draw(t, "file"), Latitude: rapid.Float64Range(-90, 90).Draw(t, "lat"), Scale: 1e-9, Label: text.Draw(t, "label"), Title: text.Draw(t, "title"), URL: text.Draw(t, "url")}
		m.ResentSeq, m.Data.Description = rapid.Int32Range(0, 3).Draw(t, "resent"), text.Draw(t, "description")
		m.Data.ResourcesID, m.Data.Mime, m.Data.Size = text.Draw(t, "resources"), text.Draw(t, "mime"), rapid.Int64Range(0, 9).Draw(t, "size")
		if m.Type == desk.TypeOther && rapid.Bool().Draw(t, "ours") {
			m.Data.Kind, m.Data.Out = desk.KindMenu, &desk.Outgoing{Menu: &desk.Menu{Head: text.Draw(t, "head"), Items: []desk.MenuItem{{ID: "1", Text: text.Draw(t, "item")}}}}
			if rapid.Bool().Draw(t, "program") {
				m.Data.Kind, m.Data.Out = desk.KindProgram, &desk.Outgoing{Program: &desk.Program{AppID: text.Draw(t, "program's"), Path: text.Draw(t, "path")}}
			}
		}
		m.Data.Recognition, m.Data.MenuID = text.Draw(t, "recognition"), rapid.SampledFrom([]string{"", "101"}).Draw(t, "menu item")
		if rapid.Bool().Draw(t, "plain") {
			m.Data, m.ResentSeq = desk.Data{}, 0
		}
		same(t, appendMessage(nil, wireCompany, m), m.Wire(shanghai, true))
	})
}

func TestSessionsAreWrittenAsTheAPIShowsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &desk.Session{Session: store.Session{SessionID: id.New(), AppID: "wx1", OpenID: rapid.String().Draw(t, "openid"), State: rapid.Int16Range(-4, 3).Draw(t, "state"), Type: "group",
			UID: rapid.Ptr(rapid.Int64(), true).Draw(t, "uid"), CustomerServiceID: rapid.Ptr(rapid.Int64(), true).Draw(t, "seat"), TargetUID: rapid.Ptr(rapid.Int64(), true).Draw(t, "target"),
			GroupID: rapid.Ptr(rapid.SampledFrom([]int64{7, 8}), true).Draw(t, "group"), ExclusiveUID: rapid.Ptr(rapid.Int64(), true).Draw(t, "exclusive"), Priority: rapid.Int32().Draw(t, "priority"),
			LastSeq: rapid.Int32().Draw(t, "seq"), CreatedAt: anyTime().Draw(t, "created"), QueuedAt: anyTime().Draw(t, "queued"), AssignedAt: rapid.Ptr(anyTime(), true).Draw(t, "assigned"),
			TakenAt: rapid.Ptr(anyTime(), true).Draw(t, "taken"), ClosedAt: rapid.Ptr(anyTime(), true).Draw(t, "closed"), ClosedWhy: rapid.SampledFrom([]string{"", "agent"}).Draw(t, "why"),
			NotBefore: rapid.Ptr(anyTime(), true).Draw(t, "opens"), LeftMessage: rapid.Bool().Draw(t, "left")}}
		same(t, appendSession(nil, wireCompany, s), sessionOf(wireCompany, s))
	})
}

func TestASessionIsToldWhenItIsMadeOrMovesAndNotForEveryMessage(t *testing.T) {
	s := &desk.Session{Session: store.Session{State: 3}}
	here, elsewhere := s.Place(), desk.Place{State: desk.Waiting, UID: 7}
	message := []desk.Message{{}}
	for _, tc := range []struct {
		name   string
		change desk.Change
		want   []string
	}{
		{"new", desk.Change{Session: s, Messages: message}, []string{messageCreated, sessionUpdated}},
		{"one more message", desk.Change{Session: s, Was: &here, Messages: message}, []string{messageCreated}},
		{"moved", desk.Change{Session: s, Was: &elsewhere}, []string{sessionUpdated}},
		{"moved by an answer", desk.Change{Session: s, Was: &elsewhere, Messages: message}, []string{messageCreated, sessionUpdated}},
		{"changed where it is", desk.Change{Session: s, Was: &here}, []string{sessionUpdated}},
		{"delivered", desk.Change{Updated: message}, []string{messageUpdated}},
		{"an agent came", desk.Change{Agent: 7, Status: desk.Online}, []string{agentUpdated}},
		{"an agent has one more", desk.Change{Session: s, Was: &elsewhere, Agent: 7}, []string{sessionUpdated}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.change.Company = wireCompany
			var got []string
			Events(&tc.change, func(name string, _ []byte) { got = append(got, name) })
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

func oneMessage() *desk.Change {
	s := &desk.Session{Session: store.Session{State: 3}}
	was := s.Place()
	return &desk.Change{Company: wireCompany, Session: s, Was: &was, Messages: []desk.Message{{ID: id.New(), SessionID: id.New(), AppID: "wx4a14a2375e93cb7b", OpenID: "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", Type: 1, Text: "请问你们晚上几点关门？我想带朋友过来。", Seq: 3, CreatedAt: time.Now().UTC()}}}
}

func TestAMessageCostsOneAllocation(t *testing.T) {
	c := oneMessage()
	if n := testing.AllocsPerRun(100, func() { Events(c, func(string, []byte) {}) }); n > 1 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkEvents(b *testing.B) {
	c := oneMessage()
	b.ReportAllocs()
	for b.Loop() {
		Events(c, func(string, []byte) {})
	}
}
