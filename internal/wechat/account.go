package wechat

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// MaxBody is the largest callback body that is read, in bytes.
	MaxBody = 1 << 20
	// MaxSkew is how far a callback's timestamp may be from this server's clock, either way.
	MaxSkew = 300 * time.Second
	// maxAhead is how far a CreateTime may lie ahead of this server's clock. It is part of the key under which a message is kept,
	// and one years ahead would stay there.
	maxAhead = 24 * time.Hour
)

// Mode is how an account's server configuration asks for callbacks.
type Mode uint8

const (
	Plain      Mode = iota // 明文: readable, and nothing binds the body to its signature
	Compatible             // 兼容: readable and encrypted side by side
	Safe                   // 安全: encrypted only; recommended
)

var modes = [...]string{Plain: "plain", Compatible: "compatible", Safe: "safe"}

// ParseMode reads "plain", "compatible" or "safe".
func ParseMode(s string) (Mode, error) {
	for m, name := range modes {
		if s == name {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("mode %q: want plain, compatible or safe", s)
}

func (m Mode) String() string {
	if int(m) < len(modes) {
		return modes[m]
	}
	return "mode(" + strconv.Itoa(int(m)) + ")"
}

// Account is what is needed to read and answer the callbacks of one Official Account. For a third-party platform the three
// are the component's. It is not changed by its methods and may be used by many goroutines.
type Account struct {
	AppID       string
	Token       string `json:"-"`
	Key         Key    `json:"-"` // zero where none is set
	PreviousKey *Key   `json:"-"` // while the key is being changed, WeChat may still use the one before
	Mode        Mode
}

// Format keeps the token out of every verb of fmt.
func (a Account) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "account %s (%s)", a.AppID, a.Mode)
}

// LogValue keeps the token out of logs.
func (a Account) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(a)) }

// Query is what WeChat puts into the callback's URL. Only what a signature covers can be believed: OpenID is a hint.
type Query struct {
	Signature, Timestamp, Nonce, EchoStr, EncryptType, MsgSignature, OpenID string
}

// ParseQuery reads a callback's raw query (http.Request.URL.RawQuery). Of a repeated parameter the first counts; a part that
// cannot be unescaped is left out, so that its signature fails.
func ParseQuery(raw string) Query {
	var q Query
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		p := q.field(name)
		if p == nil || *p != "" {
			continue
		}
		if s, err := url.QueryUnescape(value); err == nil {
			*p = s
		}
	}
	return q
}

func (q *Query) field(name string) *string {
	switch name {
	case "signature":
		return &q.Signature
	case "timestamp":
		return &q.Timestamp
	case "nonce":
		return &q.Nonce
	case "echostr":
		return &q.EchoStr
	case "encrypt_type":
		return &q.EncryptType
	case "msg_signature":
		return &q.MsgSignature
	case "openid":
		return &q.OpenID
	}
	return nil
}

// VerifyURL answers WeChat's GET when an administrator saves the server configuration: echo is the whole body of the answer,
// to be sent as text/plain, because nothing signs it. WeChat repeats the check whenever it likes and an answer reveals and
// changes nothing, so there is no window of time and no replay. For an Official Account echostr is never encrypted.
func (a *Account) VerifyURL(q Query) (echo string, err error) {
	if !a.signed(q.Signature, q, "") {
		return "", &CallbackError{Reason: BadSignature}
	}
	if q.EchoStr == "" {
		return "", &CallbackError{Reason: Malformed, Authentic: true, Detail: "echostr is missing"}
	}
	return q.EchoStr, nil
}

// Open verifies, decrypts and parses one callback. Any error is a *CallbackError. The Inbound shares no memory with body.
//
// An encrypted callback is accepted in every mode if the key is known, because it proves more than a plain one; a plain one is
// refused in safe mode, where anyone who saw one signature could otherwise write any text under it.
//
// Open remembers nothing: WeChat may repeat a callback with the same timestamp and nonce, and the repeat must be answered like
// the first. Telling repeats apart is for Inbound.Key.
func (a *Account) Open(q Query, body []byte, now time.Time) (*Inbound, error) {
	if len(body) > MaxBody {
		return nil, &CallbackError{Reason: TooLarge}
	}
	var in *Inbound
	var err error
	switch q.EncryptType {
	case "aes":
		in, err = a.openEncrypted(q, body, now)
	case "", "raw":
		in, err = a.openPlain(q, body, now)
	default:
		err = &CallbackError{Reason: Malformed, Detail: "encrypt_type is neither aes nor raw"}
	}
	if err != nil {
		return nil, err
	}
	if in.CreatedAt.After(now.Add(maxAhead)) {
		return nil, &CallbackError{Reason: Malformed, Authentic: in.Encrypted, Detail: "CreateTime lies ahead: " + in.CreatedAt.Format(time.RFC3339)}
	}
	return in, nil
}

func (a *Account) openPlain(q Query, body []byte, now time.Time) (*Inbound, error) {
	if !a.signed(q.Signature, q, "") {
		return nil, &CallbackError{Reason: BadSignature}
	}
	if a.Mode == Safe {
		return nil, &CallbackError{Reason: Unencrypted}
	}
	if err := fresh(q.Timestamp, now); err != nil {
		return nil, err
	}
	return parse(clean(string(body)))
}

