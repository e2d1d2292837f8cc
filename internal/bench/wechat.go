package bench

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"runtime"
	"time"

	"weir/internal/wechat"
	"weir/internal/wechat/simulator"
)

// WeChat measures the protocol alone, on one processor: what a callback costs to decrypt and to read, and its answer to encrypt. Each stands
// beside what the standard library needs for its part in the same run: AES and base64 alone, and encoding/xml.
type WeChat struct {
	Round  time.Duration // of each, by turns with its baseline
	Rounds int
	Out    io.Writer
}

const (
	benchKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	benchAppID = "wx4a14a2375e93cb7b"
	benchText  = "你好，请问这个多少钱？"
)

// a task is one thing done once.
type task func() error

// Run measures and prints.
func (o WeChat) Run(ctx context.Context) error {
	w, err := newWire()
	if err != nil {
		return err
	}
	var rows []row
	for _, m := range []struct {
		what, baseline string
		weir, plain    task
	}{
		{"decrypt a callback's cipher text", "AES-CBC and base64 alone", w.decrypt, w.bareDecrypt},
		{"parse a document (verified, plain mode)", "encoding/xml alone", w.parse, w.bareParse},
		{"open a callback (verify, decrypt, parse)", "AES, base64 and encoding/xml twice", w.open, w.bareOpen},
		{"encrypt an answer (and sign it)", "AES-CBC and base64 alone", w.seal, w.bareEncrypt},
	} {
		ours, theirs, err := o.byTurns(ctx, m.weir, m.plain)
		if err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		rows = append(rows, row{m.what, ours.String(), theirs.String() + " (" + m.baseline + ")", "", ""})
	}
	write(o.Out, rows)
	return nil
}

// cost is what a task costs.
type cost struct{ perSecond, allocs float64 }

func (c cost) String() string { return fmt.Sprintf("%.0f/s, %.0f allocs", c.perSecond, c.allocs) }

// byTurns measures two tasks in rounds, so that what else the machine does hits both; of each the middle round counts.
func (o WeChat) byTurns(ctx context.Context, a, b task) (ours, theirs cost, err error) {
	var speed, allocs [2][]float64
	for range o.Rounds {
		for i, t := range []task{a, b} {
			c, err := measure(ctx, o.Round, t)
			if err != nil {
				return ours, theirs, err
			}
			speed[i], allocs[i] = append(speed[i], c.perSecond), append(allocs[i], c.allocs)
		}
	}
	return cost{median(speed[0]), median(allocs[0])}, cost{median(speed[1]), median(allocs[1])}, nil
}

func measure(ctx context.Context, d time.Duration, t task) (cost, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, began := 0, time.Now()
	for time.Since(began) < d && ctx.Err() == nil {
		for range 64 {
			if err := t(); err != nil {
				return cost{}, err
			}
		}
		n += 64
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return cost{float64(n) / took.Seconds(), float64(after.Mallocs-before.Mallocs) / float64(n)}, ctx.Err()
}

// wire is one callback, in every shape that is measured.
type wire struct {
	now         time.Time
	safe, plain *wechat.Account
	query       string
	body        []byte
	plainQuery  string
	document    []byte
	encrypt     string
	block       cipher.Block
	iv          []byte
	in          *wechat.Inbound
}

func newWire() (*wire, error) {
	key, err := wechat.ParseKey(benchKey)
	if err != nil {
		return nil, err
	}
	w := &wire{now: time.Now().Truncate(time.Second)}
	w.safe = &wechat.Account{AppID: benchAppID, Token: "pamtest", Key: key, Mode: wechat.Safe}
	w.plain = &wechat.Account{AppID: benchAppID, Token: "pamtest", Mode: wechat.Plain}
	for mode, into := range map[simulator.Mode]func(*simulator.Callback){
		simulator.Safe:  func(c *simulator.Callback) { w.query, w.body = string(c.Query), bytes.Clone(c.Body) },
		simulator.Plain: func(c *simulator.Callback) { w.plainQuery, w.document = string(c.Query), bytes.Clone(c.Body) },
	} {
		s, err := simulator.NewSigner(simulator.Account{AppID: benchAppID, Token: "pamtest", AESKey: benchKey, Mode: mode, Format: simulator.XML, GhID: "gh_bench"})
		if err != nil {
			return nil, err
		}
		var c simulator.Callback
		s.Text(&c, "oyeC-wH2XKLJo94TOoBpnCeEAMeQ", benchText, 6054768590064713728, w.now)
		into(&c)
	}
	var outer struct{ Encrypt string }
	if err := xml.Unmarshal(w.body, &outer); err != nil {
		return nil, err
	}
	w.encrypt = outer.Encrypt
	raw, err := base64.StdEncoding.DecodeString(benchKey + "=")
	if err != nil {
		return nil, err
	}
	w.iv = raw[:aes.BlockSize]
	if w.block, err = aes.NewCipher(raw); err != nil {
		return nil, err
	}
	w.in, err = w.safe.Open(wechat.ParseQuery(w.query), w.body, w.now)
	return w, err
}

func (w *wire) decrypt() error {
	_, _, err := w.safe.Key.Decrypt(w.encrypt)
	return err
}

func (w *wire) parse() error {
	_, err := w.plain.Open(wechat.ParseQuery(w.plainQuery), w.document, w.now)
	return err
}

func (w *wire) open() error {
	_, err := w.safe.Open(wechat.ParseQuery(w.query), w.body, w.now)
	return err
}

func (w *wire) seal() error {
	_, _, err := w.safe.Seal(w.in, wechat.TextReply{Text: benchText}, w.now, nil)
	return err
}

func (w *wire) bareDecrypt() error {
	text, err := base64.StdEncoding.DecodeString(w.encrypt)
	if err != nil {
		return err
	}
	cipher.NewCBCDecrypter(w.block, w.iv).CryptBlocks(text, text)
	return nil
}

// bareMessage is what a text message has, as it is written with encoding/xml.
type bareMessage struct {
	ToUserName, FromUserName, MsgType, Content, Event, EventKey, MediaId, PicUrl string
	CreateTime, MsgId                                                            int64
}

func (w *wire) bareParse() error {
	var m bareMessage
	return xml.Unmarshal(w.document, &m)
}

func (w *wire) bareOpen() error {
	var outer struct{ ToUserName, Encrypt string }
	if err := xml.Unmarshal(w.body, &outer); err != nil {
		return err
	}
	if err := w.bareDecrypt(); err != nil {
		return err
	}
	return w.bareParse()
}

func (w *wire) bareEncrypt() error {
	text := make([]byte, 16+4+len(benchText)+len(benchAppID)+160, 512) // about as long as the answer
	if _, err := rand.Read(text[:16]); err != nil {
		return err
	}
	text = text[:len(text)/32*32]
	cipher.NewCBCEncrypter(w.block, w.iv).CryptBlocks(text, text)
	_ = base64.StdEncoding.EncodeToString(text)
	return nil
}
