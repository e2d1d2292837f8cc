package wechat

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	testAppID  = "wx4a14a2375e93cb7b"
	testToken  = "weirtoken"
	testKey    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	otherKey   = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
	testOpenID = "oyeC-wH2XKLJo94TOoBpnCeEAMeQ"
)

var testNow = time.Unix(1714037059, 0)

func mustKey(t testing.TB, s string) Key {
	t.Helper()
	k, err := ParseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testAccount(t testing.TB, mode Mode) *Account {
	return &Account{AppID: testAppID, Token: testToken, Key: mustKey(t, testKey), Mode: mode}
}

func textXML(content string) string {
	return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[" + testOpenID + "]]></FromUserName>" +
		"<CreateTime>1714037059</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + content +
		"]]></Content><MsgId>24536729875674367</MsgId></xml>"
}

// plainQuery is the query of a readable callback.
func plainQuery(now time.Time) Query {
	ts := strconv.FormatInt(now.Unix(), 10)
	return Query{Signature: Sign(testToken, ts, "486452656"), Timestamp: ts, Nonce: "486452656"}
}

// sealed is an encrypted callback, as WeChat makes it.
func sealed(t testing.TB, key Key, appid, doc string, now time.Time) (Query, []byte) {
	t.Helper()
	e, err := key.Encrypt(nil, []byte(doc), appid, nil)
	if err != nil {
		t.Fatal(err)
	}
	return envelopeFor(string(e), now)
}

func envelopeFor(encrypt string, now time.Time) (Query, []byte) {
	q := plainQuery(now)
	q.EncryptType, q.MsgSignature = "aes", Sign(testToken, q.Timestamp, q.Nonce, encrypt)
	return q, []byte("<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[" + encrypt + "]]></Encrypt></xml>")
}

func reasonOf(err error) Reason {
	var e *CallbackError
	if errors.As(err, &e) {
		return e.Reason
	}
	return 0
}

func TestPublishedSignatures(t *testing.T) {
	for _, tc := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"GET", []string{"AAAAA", "1714036504", "1514711492"}, "f464b24fc39322e44b38aa78f5edd27bd1441696"},
		{"POST in plain mode", []string{"AAAAA", "1714037059", "486452656"}, "899cf89e464efb63f54ddac96b0a0a235f53aa78"},
		{"POST in safe mode", []string{"AAAAA", "1714112445", "415670741"}, "6c5c811b55cc85e0e1b54100749188c20beb3f5d"},
		{"third-party POST", []string{"AAAAA", "1715943329", "1590219412"}, "cc0c594499c1634947d5b502f158ee518947db27"},
		{"three letters", []string{"a", "b", "c"}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"two parts", []string{"123", "345"}, "9f537aeb751ec72605f57f94a2f6dc3e3958e1dd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Sign(tc.parts...); got != tc.want {
				t.Errorf("Sign = %s, want %s", got, tc.want)
			}
			var four [4]string
			copy(four[:], tc.parts)
			if got := sign(four); string(got[:]) != tc.want {
				t.Errorf("sign = %s, want %s", got, tc.want)
			}
		})
	}
}

func TestPublishedVectors(t *testing.T) {
	if len(vectors) != 5 {
		t.Fatalf("%d vectors, want 5", len(vectors))
	}
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			k := mustKey(t, v.key)
			if got := Sign(v.token, v.timestamp, v.nonce, v.encrypt); got != v.msgSignature {
				t.Errorf("signature = %s, want %s", got, v.msgSignature)
			}
			msg, appid, err := k.Decrypt(v.encrypt)
			if err != nil || string(msg) != v.plain || appid != v.appid {
				t.Errorf("Decrypt = %q, %q, %v", msg, appid, err)
			}
			again, err := k.Encrypt(nil, []byte(v.plain), v.appid, strings.NewReader(v.random16))
			if err != nil || string(again) != v.encrypt {
				t.Errorf("Encrypt = %s, %v", again, err)
			}
			a := &Account{AppID: v.appid, Token: v.token, Key: k, Mode: Safe}
			ts, _ := strconv.ParseInt(v.timestamp, 10, 64)
			q := Query{Timestamp: v.timestamp, Nonce: v.nonce, EncryptType: "aes", MsgSignature: v.msgSignature}
			in, err := a.Open(q, []byte("<xml><Encrypt><![CDATA["+v.encrypt+"]]></Encrypt></xml>"), time.Unix(ts, 0))
			if !strings.HasPrefix(v.plain, "<xml>") {
				if reasonOf(err) != Malformed {
					t.Errorf("Open of a text that is no document: %v", err)
				}
				return
			}
			if err != nil || in.Raw != v.plain || !in.Encrypted {
				t.Fatalf("Open = %+v, %v", in, err)
			}
			if want := xmlField(t, v.plain, "FromUserName"); in.OpenID != want {
				t.Errorf("OpenID = %q, want %q", in.OpenID, want)
			}
		})
	}
}