func (a *Account) openEncrypted(q Query, body []byte, now time.Time) (*Inbound, error) {
	u, err := a.unwrap(q, body, now)
	if err != nil {
		return nil, err
	}
	in, err := parse(u.doc)
	if err != nil {
		return nil, err
	}
	in.Encrypted, in.JSON, in.previousKey = true, u.json, u.previous
	return in, nil
}

// unwrapped is an encrypted body's document.
type unwrapped struct {
	doc            string // clean
	json, previous bool   // the envelope was JSON; the previous key opened it
}

func (a *Account) unwrap(q Query, body []byte, now time.Time) (u unwrapped, err error) {
	outer := clean(string(body))
	encrypted, err := envelope(outer)
	if err != nil {
		return u, &CallbackError{Reason: Malformed, Detail: err.Error()}
	}
	if !a.signed(q.MsgSignature, q, encrypted) {
		return u, &CallbackError{Reason: BadSignature}
	}
	if err := fresh(q.Timestamp, now); err != nil {
		return u, err
	}
	u.json = isJSON(outer)
	u.doc, u.previous, err = a.decrypt(encrypted)
	return u, err
}

// decrypt tries the current key and then the previous one.
func (a *Account) decrypt(encrypted string) (doc string, previous bool, err error) {
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = growTo(*buf, len(encrypted))
	doc, err = a.decryptWith(a.Key, *buf, encrypted)
	if err == nil {
		return doc, false, nil
	}
	if a.PreviousKey != nil {
		if doc, err := a.decryptWith(*a.PreviousKey, *buf, encrypted); err == nil {
			return doc, true, nil
		}
	}
	reason := Undecryptable
	if errors.Is(err, errForeign) {
		reason = Foreign
	}
	return "", false, &CallbackError{Reason: reason, Authentic: true, Detail: err.Error()}
}

func (a *Account) decryptWith(k Key, buf []byte, encrypted string) (string, error) {
	msg, id, err := k.decrypt(buf, encrypted)
	if err != nil {
		return "", err
	}
	if string(id) != a.AppID {
		return "", errForeign
	}
	return clean(string(msg)), nil
}

// signed compares in constant time; encrypted is "" for the signature of three parts.
func (a *Account) signed(given string, q Query, encrypted string) bool {
	want := sign([4]string{a.Token, q.Timestamp, q.Nonce, encrypted})
	return a.Token != "" && subtle.ConstantTimeCompare(want[:], []byte(given)) == 1
}

func fresh(timestamp string, now time.Time) error {
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || sec < 0 || sec > maxUnix {
		return &CallbackError{Reason: Malformed, Authentic: true, Detail: "timestamp is not Unix seconds"}
	}
	if skew := now.Sub(time.Unix(sec, 0)); skew.Abs() > MaxSkew {
		return &CallbackError{Reason: Stale, Authentic: true, Detail: "off by " + skew.Round(time.Second).String()}
	}
	return nil
}

// envelope finds the one Encrypt of a body; encrypted bodies of compatible mode carry readable fields too, which nothing signs
// and nobody reads.
func envelope(doc string) (encrypted string, err error) {
	found := 0
	err = scan(doc, func(f field) error {
		if f.depth == 2 && f.name == "Encrypt" {
			encrypted = strings.TrimSpace(f.value)
			found++
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case found > 1:
		return "", errors.New("more than one Encrypt")
	case encrypted == "":
		return "", errors.New("Encrypt is missing or empty")
	}
	return encrypted, nil
}

func growTo(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, 0, n)
	}
	return b
}

// Reason is why a callback was refused.
type Reason uint8

const (
	BadSignature  Reason = iota + 1 // not from WeChat, or the token differs
	Stale                           // signed too long ago, or a clock is wrong
	Unencrypted                     // a readable body for an account in safe mode
	Undecryptable                   // neither the key nor the previous one opens it
	Foreign                         // encrypted for another appid
	Malformed                       // not a document WeChat writes
	TooLarge                        // more than MaxBody
)

var reasons = [...]struct{ label, text string }{
	BadSignature:  {"bad_signature", "the signature is wrong: compare the Token here with the one in the account's basic configuration page"},
	Stale:         {"stale", "the callback was signed more than 5 minutes from now: check this server's clock"},
	Unencrypted:   {"unencrypted", "the account is in safe mode here and the body is readable: set both sides to the same mode"},
	Undecryptable: {"undecryptable", "the body cannot be decrypted: compare the EncodingAESKey here with the one in the account's basic configuration page"},
	Foreign:       {"foreign", "the message was encrypted for another appid: compare the AppID and the callback URL"},
	Malformed:     {"malformed", "the body is not a document of WeChat's"},
	TooLarge:      {"too_large", "the body is larger than 1 MB"},
}

// String is a stable label, fit for a metric.
func (r Reason) String() string {
	if int(r) < len(reasons) && r != 0 {
		return reasons[r].label
	}
	return "unknown"
}

// CallbackError says why a callback was refused and what to do about it. It never holds a secret or a customer's words.
type CallbackError struct {
	Reason Reason
	// Authentic: the signature was right, so this came from WeChat (or through the hands of someone who saw it): answering
	// with an error makes WeChat repeat the same thing, tell the customer that the service is unavailable and, after about 30,
	// stop calling for a minute.
	Authentic bool
	Detail    string
}

func (e *CallbackError) Error() string {
	s := "callback refused"
	if e.Reason != 0 && int(e.Reason) < len(reasons) {
		s = reasons[e.Reason].text
	}
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s
}
