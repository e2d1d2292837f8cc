package wechat

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds() []string {
	docs := []string{
		"", "<", "{", "<a/>", "<xml></xml>", "{}", "[]", "<!DOCTYPE a>", "<xml><![CDATA[]]></xml>", "\ufeff<xml/>",
		textXML("你好"), textXML("a]]>b"), textXML("\x00\xff"),
		xmlDoc("<MsgType>text</MsgType><Content>a&lt;&#13;&#0;&#xD800;&#x000041;\r\n\r<b>c</b>d</Content><MsgId>1</MsgId>"),
		"<xml><Content>&#xD800;&#57343;</Content></xml>", // halves of a character, found by fuzzing
		xmlDoc(`<MsgType a="1" b='2'>event</MsgType><Event>SCAN</Event><ScanCodeInfo><ScanResult>x</ScanResult></ScanCodeInfo>`),
		`{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700000000,"MsgType":"text","Content":"\u0000\ud800x","MsgId":9007199254740993123}`,
		`{"FromUserName":"o1","CreateTime":"1","MsgType":"event","Event":"x","List":[{"a":1},[2]],"List":{}}`,
	}
	for _, v := range vectors {
		docs = append(docs, v.plain, "<xml><Encrypt>"+v.encrypt+"</Encrypt></xml>", `{"Encrypt":"`+v.encrypt+`"}`)
	}
	return docs
}

// FuzzOpen: whatever a stranger sends is refused with a reason, and what is signed is refused or sound.
func FuzzOpen(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a := testAccount(t, Compatible)
		q := plainQuery(testNow)

		unsigned := q
		unsigned.EncryptType, unsigned.MsgSignature = "aes", q.Signature
		if in, err := a.Open(unsigned, body, testNow); err == nil {
			t.Fatalf("opened without a signature: %+v", in)
		}
		in, err := a.Open(q, body, testNow)
		sound(t, a, in, err)

		secret, outer := sealed(t, a.Key, testAppID, string(body), testNow)
		again, err2 := a.Open(secret, outer, testNow)
		sound(t, a, again, err2)
		if (err == nil) != (err2 == nil) || err == nil && (in.Key() != again.Key() || in.Raw != again.Raw) {
			t.Fatalf("plain: %+v, %v\nencrypted: %+v, %v", in, err, again, err2)
		}
	})
}

func sound(t *testing.T, a *Account, in *Inbound, err error) {
	t.Helper()
	if err != nil {
		var e *CallbackError
		if !errors.As(err, &e) || e.Reason == 0 || in != nil {
			t.Fatalf("in = %v, err = %#v", in, err)
		}
		return
	}
	if in.OpenID == "" || len(in.OpenID) > maxOpenID || in.MsgType == "" || in.CreatedAt.Unix() <= 0 || len(in.Key()) < 3 {
		t.Fatalf("unsound: %+v", in)
	}
	for _, s := range []string{in.Raw, in.OpenID, in.Content, in.EventKey, in.Key(), in.Label, in.ScanResult} {
		if strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
			t.Fatalf("not clean: %q", s)
		}
	}
	if _, _, err := a.Seal(in, TextReply{"x"}, testNow, nil); err != nil {
		t.Fatal(err)
	}
}

// FuzzParseXML: where encoding/xml takes a document too, both read the same fields.
func FuzzParseXML(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := clean(s)
		ours, err := all(doc, scanXML)
		if err == nil {
			if theirs, ok := standardXML(doc); ok && !same(ours, theirs) {
				t.Fatalf("%q\nours   %+v\ntheirs %+v", doc, ours, theirs)
			}
		}
		// A text survives the way out and back in, whatever it is.
		out := string(appendXML([]byte("<xml>"), []node{{name: "Content", text: doc}})) + "</xml>"
		back, err := all(out, scanXML)
		if err != nil || len(back) != 1 || back[0].value != lineEnds(doc) {
			t.Fatalf("%q came back as %+v, %v", doc, back, err)
		}
	})
}

// all collects the fields a scanner visits.
func all(doc string, scanner func(string, func(field) error) error) (fs []field, err error) {
	err = scanner(doc, func(f field) error { fs = append(fs, f); return nil })
	return fs, err
}

func same(a, b []field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// standardXML reads the same fields with encoding/xml. Namespaces, which ours does not know, count as refused.
func standardXML(doc string) (fs []field, ok bool) {
	d := xml.NewDecoder(strings.NewReader(doc))
	var names []string
	var texts []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return fs, len(names) == 0
		} else if err != nil {
			return nil, false
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Space != "" {
				return nil, false
			}
			names, texts = append(names, tok.Name.Local), append(texts, "")
		case xml.CharData:
			if n := len(texts); n > 0 {
				texts[n-1] += string(tok)
			}
		case xml.EndElement:
			n := len(names)
			if n == 2 || n == 3 {
				fs = append(fs, field{n, names[n-2], names[n-1], texts[n-1]})
			}
			names, texts = names[:n-1], texts[:n-1]
		}
	}
}

// FuzzParseJSON: where encoding/json takes a document too, both read the same strings and numbers.
func FuzzParseJSON(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc := clean(s)
		ours, err := all(doc, scanJSON)
		if err == nil {
			compareJSON(t, doc, ours)
		}
		out := string(appendJSON(nil, []node{{name: "Content", text: doc}, {name: "Image", children: []node{{name: "MediaId", text: "m"}}}}))
		back, err := all(out, scanJSON)
		if err != nil || len(back) != 3 || back[0].value != clean(doc) {
			t.Fatalf("%q came back as %+v, %v", doc, back, err)
		}
	})
}

func compareJSON(t *testing.T, doc string, ours []field) {
	var theirs map[string]json.RawMessage
	if err := json.Unmarshal([]byte(doc), &theirs); err != nil {
		if isJSON(doc) {
			t.Fatalf("%q: encoding/json says %v", doc, err)
		}
		return
	}
	last := map[string]string{} // encoding/json keeps the last of a doubled name
	for _, f := range ours {
		if f.depth == 2 {
			last[f.name] = f.value
		}
	}
	for name, raw := range theirs {
		var text string
		var number json.Number
		switch {
		case json.Unmarshal(raw, &text) == nil:
			text = clean(text)
		case json.Unmarshal(raw, &number) == nil:
			text = number.String()
		default:
			continue
		}
		if last[name] != text {
			t.Fatalf("%q: %s = %q, encoding/json reads %q", doc, name, last[name], text)
		}
	}
}