// xmlField reads a field with the standard library.
func xmlField(t *testing.T, doc, name string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == name {
			var v string
			if err := d.DecodeElement(&v, &s); err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
}

func TestVerifyURL(t *testing.T) {
	a := &Account{AppID: testAppID, Token: "AAAAA"}
	good := Query{Signature: "f464b24fc39322e44b38aa78f5edd27bd1441696", Timestamp: "1714036504", Nonce: "1514711492", EchoStr: "4375120948345356249"}
	for _, tc := range []struct {
		name   string
		change func(*Account, *Query)
		want   Reason
	}{
		{"the published request is answered, years later too", func(*Account, *Query) {}, 0},
		{"one flipped byte of the signature is refused", func(_ *Account, q *Query) { q.Signature = "0" + q.Signature[1:] }, BadSignature},
		{"an empty signature is refused", func(_ *Account, q *Query) { q.Signature = "" }, BadSignature},
		{"a longer signature is refused", func(_ *Account, q *Query) { q.Signature += "0" }, BadSignature},
		{"another nonce is refused", func(_ *Account, q *Query) { q.Nonce += "1" }, BadSignature},
		{"an account without token takes nothing", func(a *Account, q *Query) {
			a.Token = ""
			q.Signature = Sign("", q.Timestamp, q.Nonce)
		}, BadSignature},
		{"nothing to echo is no check", func(_ *Account, q *Query) { q.EchoStr = "" }, Malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			account, q := *a, good
			tc.change(&account, &q)
			for range 2 { // WeChat asks again whenever the settings are saved
				echo, err := account.VerifyURL(q)
				if reasonOf(err) != tc.want || (err == nil) != (tc.want == 0) {
					t.Fatalf("err = %v, want %v", err, tc.want)
				}
				if err == nil && echo != good.EchoStr {
					t.Errorf("echo = %q", echo)
				}
			}
		})
	}
}

func TestParseQueryAgreesWithURLParseQuery(t *testing.T) {
	for _, raw := range []string{
		"signature=a&timestamp=1&nonce=2&openid=o-x&encrypt_type=aes&msg_signature=b",
		"echostr=a%2Bb+c&signature=%61&x=y&&=&nonce",
		"nonce=1&nonce=2",
		"",
	} {
		v, _ := url.ParseQuery(raw)
		want := Query{v.Get("signature"), v.Get("timestamp"), v.Get("nonce"), v.Get("echostr"), v.Get("encrypt_type"), v.Get("msg_signature"), v.Get("openid")}
		if got := ParseQuery(raw); got != want {
			t.Errorf("%q: %+v, want %+v", raw, got, want)
		}
	}
}

