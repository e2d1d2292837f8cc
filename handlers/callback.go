package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/platform"
	"weir/internal/secret"
	"weir/internal/store"
	"weir/internal/wechat"
)

// answerTime is how long WeChat waits for an answer (WECHAT, section 1.5), less what the way takes.
const answerTime = 4500 * time.Millisecond

// GET /wechat/:appid is WeChat asking, when the settings are saved, whether the URL is ours.
func (h *Handlers) verifyURL(c echo.Context) error {
	a, err := h.accounts.find(c.Request().Context(), door{appid: c.Param("appid")})
	if err != nil {
		return err
	}
	q := wechat.ParseQuery(c.Request().URL.RawQuery)
	echostr, err := a.VerifyURL(q)
	if err != nil {
		if a, err = h.accounts.again(c.Request().Context(), a); err == nil {
			echostr, err = a.VerifyURL(q)
		}
	}
	if err != nil {
		return h.refuseCallback(c, a, err)
	}
	h.noteVerified(a)
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, []byte(echostr))
}

// POST /wechat/:appid takes one message or event. It answers once that is committed.
func (h *Handlers) callback(c echo.Context) error {
	ctx, stop := context.WithTimeout(c.Request().Context(), answerTime)
	defer stop()
	a, err := h.accounts.find(ctx, door{appid: c.Param("appid")})
	if err != nil {
		return err
	}
	return h.take(ctx, c, a)
}

// take takes a callback of an account, or of one that nobody here has.
func (h *Handlers) take(ctx context.Context, c echo.Context, a *account) error {
	began := time.Now()
	body, err := readBody(c, wechat.MaxBody)
	if err != nil {
		h.metrics.callbacks.WithLabelValues("unread").Inc()
		return err
	}
	q := wechat.ParseQuery(c.Request().URL.RawQuery)
	in, err := a.Open(q, body, h.Clock())
	if err != nil {
		if a, err = h.accounts.again(ctx, a); err == nil { // its token or key may just have been changed
			in, err = a.Open(q, body, h.Clock())
		}
	}
	if err != nil {
		return h.refuseCallback(c, a, err)
	}
	if a.company.Zero() {
		return h.takeStrange(c, a, in)
	}
	var said wechat.Reply
	came := arrival(a.company, a.appid, in)
	if !a.paused && in.Event != wechat.EventLocation { // one comes every five seconds while a chat is open
		answer, err := h.Desk.Receive(ctx, came)
		if err != nil {
			h.metrics.callbacks.WithLabelValues("not kept").Inc()
			return err // 5xx: WeChat repeats it
		}
		if answer.Repeat {
			h.metrics.callbacks.WithLabelValues("repeat").Inc()
		}
		said = passive(&answer)
	}
	if !a.paused && came.Event != "" {
		if err := h.Desk.Note(ctx, came, fact(in)); err != nil {
			h.metrics.callbacks.WithLabelValues("not kept").Inc()
			return err
		}
	}
	h.metrics.callbacks.WithLabelValues("taken").Inc()
	h.noteHeard(a, time.Since(began))
	return h.seal(c, a, in, said)
}

// passive is an answer in WeChat's words; nil: nothing is said.
func passive(a *desk.Answer) wechat.Reply {
	switch a.Type {
	case desk.TypeText:
		return wechat.TextReply{Text: a.Text}
	case desk.TypeLink:
		return wechat.NewsReply{Article: wechat.Article{Title: a.Data.Title, Description: a.Data.Description, URL: a.Data.URL, Picture: a.Data.PicURL}}
	case desk.TypeImage:
		return wechat.ImageReply{MediaID: a.Data.MediaID}
	case desk.TypeVoice:
		return wechat.VoiceReply{MediaID: a.Data.MediaID}
	case desk.TypeVideo:
		return wechat.VideoReply{MediaID: a.Data.MediaID, Title: a.Data.Title, Description: a.Data.Description}
	}
	return nil
}

// refuseCallback answers what cannot be believed or read; nothing of it is stored.
func (h *Handlers) refuseCallback(c echo.Context, a *account, err error) error {
	var bad *wechat.CallbackError
	if !errors.As(err, &bad) {
		return err
	}
	h.metrics.callbacks.WithLabelValues(bad.Reason.String()).Inc()
	level := slog.LevelDebug
	if h.noteRefused(a, bad.Reason.String()) {
		level = slog.LevelWarn // not for each of a thousand forged ones
	}
	h.Log.Log(c.Request().Context(), level, "callback refused", "appid", a.appid, "reason", bad.Reason.String(), "detail", bad.Error(), "request", rid(c), "from", c.RealIP())
	return c.String(refusedStatus(bad.Reason), bad.Reason.String()+"\n")
}

