package handlers_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"weir/internal/desk"
)

func jpg(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// amr is two seconds of silence.
func amr() []byte {
	return append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3C, 0x91, 0x17, 0x16, 0xBE, 0x66, 0x79, 0xE1, 0xE0, 0x01, 0xE7, 0xAF, 0xF0}, make([]byte, 19)...), 100)...)
}

func (r *room) gives(data []byte) answer {
	r.Helper()
	return r.ask("POST", "/media", string(data), "Content-Type", "application/octet-stream")
}

func TestAProgramSendsPicturesVoicesAndCards(t *testing.T) {
	r := newRoom(t)
	session := r.served("oA")
	picture := r.gives(jpg(t))
	if picture.status != 201 || picture.body["message_type"] != 2.0 || picture.body["width"] != 40.0 || picture.body["mime"] != "image/jpeg" {
		t.Fatalf("the picture: %s", picture)
	}
	voice := r.gives(amr())
	if voice.status != 201 || voice.body["message_type"] != 3.0 || voice.body["length_ms"] != 2000.0 {
		t.Fatalf("the voice message: %s", voice)
	}
	id := picture.body["resources_id"]
	for _, tc := range []struct {
		name string
		body map[string]any
		want map[string]any
	}{
		{"a picture", map[string]any{"message_type": 2, "resources_id": id}, map[string]any{"message_type": 2.0, "resources_id": id, "file_url": "/api/v1/media/" + id.(string), "mime": "image/jpeg", "delivery": "queued"}},
		{"a voice message", map[string]any{"message_type": 3, "resources_id": voice.body["resources_id"]}, map[string]any{"message_type": 3.0, "resources_id": voice.body["resources_id"]}},
		{"a card", map[string]any{"message_type": 6, "link": map[string]any{"title": "活动", "url": "https://example.com/a"}}, map[string]any{"message_type": 6.0, "title": "活动"}},
		{"a card of a mini program", map[string]any{"message_type": 0, "program": map[string]any{"title": "订座", "appid": "wx0123456789", "pagepath": "pages/index", "resources_id": id}},
			map[string]any{"message_type": 0.0, "kind": "miniprogrampage", "title": "订座", "resources_id": id}},
	} {
		tc.body["uid"] = yu
		a := r.must("POST", "/sessions/"+session+"/messages", tc.body)
		for field, want := range tc.want {
			if a.body[field] != want {
				t.Errorf("%s: %s is %v, want %v", tc.name, field, a.body[field], want)
			}
		}
	}
	if a := r.ask("GET", "/media/"+id.(string), nil); a.status != 200 || a.header.Get("Content-Type") != "image/jpeg" || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the picture, read back: %d %v", a.status, a.header)
	}
}

func TestWhatCannotBeSentIsRefusedWithASentence(t *testing.T) {
	r := newRoom(t)
	session := r.served("oA")
	for name, tc := range map[string]struct {
		data   string
		status int
		say    string
	}{
		"a PDF":                      {"%PDF-1.7", 422, "MP4"},
		"an SVG":                     {`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, 422, "MP4"},
		"a voice of over a minute":   {"#!AMR\n" + strings.Repeat(string(amr()[6:38]), 3100), 422, "60"},
		"nothing":                    {"", 400, ""},
		"a video of more than 10 MB": {"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + strings.Repeat("x", 10<<20), 422, "10 MB"},
	} {
		a := r.gives([]byte(tc.data))
		if a.status != tc.status || !strings.Contains(a.raw, tc.say) {
			t.Errorf("%s: %s", name, a)
		}
	}
	picture := r.gives(jpg(t)).body["resources_id"]
	for name, tc := range map[string]struct {
		body   map[string]any
		status int
	}{
		"a picture as a voice message":     {map[string]any{"message_type": 3, "resources_id": picture}, 422},
		"a picture that nobody gave":       {map[string]any{"message_type": 2, "resources_id": strings.Repeat("0", 32)}, 404},
		"a picture without one":            {map[string]any{"message_type": 2}, 422},
		"a program without an AppID":       {map[string]any{"message_type": 0, "program": map[string]any{"title": "x", "appid": "", "pagepath": "p", "resources_id": picture}}, 422},
		"a program's path with a slash":    {map[string]any{"message_type": 0, "program": map[string]any{"title": "x", "appid": "wx0123456789", "pagepath": "/p", "resources_id": picture}}, 422},
		"a card that runs a script":        {map[string]any{"message_type": 6, "link": map[string]any{"title": "x", "url": "javascript:alert(1)"}}, 422},
		"a menu of more than ten items":    {map[string]any{"message_type": 0, "menu": map[string]any{"head": "x", "tail": "", "items": []map[string]any{}}}, 422},
		"the title of a video is too long": {map[string]any{"message_type": 4, "resources_id": picture, "title": strings.Repeat("长", 129)}, 422},
	} {
		tc.body["uid"] = yu
		if a := r.ask("POST", "/sessions/"+session+"/messages", tc.body); a.status != tc.status {
			t.Errorf("%s: %s; want %d", name, a, tc.status)
		}
	}
	if n := len(r.everything()["upload_uses"]); n != 0 {
		t.Errorf("%d uses are noted of what was never sent", n)
	}
}

func TestARuleAnswersWithAPictureThatThenStays(t *testing.T) {
	r := newRoom(t)
	picture := r.gives(jpg(t)).body["resources_id"].(string)
	rule := func(name, medium string) map[string]any {
		return map[string]any{"name": name, "match": map[string]any{"kind": "exact", "keywords": []string{name}}, "reply": []map[string]any{{"type": "image", "resources_id": medium}, {"type": "text", "text": "见图"}}}
	}
	made := r.must("POST", "/rules", rule("地图", picture))
	if reply := made.body["reply"].([]any); len(reply) != 2 || reply[0].(map[string]any)["resources_id"] != picture || strings.Contains(made.raw, "facts") {
		t.Errorf("the rule is told as %s", made)
	}
	if a := r.ask("POST", "/rules", rule("没有", strings.Repeat("0", 32))); a.status != 404 {
		t.Errorf("a picture that nobody gave: %s", a)
	}
	if a := r.askAs(theirToken, "POST", "/rules", rule("偷来的", picture)); a.status != 404 {
		t.Errorf("another company's picture: %s", a)
	}
	if a := r.ask("POST", "/rules", map[string]any{"name": "x", "match": map[string]any{"kind": "follow"}, "reply": []map[string]any{{"type": "voice", "resources_id": picture}}}); a.status != 422 {
		t.Errorf("a picture as a voice message: %s", a)
	}
	r.write("oA", "地图")
	s := r.live("oA")
	var carried []any
	for _, m := range r.pages("/sessions/"+s["session_id"].(string)+"/messages", 50) {
		if m["opercode"] == 5.0 && m["resources_id"] == picture {
			carried = append(carried, m["delivery"])
		}
	}
	if len(carried) != 1 || carried[0] != "queued" {
		t.Errorf("the picture is to be sent: %v", carried)
	}
	r.remove("UPDATE uploads SET created_at = created_at - interval '2 days'")
	r.remove("DELETE FROM upload_uses")
	if n, err := r.desk.DropUploads(r.Context(), 10, func(context.Context, desk.Forgotten) error { return nil }); n != 0 || err != nil {
		t.Errorf("%d uploads of rules went, %v", n, err)
	}
}