func TestWhichCallbacksAreOpened(t *testing.T) {
	key := mustKey(t, testKey)
	doc := textXML("你好")
	plain := func(now time.Time) (Query, []byte) { return plainQuery(now), []byte(doc) }
	secret := func(now time.Time) (Query, []byte) { return sealed(t, key, testAppID, doc, now) }
	type request func(time.Time) (Query, []byte)
	with := func(r request, change func(*Query, *[]byte)) request {
		return func(now time.Time) (Query, []byte) {
			q, b := r(now)
			change(&q, &b)
			return q, b
		}
	}
	off := func(r request, d time.Duration) request {
		return func(now time.Time) (Query, []byte) { return r(now.Add(d)) }
	}
	cipherOf := func(plaintext []byte) request {
		return func(now time.Time) (Query, []byte) {
			b := bytes.Clone(plaintext)
			cipher.NewCBCEncrypter(key.block, key.iv[:]).CryptBlocks(b, b)
			return envelopeFor(base64.StdEncoding.EncodeToString(b), now)
		}
	}
	raw := func(size uint32, msg, id string, padding byte, pads int) []byte {
		b := make([]byte, 16)
		b = binary.BigEndian.AppendUint32(b, size)
		b = append(append(b, msg...), id...)
		return append(b, bytes.Repeat([]byte{padding}, pads)...)
	}
	fill := strings.Repeat("x", 64-20-len(testAppID)-1) // one byte of room in 64

	for _, tc := range []struct {
		name string
		mode Mode
		req  request
		want Reason
	}{
		{"plain mode takes a plain body", Plain, plain, 0},
		{"plain mode takes an encrypted body that its key opens", Plain, secret, 0},
		{"compatible mode takes a plain body", Compatible, plain, 0},
		{"compatible mode takes an encrypted body", Compatible, secret, 0},
		{"compatible mode reads the encrypted part where there are both", Compatible, with(secret, func(_ *Query, b *[]byte) {
			*b = []byte(strings.Replace(string(*b), "<xml>", "<xml><FromUserName>forged</FromUserName><Content>forged</Content>", 1))
		}), 0},
		{"compatible mode does not fall back to the readable part", Compatible, with(secret, func(q *Query, _ *[]byte) { q.MsgSignature = q.Signature }), BadSignature},
		{"safe mode takes an encrypted body", Safe, secret, 0},
		{"safe mode refuses a plain body", Safe, plain, Unencrypted},
		{"safe mode refuses a plain body that says it is encrypted", Safe, with(plain, func(q *Query, _ *[]byte) { q.EncryptType = "aes" }), Malformed},
		{"safe mode refuses encrypt_type=raw", Safe, with(plain, func(q *Query, _ *[]byte) { q.EncryptType = "raw" }), Unencrypted},
		{"safe mode refuses an encrypted body whose query does not say so", Safe, with(secret, func(q *Query, _ *[]byte) { q.EncryptType = "" }), Unencrypted},
		{"an unknown encrypt_type is refused", Safe, with(secret, func(q *Query, _ *[]byte) { q.EncryptType = "AES" }), Malformed},
		{"an encrypted body needs msg_signature, the signature of three parts is not enough", Safe, with(secret, func(q *Query, _ *[]byte) { q.MsgSignature = "" }), BadSignature},
		{"a flipped byte of msg_signature is refused", Safe, with(secret, func(q *Query, _ *[]byte) {
			q.MsgSignature = flip(q.MsgSignature)
		}), BadSignature},
		{"a flipped byte of signature is refused", Plain, with(plain, func(q *Query, _ *[]byte) { q.Signature = flip(q.Signature) }), BadSignature},
		{"an upper-case signature is refused", Plain, with(plain, func(q *Query, _ *[]byte) { q.Signature = strings.ToUpper(q.Signature) }), BadSignature},
		{"another body under a good msg_signature is refused", Safe, with(secret, func(_ *Query, b *[]byte) {
			_, *b = sealed(t, key, testAppID, textXML("bad"), testNow)
		}), BadSignature},
		{"300 s old is fresh", Safe, off(secret, -300*time.Second), 0},
		{"301 s old is stale", Safe, off(secret, -301*time.Second), Stale},
		{"300 s ahead is fresh", Plain, off(plain, 300*time.Second), 0},
		{"301 s ahead is stale", Plain, off(plain, 301*time.Second), Stale},
		{"a timestamp that is no number is refused", Plain, with(plain, func(q *Query, _ *[]byte) {
			q.Timestamp = "soon"
			q.Signature = Sign(testToken, "soon", q.Nonce)
		}), Malformed},
		{"a timestamp beyond any calendar is refused", Plain, with(plain, func(q *Query, _ *[]byte) {
			q.Timestamp = "9223372036854775807"
			q.Signature = Sign(testToken, q.Timestamp, q.Nonce)
		}), Malformed},
		{"another account's message is refused", Safe, func(now time.Time) (Query, []byte) { return sealed(t, key, "wxother", doc, now) }, Foreign},
		{"an appid that only begins like ours is refused", Safe, func(now time.Time) (Query, []byte) { return sealed(t, key, testAppID+"1", doc, now) }, Foreign},
		{"another key's message is refused", Safe, func(now time.Time) (Query, []byte) {
			return sealed(t, mustKey(t, otherKey), testAppID, doc, now)
		}, Undecryptable},
		{"ciphertext of broken length is refused", Safe, func(now time.Time) (Query, []byte) {
			return envelopeFor(base64.StdEncoding.EncodeToString(make([]byte, 40)), now)
		}, Undecryptable},
		{"base64 garbage is refused", Safe, func(now time.Time) (Query, []byte) { return envelopeFor("!!!!", now) }, Undecryptable},
		{"a pad of one byte is a pad", Safe, cipherOf(raw(uint32(len(fill)), fill, testAppID, 1, 1)), Malformed},
		{"a pad of 0 is refused", Safe, cipherOf(raw(uint32(len(fill)), fill, testAppID, 0, 1)), Undecryptable},
		{"a pad of 33 is refused", Safe, cipherOf(raw(uint32(len(fill)), fill, testAppID, 33, 33+16-(20+len(fill)+len(testAppID)+33)%16)), Undecryptable},
		{"a pad of unequal bytes is refused", Safe, cipherOf(raw(uint32(len(fill)), fill, testAppID, 2, 1)), Undecryptable},
		{"a length beyond the end is refused", Safe, cipherOf(raw(1<<31, fill, testAppID, 1, 1)), Undecryptable},
		{"a length that swallows the appid is refused", Safe, cipherOf(raw(uint32(len(fill)+1), fill, testAppID, 1, 1)), Foreign},
		{"two Encrypts are refused", Safe, with(secret, func(_ *Query, b *[]byte) {
			*b = []byte(strings.Replace(string(*b), "</xml>", "<Encrypt>AAAA</Encrypt></xml>", 1))
		}), Malformed},
		{"an empty Encrypt is refused", Safe, func(now time.Time) (Query, []byte) { return envelopeFor("", now) }, Malformed},
		{"an Encrypt that is not at the top does not count", Safe, with(secret, func(_ *Query, b *[]byte) {
			*b = []byte(strings.NewReplacer("<Encrypt>", "<a><Encrypt>", "</Encrypt>", "</Encrypt></a>").Replace(string(*b)))
		}), Malformed},
		{"a DOCTYPE around is refused", Safe, with(secret, func(_ *Query, b *[]byte) { *b = append([]byte("<!DOCTYPE x>"), *b...) }), Malformed},
		{"a DOCTYPE inside is refused", Safe, func(now time.Time) (Query, []byte) {
			return sealed(t, key, testAppID, `<!DOCTYPE x [<!ENTITY a "b">]>`+doc, now)
		}, Malformed},
		{"1 MB is read", Plain, with(plain, func(_ *Query, b *[]byte) { *b = append(*b, bytes.Repeat([]byte{' '}, MaxBody-len(*b))...) }), 0},
		{"more is not", Plain, with(plain, func(_ *Query, b *[]byte) { *b = append(*b, bytes.Repeat([]byte{' '}, MaxBody+1-len(*b))...) }), TooLarge},
		{"an empty body is refused", Plain, with(plain, func(_ *Query, b *[]byte) { *b = nil }), Malformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, body := tc.req(testNow)
			before := bytes.Clone(body)
			in, err := testAccount(t, tc.mode).Open(q, body, testNow)
			if reasonOf(err) != tc.want || (err == nil) != (tc.want == 0) {
				t.Fatalf("err = %v (%v), want %v", err, reasonOf(err), tc.want)
			}
			if !bytes.Equal(before, body) {
				t.Error("Open changed the body")
			}
			if err != nil {
				for _, secret := range []string{testToken, testKey, "你好", testOpenID} {
					if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
						t.Errorf("%v tells %q", err, secret)
					}
				}
				return
			}
			if in.Content != "你好" || in.OpenID != testOpenID || in.Encrypted != (q.EncryptType == "aes") {
				t.Errorf("in = %+v", in)
			}
		})
	}
}

