package simulator

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"image/jpeg"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"rsc.io/qr"
)

// Limits of qrcode/create (WECHAT.md, 6.2). WeChat's word for the life of a code that names none is "short": one minute.
const (
	maxCodeLife   = 2_592_000 // seconds
	shortCodeLife = 60
	maxScene      = 64 // characters of a scene_str
	maxPermanent  = 100_000
	maxTemporary  = 20_000 // temporary ones kept of an account; the oldest are forgotten, as if they had ended
	codesShown    = 20     // on the page: the newest
)

// Code is a parametric QR code of an account.
type Code struct {
	Ticket    string    `json:"ticket"`
	Scene     string    `json:"scene"`
	Permanent bool      `json:"permanent"`
	Until     time.Time `json:"until,omitzero"` // of a temporary one
}

// address is what the picture says.
func (c Code) address() string { return "http://weixin.qq.com/q/" + c.Ticket[len(c.Ticket)-22:] }

func (c Code) alive(now time.Time) bool { return c.Permanent || now.Before(c.Until) }

// POST /cgi-bin/qrcode/create. A permanent code is the same for the same scene; a temporary one is new each time, and those made before for
// its scene go on living.
func (c *call) codeCreate() (any, *failure) {
	var ask struct {
		Seconds *int64 `json:"expire_seconds"`
		Action  string `json:"action_name"`
		Info    struct {
			Scene struct {
				ID   *int64  `json:"scene_id"`
				Text *string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	var code Code
	var wrong *failure
	switch ask.Action {
	case "QR_SCENE", "QR_LIMIT_SCENE":
		code.Permanent = ask.Action == "QR_LIMIT_SCENE"
		code.Scene, wrong = sceneNumber(ask.Info.Scene.ID, code.Permanent)
	case "QR_STR_SCENE", "QR_LIMIT_STR_SCENE":
		code.Permanent = ask.Action == "QR_LIMIT_STR_SCENE"
		code.Scene, wrong = sceneText(ask.Info.Scene.Text)
	default:
		wrong = failed(40052)
	}
	if wrong != nil {
		return nil, wrong
	}
	c.entry.Content = code.Scene
	seconds := int64(shortCodeLife)
	if ask.Seconds != nil {
		seconds = min(max(*ask.Seconds, 1), maxCodeLife)
	}
	code.Until = c.config.Now().Add(time.Duration(seconds) * time.Second)
	if code.Permanent {
		code.Until = time.Time{}
	}
	if code, wrong = c.account.keepCode(code); wrong != nil {
		return nil, wrong
	}
	c.ring()
	answer := map[string]any{"ticket": code.Ticket, "url": code.address()}
	if !code.Permanent {
		answer["expire_seconds"] = seconds
	}
	return answer, nil
}

// sceneNumber: 32 bits and not 0; of a permanent code, 1 to 100,000.
func sceneNumber(n *int64, permanent bool) (string, *failure) {
	if n == nil || *n <= 0 || *n > 1<<32-1 || permanent && *n > maxPermanent {
		return "", failed(40053)
	}
	return strconv.FormatInt(*n, 10), nil
}

func sceneText(s *string) (string, *failure) {
	if s == nil || *s == "" || utf8.RuneCountInString(*s) > maxScene {
		return "", failed(40053)
	}
	return *s, nil
}

func (a *account) keepCode(code Code) (Code, *failure) {
	permanent := 0
	for _, c := range a.codes {
		if c.Permanent && code.Permanent && c.Scene == code.Scene {
			return c, nil
		}
		if c.Permanent {
			permanent++
		}
	}
	if code.Permanent && permanent >= maxPermanent {
		return code, failed(45009)
	}
	random := make([]byte, 48)
	rand.Read(random)
	code.Ticket = "gQSIM" + base64.StdEncoding.EncodeToString(random) // with + and /, as WeChat's have: they must be escaped
	a.codes = append(a.codes, code)
	if temporary := len(a.codes) - permanent; temporary > maxTemporary {
		for i, c := range a.codes {
			if !c.Permanent {
				a.codes = append(a.codes[:i], a.codes[i+1:]...)
				break
			}
		}
	}
	return code, nil
}

// code finds a code that is alive by its ticket, or the newest by its scene.
func (a *account) code(ticket, scene string, now time.Time) (Code, bool) {
	for i := len(a.codes) - 1; i >= 0; i-- {
		c := a.codes[i]
		if c.alive(now) && (ticket != "" && c.Ticket == ticket || ticket == "" && c.Scene == scene) {
			return c, true
		}
	}
	return Code{}, false
}

// Codes returns an account's QR codes that can be scanned, oldest first.
func (st State) Codes(appid string) (out []Code) {
	a := st.s.account(appid)
	if a == nil {
		return nil
	}
	for _, c := range a.codes {
		if c.alive(st.s.config.Now()) {
			out = append(out, c)
		}
	}
	return out
}

// ScanTicket has the customer scan the code with this ticket: SCAN from a follower, a follow by it from anyone else. ErrNoCode: there is none,
// or it has ended.
func (s *Simulator) ScanTicket(ctx context.Context, appid, openid, ticket string) (Answer, error) {
	return s.Do(ctx, appid, openid, Act{Kind: ActScan, Ticket: ticket})
}

// scanned completes an act by a code: what is known by its ticket, or by its scene, which need not be a code's.
func (a *account) scanned(act Act, now time.Time) (Act, error) {
	if act.Ticket == "" && act.Scene == "" {
		return act, nil
	}
	code, alive := a.code(act.Ticket, act.Scene, now)
	switch {
	case alive:
		act.Ticket, act.Scene = code.Ticket, code.Scene
	case act.Ticket != "":
		return act, fmt.Errorf("%w: ticket %.20q", ErrNoCode, act.Ticket)
	default:
		act.Ticket = ticket(act.Scene)
	}
	return act, nil
}

// showCode serves GET /cgi-bin/showqrcode: the picture, for whoever has the ticket. WeChat has it at mp.weixin.qq.com.
func (s *Simulator) showCode() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var code Code
		var alive bool
		s.Look(func(st State) {
			for _, a := range st.s.accounts {
				if c, found := a.code(r.URL.Query().Get("ticket"), "", s.config.Now()); found && c.Ticket != "" {
					code, alive = c, true
				}
			}
		})
		if !alive {
			http.NotFound(w, r)
			return
		}
		drawn, err := qr.Encode(code.address(), qr.M)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		drawn.Scale = 10
		var picture bytes.Buffer
		if err := jpeg.Encode(&picture, drawn.Image(), nil); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "image/jpg") // WeChat's own spelling
		w.Write(picture.Bytes())
	})
}