func refusedStatus(r wechat.Reason) int {
	switch r {
	case wechat.BadSignature, wechat.Stale, wechat.Foreign:
		return http.StatusForbidden
	case wechat.TooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// arrival is what the desk is told of a callback.
func arrival(company id.ID, appid string, in *wechat.Inbound) *desk.Arrival {
	a := &desk.Arrival{Company: company, AppID: appid, OpenID: in.OpenID, At: in.CreatedAt, Key: in.Key()}
	if in.MsgType == wechat.MsgEvent {
		a.Event, a.EventKey, a.Raw = in.Event, in.EventKey, in.Raw
		return a
	}
	switch in.MsgType {
	case wechat.MsgText:
		a.Type, a.Text, a.Tapped, a.Data = desk.TypeText, in.Content, in.BizMsgMenuID != "", desk.Data{MenuID: in.BizMsgMenuID}
	case wechat.MsgImage:
		a.Type, a.Data = desk.TypeImage, desk.Data{MediaID: in.MediaID, PicURL: in.PicURL}
	case wechat.MsgVoice:
		a.Type, a.Data = desk.TypeVoice, desk.Data{MediaID: in.MediaID, Format: in.Format, HD: in.MediaID16K, Recognition: in.Recognition}
	case wechat.MsgVideo, wechat.MsgShortVideo:
		a.Type, a.Data = desk.TypeVideo, desk.Data{MediaID: in.MediaID, ThumbID: in.ThumbMediaID}
		if in.MsgType == wechat.MsgShortVideo {
			a.Data.Kind = in.MsgType
		}
	case wechat.MsgLocation:
		a.Type, a.Data = desk.TypeLocation, desk.Data{Latitude: in.Latitude, Longitude: in.Longitude, Scale: in.Scale, Label: in.Label}
	case wechat.MsgLink:
		a.Type, a.Data = desk.TypeLink, desk.Data{Title: in.Title, Description: in.Description, URL: in.URL}
	default:
		a.Type, a.Data = desk.TypeOther, desk.Data{Kind: in.MsgType, Raw: strings.ReplaceAll(in.Raw, "\x00", "")}
	}
	if article := in.Other["MsgDataId"]; article != "" {
		a.Data.Article = &desk.Article{MsgDataID: article, Index: in.Other["Idx"]}
	}
	a.Data.BusinessID = in.Other["BusinessId"]
	return a
}

// fact is what the desk is told of an event beside that it happened.
func fact(in *wechat.Inbound) desk.Fact {
	f := desk.Fact{Lat: in.Latitude, Lng: in.Longitude, Accuracy: in.Precision, Expires: in.Time("ExpiredTime"), Why: in.Other["FailReason"]}
	switch in.Event {
	case wechat.EventTemplateDone:
		f.Jobs = []desk.Job{templateJob(in)}
	case wechat.EventNoticeSent:
		for _, n := range in.Notices() {
			j := desk.Job{MsgID: n.MsgID, Template: n.TemplateID, Code: n.Code}
			if n.Code != 0 {
				j.Why = "delivery.notice-failed"
			}
			f.Jobs = append(f.Jobs, j)
		}
	}
	return f
}

// templateJob reads the result of a template message. WeChat writes it with and without a blank behind the colon, and gives no code:
// 43004 and -1 are the codes of the same reasons elsewhere.
func templateJob(in *wechat.Inbound) desk.Job {
	switch strings.ReplaceAll(in.Status, " ", "") {
	case "success":
		return desk.Job{MsgID: in.MsgID}
	case "failed:userblock":
		return desk.Job{MsgID: in.MsgID, Code: 43004, Why: "delivery.template-blocked"}
	}
	return desk.Job{MsgID: in.MsgID, Code: -1, Why: "delivery.template-failed"}
}

// account is an account as its callbacks need it. Those that come by the platform are read with the platform's token and keys.
type account struct {
	wechat.Account
	appid   string
	company id.ID // zero: nobody here has it
	paused  bool
	read    time.Time
	door    door
}

// door is where a callback comes in: an account's own URL, or the platform's for that account.
type door struct {
	appid    string
	platform bool
}

// platformItself is where WeChat speaks of no account, but to the platform.
var platformItself = door{platform: true}

// How old a copy of an account may be, and how soon a failed signature may have it read again.
const (
	accountFresh = 2 * time.Second
	accountAgain = 500 * time.Millisecond
	accountsMost = 100_000
)

// appIDForm is what the AppID of an account looks like, here and in a provision file.
var appIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// accounts keeps the accounts whose callbacks come, for a moment: the database is not asked for each.
type accounts struct {
	store    *store.Store
	box      *secret.Box
	platform *platform.Platform // nil: none
	clock    func() time.Time
	mu       sync.RWMutex
	byDoor   map[door]*account
}

func newAccounts(d *Deps) *accounts {
	return &accounts{store: d.Store, box: d.Box, platform: d.Platform, clock: d.Clock, byDoor: map[door]*account{}}
}

func (s *accounts) find(ctx context.Context, d door) (*account, error) {
	if !appIDForm.MatchString(d.appid) && d != platformItself {
		return nil, echo.NewHTTPError(http.StatusNotFound) // no account is called so: the database is not asked
	}
	s.mu.RLock()
	a := s.byDoor[d]
	s.mu.RUnlock()
	if a != nil && s.clock().Sub(a.read) < accountFresh {
		return a, nil
	}
	return s.readNow(ctx, d)
}

// again reads an account once more if the copy has some age; else it is as it was.
func (s *accounts) again(ctx context.Context, a *account) (*account, error) {
	if s.clock().Sub(a.read) < accountAgain {
		return a, nil
	}
	b, err := s.readNow(ctx, a.door)
	if err != nil {
		return a, err
	}
	return b, nil
}

func (s *accounts) readNow(ctx context.Context, d door) (*account, error) {
	row, err := s.row(ctx, d.appid)
	if err != nil {
		return nil, err
	}
	a, err := s.through(ctx, d, row)
	if err != nil || a.company.Zero() { // a stranger's appid may be anything
		return a, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byDoor) >= accountsMost {
		clear(s.byDoor)
	}
	s.byDoor[d] = a
	return a, nil
}

// row is the account of whichever company has it; nil: none.
func (s *accounts) row(ctx context.Context, appid string) (*store.Account, error) {
	company, err := s.store.Outside().AppIDCompany(ctx, appid)
	if errors.Is(err, store.ErrNone) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	row, err := s.store.Of(company).AccountGet(ctx, store.AccountGetParams{CompanyID: company, AppID: appid})
	return &row, err
}

// through is an account as it is met at a door; nobody is met at its own URL who has not been given one.
func (s *accounts) through(ctx context.Context, d door, row *store.Account) (a *account, err error) {
	switch {
	case d.platform:
		a, err = s.byPlatform(ctx, row)
	case row == nil || row.Token == nil:
		return nil, echo.NewHTTPError(http.StatusNotFound)
	default:
		a, err = s.open(row)
	}
	if err != nil {
		return nil, err
	}
	a.appid, a.door, a.read = d.appid, d, s.clock()
	return a, nil
}

// byPlatform is an account that the platform pushes for; one that is not authorised to it here is nobody's.
func (s *accounts) byPlatform(ctx context.Context, row *store.Account) (*account, error) {
	if s.platform == nil {
		return nil, echo.NewHTTPError(http.StatusNotFound)
	}
	c, err := s.platform.Component(ctx)
	if errors.Is(err, platform.ErrNone) {
		return nil, echo.NewHTTPError(http.StatusNotFound)
	} else if err != nil {
		return nil, err
	}
	a := &account{Account: c.Account}
	if row != nil && row.Via == platform.Authorise {
		a.company, a.paused = row.CompanyID, row.PausedAt != nil
	}
	return a, nil
}

// open unseals what an account keeps secret.
func (s *accounts) open(row *store.Account) (*account, error) {
	mode, err := wechat.ParseMode(row.Mode)
	if err != nil {
		return nil, err
	}
	a := &account{Account: wechat.Account{AppID: row.AppID, Mode: mode}, company: row.CompanyID, paused: row.PausedAt != nil}
	token, err := s.box.Open(row.Token, "account:"+row.AppID+":token")
	if err != nil {
		return nil, err
	}
	a.Token = string(token)
	if len(row.AESKey) > 0 {
		if a.Key, err = s.key(row.AESKey, row.AppID); err != nil {
			return nil, err
		}
	}
	if len(row.PreviousAESKey) > 0 {
		previous, err := s.key(row.PreviousAESKey, row.AppID)
		if err != nil {
			return nil, err
		}
		a.PreviousKey = &previous
	}
	return a, nil
}

func (s *accounts) key(sealed []byte, appid string) (wechat.Key, error) {
	plain, err := s.box.Open(sealed, "account:"+appid+":aes_key")
	if err != nil {
		return wechat.Key{}, err
	}
	return wechat.ParseKey(string(plain))
}