func flip(s string) string {
	if s[0] == '0' {
		return "1" + s[1:]
	}
	return "0" + s[1:]
}

func TestPlainAccountWithoutKeyCannotOpenAnEncryptedBody(t *testing.T) {
	q, body := sealed(t, mustKey(t, testKey), testAppID, textXML("x"), testNow)
	a := &Account{AppID: testAppID, Token: testToken}
	if _, err := a.Open(q, body, testNow); reasonOf(err) != Undecryptable {
		t.Errorf("err = %v", err)
	}
}

func TestPadOf32WhenAlreadyAligned(t *testing.T) {
	k := mustKey(t, testKey)
	msg := strings.Repeat("x", 64-20-len(testAppID))
	e, err := k.Encrypt([]byte("dst:"), []byte(msg), testAppID, nil)
	if err != nil || !bytes.HasPrefix(e, []byte("dst:")) {
		t.Fatal(string(e), err)
	}
	b, _ := base64.StdEncoding.DecodeString(string(e[4:]))
	if len(b) != 96 {
		t.Errorf("%d bytes, want 96: a full block of padding", len(b))
	}
	if got, id, err := k.Decrypt(string(e[4:])); string(got) != msg || id != testAppID || err != nil {
		t.Errorf("Decrypt = %q %q %v", got, id, err)
	}
}

func TestPreviousKeyOpensAndItsReplyUsesItToo(t *testing.T) {
	old, fresh := mustKey(t, testKey), mustKey(t, otherKey)
	a := &Account{AppID: testAppID, Token: testToken, Key: fresh, PreviousKey: &old, Mode: Safe}
	for _, k := range []Key{old, fresh} {
		q, body := sealed(t, k, testAppID, textXML("x"), testNow)
		in, err := a.Open(q, body, testNow)
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := a.Seal(in, TextReply{"y"}, testNow, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := k.Decrypt(xmlField(t, string(out), "Encrypt")); err != nil {
			t.Errorf("the reply is not in the key of the request: %v", err)
		}
	}
	q, body := sealed(t, old, "wxother", textXML("x"), testNow)
	if _, err := a.Open(q, body, testNow); err == nil {
		t.Error("the previous key opens a foreign message")
	}
}

func TestKeysAndAccountsDoNotPrintThemselves(t *testing.T) {
	k := mustKey(t, testKey)
	a := Account{AppID: testAppID, Token: testToken, Key: k, PreviousKey: &k}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", k, "account", a, "pointer", &a)
	js, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	said := log.String() + string(js)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		said += fmt.Sprintf(verb+verb+verb, k, a, &a)
	}
	raw, _ := base64.StdEncoding.DecodeString(testKey + "=")
	for _, secret := range []string{testToken, testKey, string(raw), fmt.Sprintf("%x", raw), "105 183"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q is in %s", secret, said)
		}
	}
	if !strings.Contains(said, testAppID) {
		t.Error("the appid may be told, and is not")
	}
}

func TestParseKey(t *testing.T) {
	for _, bad := range []string{"", testKey[1:], testKey + "a", strings.Repeat("!", 43), testKey[:42] + "=", testKey[:42] + "\n"} {
		if _, err := ParseKey(bad); err == nil || strings.Contains(err.Error(), testKey[1:]) {
			t.Errorf("ParseKey(%q): %v", bad, err)
		}
	}
	if _, err := (Key{}).Encrypt(nil, nil, "", nil); err == nil {
		t.Error("no key encrypts")
	}
}

func TestModes(t *testing.T) {
	for _, m := range []Mode{Plain, Compatible, Safe} {
		if got, err := ParseMode(m.String()); got != m || err != nil {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("Safe"); err == nil {
		t.Error("Safe is not a mode's name")
	}
}

func TestSeal(t *testing.T) {
	jsonDoc := `{"ToUserName":"gh_1","FromUserName":"` + testOpenID + `","CreateTime":1714037059,"MsgType":"text","Content":"x","MsgId":1}`
	const said = "你好 <a href=\"x\">&</a> ]]> ok\nline"
	for _, tc := range []struct {
		name      string
		doc       string
		encrypted bool
		json      bool
	}{
		{"XML in the clear is answered so", textXML("x"), false, false},
		{"encrypted XML is answered so", textXML("x"), true, false},
		{"JSON in the clear is answered so", jsonDoc, false, true},
		{"encrypted JSON is answered so", jsonDoc, true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := testAccount(t, Compatible)
			q, body := plainQuery(testNow), []byte(tc.doc)
			if tc.encrypted {
				q, body = sealed(t, a.Key, testAppID, tc.doc, testNow)
				if tc.json {
					e, _ := envelope(string(body))
					body = []byte(`{"ToUserName":"gh_1","Encrypt":"` + e + `"}`)
				}
			}
			in, err := a.Open(q, body, testNow)
			if err != nil {
				t.Fatal(err)
			}
			out, kind, err := a.Seal(in, TextReply{said}, testNow, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]string{false: typeXML, true: typeJSON}[tc.json]; kind != want {
				t.Errorf("content type = %q", kind)
			}
			doc := string(out)
			if tc.encrypted {
				f := fields(t, doc)
				if Sign(testToken, f["TimeStamp"], f["Nonce"], f["Encrypt"]) != f["MsgSignature"] {
					t.Error("the reply's signature is wrong")
				}
				msg, id, err := a.Key.Decrypt(f["Encrypt"])
				if err != nil || id != testAppID {
					t.Fatal(id, err)
				}
				doc = string(msg)
			}
			want := map[string]string{"ToUserName": testOpenID, "FromUserName": "gh_1", "CreateTime": "1714037059", "MsgType": "text", "Content": said}
			if got := fields(t, doc); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("reply = %v, want %v", got, want)
			}
			if tc.json {
				if !json.Valid(out) || strings.Contains(doc, `\u003c`) || !strings.Contains(doc, `"CreateTime":1714037059`) {
					t.Errorf("JSON = %s", doc)
				}
			} else if err := xml.Unmarshal(out, new(struct{})); err != nil {
				t.Error(err)
			}
		})
	}
}

// fields reads the top of a document, XML or JSON.
func fields(t *testing.T, doc string) map[string]string {
	t.Helper()
	m := map[string]string{}
	if err := scan(doc, func(f field) error {
		if f.depth == 2 {
			m[f.name] = f.value
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWhatIsNotAReply(t *testing.T) {
	in := &Inbound{OpenID: testOpenID, ToUser: "gh_1", Encrypted: true}
	a := testAccount(t, Safe)
	if out, kind, err := a.Seal(in, nil, testNow, nil); string(out) != "success" || kind != typeText || err != nil {
		t.Errorf("nothing to say: %q %q %v", out, kind, err)
	}
	for name, r := range map[string]Reply{"empty": TextReply{}, "only control characters": TextReply{"\x00\x08"}, "no picture": ImageReply{}} {
		if _, _, err := a.Seal(in, r, testNow, nil); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	if _, _, err := a.Seal(in, TextReply{strings.Repeat("好", 683)}, testNow, nil); !errors.Is(err, ErrReplyTooLong) {
		t.Errorf("2049 bytes: %v", err)
	}
	if out, _, err := a.Seal(&Inbound{}, ImageReply{"m"}, testNow, nil); err != nil ||
		!strings.HasSuffix(string(out), "<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[m]]></MediaId></Image></xml>") {
		t.Errorf("image: %s %v", out, err)
	}
}
