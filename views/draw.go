package views

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"weir/views/words"
)

// ── Customers ──────────────────────────────────────────────────────────────

// nameOf is the customer's remark, or "Customer" with the end of the openid, which tells the nameless apart.
func nameOf(w *words.Words, name, openid string) string {
	if name != "" {
		return name
	}
	return words.Put(w.CustomerNamed, openid[max(0, len(openid)-4):])
}

// initial is what stands on the avatar: the first character of a remark (the family name, in Chinese).
func initial(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	if size == 0 || !unicode.IsLetter(r) {
		return ""
	}
	return string(unicode.ToUpper(r))
}

// nickname is what stands on a colleague's avatar: the last character, for most begin alike (小, 阿, 老).
func nickname(name string) string {
	r, _ := utf8.DecodeLastRuneInString(name)
	if unicode.Is(unicode.Han, r) {
		return string(r)
	}
	return initial(name)
}

// avatarHue and avatarWave make the same openid look the same everywhere.
func avatarHue(openid string) string { return "av-" + strconv.Itoa(int(hash(openid)%8)) }

func avatarWave(openid string) string {
	h := hash(openid)
	left, middle := 14+int(h>>3%22), 11+int(h>>9%25)
	crest := (left+middle)/2 + int(h>>15%12) - 6
	return fmt.Sprintf("M0 %dQ9 %d 18 %dT36 %dV36H0Z", left, crest, middle, left+2)
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

// ── Waiting ────────────────────────────────────────────────────────────────

const defaultTarget = 20 * time.Minute

// limits are where the five degrees of waiting begin. weir.js reads the same from data-limits.
func limits(target time.Duration) [4]time.Duration {
	if target <= 0 {
		target = defaultTarget
	}
	return [4]time.Duration{min(time.Minute, target/10), min(3*time.Minute, target/4), min(10*time.Minute, target*3/5), target}
}

func limitsAttribute(target time.Duration) string {
	var all []string
	for _, l := range limits(target) {
		all = append(all, seconds(l))
	}
	return strings.Join(all, ",")
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// waitClass is wait-0 to wait-4.
func waitClass(waited, target time.Duration) string {
	degree := 0
	for _, l := range limits(target) {
		if waited >= l {
			degree++
		}
	}
	return "wait-" + strconv.Itoa(degree)
}

// levelHeights are the level's heights, of 40, where the degrees begin; between them it rises evenly. Below the first
// degree there is no water.
var levelHeights = [5]int{0, 6, 14, 27, 40}

func level(waited, target time.Duration) int {
	from := time.Duration(0)
	for i, to := range limits(target) {
		if waited < to && i == 0 {
			return 0
		}
		if waited < to {
			return levelHeights[i] + int(int64(levelHeights[i+1]-levelHeights[i])*int64(waited-from)/int64(to-from))
		}
		from = to
	}
	return levelHeights[4]
}

// waited is how long something has lasted; 0 where it has not begun.
func waited(since, now time.Time) time.Duration {
	if since.IsZero() {
		return 0
	}
	return max(0, now.Sub(since))
}

func waitOf(since, now time.Time, target time.Duration) string {
	return waitClass(waited(since, now), target)
}

func levelY(since, now time.Time, target time.Duration) string {
	return strconv.Itoa(40 - level(waited(since, now), target))
}

func levelHeight(since, now time.Time, target time.Duration) string {
	return strconv.Itoa(level(waited(since, now), target))
}

// sinceNow puts an age into a phrase.
func sinceNow(w *words.Words, phrase string, since, now time.Time) string {
	return words.Put(phrase, w.Age(waited(since, now)))
}

// ticking are the attributes by which weir.js keeps an age current: since when, in what phrase, and whether it warms.
func ticking(since time.Time, phrase string, warms bool) templ.Attributes {
	a := templ.Attributes{"data-since": strconv.FormatInt(since.Unix(), 10)}
	if phrase != "{}" {
		a["data-say"] = phrase
	}
	if warms {
		a["data-warms"] = true
	}
	return a
}

// ── Rows ───────────────────────────────────────────────────────────────────

// lastAge is when the last line came: an age for a day, then a date.
func lastAge(w *words.Words, at, now time.Time) string {
	if now.Sub(at) < 24*time.Hour {
		return w.Age(waited(at, now))
	}
	return w.When(at, now)
}

func (r Row) unread(open string) int {
	if r.SessionID == open {
		return 0 // what stands in the sheet is being read
	}
	return r.Unread
}

func rowClass(r Row, open string) string {
	if r.unread(open) > 0 {
		return "wr-row grow min-w-0 is-unread"
	}
	return "wr-row grow min-w-0"
}

// preview is a message in half a line.
func preview(w *words.Words, m Message) string {
	if m.Side == FromEvent {
		return event(w, m)
	}
	return content(w, m)
}

func content(w *words.Words, m Message) string {
	switch m.Kind {
	case Text:
		return m.Text
	case Image:
		return w.KindImage
	case Voice:
		if m.Length > 0 {
			return w.KindVoice + " " + playTime(m.Length)
		}
		return w.KindVoice
	case Video:
		return w.KindVideo
	case Location:
		return w.KindLocation + " " + m.Title
	case WebLink:
		return w.KindLink + " " + m.Title
	}
	if m.Kind == Template {
		return putIn("[{}] ", templateKind(Reader{Words: w}, m.Notice)) + m.Title
	}
	if m.Kind == OtherKind && m.Text != "" { // what it is called stands in a list, and not what it is
		return m.Text
	}
	if m.What != "" {
		return words.Put(w.OfMedia().Other, m.What)
	}
	return w.KindOther
}

func playTime(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func (l Lists) youSaid(r Row) string {
	if r.Last.Mine {
		return l.Words.You
	}
	return ""
}

// badge is how many sessions wait on this agent: for the page's title.
func (l Lists) badge() string {
	n := 0
	for _, section := range []Section{l.Conversing, l.Waiting} {
		for _, r := range section.Rows {
			if r.unread(l.Open) > 0 {
				n++
			}
		}
	}
	return strconv.Itoa(n)
}

func (l Lists) statusName(s Status) string {
	switch s {
	case Online:
		return l.Words.Online
	case Away:
		return l.Words.Away
	}
	return l.Words.Offline
}

// longest is the row whose customer waits longest among those whom nobody answers; nil: nobody waits.
func (l Lists) longest() *Row {
	for _, section := range []Section{l.Waiting, l.Conversing} {
		var worst *Row
		for i, r := range section.Rows {
			if !r.Since.IsZero() && (worst == nil || r.Since.Before(worst.Since)) {
				worst = &section.Rows[i]
			}
		}
		if worst != nil {
			return worst
		}
	}
	return nil
}

// ── Thread ─────────────────────────────────────────────────────────────────

// A run is what one person says without a pause: it has one name and one time.
const runPause = 2 * time.Minute

// item is a message with what its neighbours decide.
type item struct {
	Message
	First   bool // begins a run
	NewDay  bool // the first of its day
	NewFrom bool // the first that the agent has not seen
	Sought  bool // it was searched for
}

func items(t Thread) []item {
	var all []item
	before := t.Before
	for i := range t.Messages {
		m := t.Messages[i]
		all = append(all, item{
			Message: m,
			First:   before == nil || !sameRun(*before, m),
			NewDay:  before == nil || !sameDay(before.At, m.At),
			NewFrom: m.Seq == t.NewFrom,
			Sought:  m.Seq == t.At && m.Side != FromEvent,
		})
		before = &t.Messages[i]
	}
	return all
}

func sameRun(a, b Message) bool {
	return a.Side == b.Side && a.By == b.By && a.Side != FromEvent && b.At.Sub(a.At) < runPause && sameDay(a.At, b.At)
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// place is where something stands among the messages; weir.js keeps the thread sorted by it, so that it does not matter in
// which order answers arrive. Dividers stand a little above the message they announce.
func place(seq int64, above string) string {
	if above == "" {
		return strconv.FormatInt(seq, 10)
	}
	return strconv.FormatInt(seq-1, 10) + above
}

func bubbleClass(i item) string {
	class := "in"
	switch i.Side {
	case FromAgent, FromMonitor:
		class = "out"
	case FromAutomatic:
		class = "out auto"
	}
	switch i.Delivery {
	case Failed:
		class += " failed"
	case Uncertain:
		class += " unsure"
	case InQueue, InFlight:
		class += " going"
	}
	if i.First {
		class += " first"
	}
	return class
}

// by names the speaker, where that is worth a line: not for customers, there is only one.
func by(w *words.Words, m Message) string {
	switch {
	case m.Side == FromAutomatic && m.By != "":
		return words.Put(w.AutomaticRule, m.By)
	case m.Side == FromAutomatic:
		return w.Automatic
	case m.Side == FromMonitor:
		return words.Put(w.FromMonitor, m.By)
	case m.Mine:
		return words.Put(w.ByMe, m.By)
	}
	return m.By
}

func event(w *words.Words, m Message) string {
	switch m.Kind {
	case Followed:
		if m.Text != "" {
			return words.Put(w.EventFollowQR, m.Text)
		}
		return w.EventFollow
	case Unfollowed:
		return w.EventUnfollow
	case NoteWithdrawn:
		return words.Put(w.OfNotes().Withdrawn, m.By)
	case Scanned:
		return words.Put(w.EventScan, m.Text)
	case MenuTapped:
		return words.Put(w.EventMenu, m.Text)
	case Opened:
		return words.Put(w.OfMedia().Opened, m.Text)
	case SomethingElse:
		return words.Put(w.OfMedia().SomethingElse, m.Text)
	case SessionBegan:
		return w.EventSessionBegan
	case Queued:
		return w.EventQueued
	case Assigned:
		return words.Put(w.EventAssigned, m.By)
	case Accepted:
		return words.Put(w.EventAccepted, m.By)
	case HandedOn:
		return m.Text
	case Ended:
		if m.Text != "" {
			return m.Text
		}
		return w.EventClosed
	}
	return w.KindOther
}

func eventIcon(k Kind) string {
	switch k {
	case Followed:
		return "user-plus"
	case Unfollowed:
		return "user-minus"
	case Scanned:
		return "qr-code"
	case MenuTapped:
		return "mouse-pointer-click"
	case HandedOn:
		return "arrow-right-left"
	case Assigned, Accepted:
		return "contact"
	case Ended:
		return "check"
	}
	return "clock"
}

// why is the sentence under a message that failed: what happened and what to do, WeChat's code in brackets. Where there is a reason it says
// more than the code.
func why(w *words.Words, m Message) string {
	reason := w.Undelivered(m.Code)
	if m.Reason != "" && w.Knows(m.Reason) {
		reason = w.Sentence(m.Reason)
	}
	say := words.Put(w.WhyFailed, reason)
	if m.Code != 0 {
		say += words.Put(w.WhatCode, m.Code)
	}
	if m.Resent {
		say += " " + w.Sentence("delivery.resent")
	}
	return say
}

// unsure is the sentence under a message of which nobody knows: as a rule the connection died.
func unsure(w *words.Words, m Message) string {
	if m.Reason == "delivery.interrupted" {
		return w.Sentence(m.Reason)
	}
	return w.WhyUncertain
}

func messagePath(h Head, m Message, rest string) string {
	return sessionPath(h.SessionID, "/messages/"+number(m.Seq)+rest)
}

// resendKey makes pressing "resend" twice one message.
func resendKey(m Message) string { return "again-" + m.ID }

// mapURL shows a place on a map that works in China without a key.
func mapURL(m Message) templ.SafeURL {
	return templ.SafeURL(fmt.Sprintf("https://uri.amap.com/marker?position=%.6f,%.6f&coordinate=gaode", m.Lng, m.Lat))
}

// host is the part of a link that says where it leads.
func host(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// imageSize keeps an image's place before it has arrived: at most 220 × 280, never wider than it is.
func imageSize(m Message) (width, height string) {
	if m.Width <= 0 || m.Height <= 0 {
		return "220", "165"
	}
	scale := min(1, 220/float64(m.Width), 280/float64(m.Height))
	return strconv.Itoa(int(float64(m.Width) * scale)), strconv.Itoa(int(float64(m.Height) * scale))
}

func imageAttributes(m Message) templ.Attributes {
	width, height := imageSize(m)
	return templ.Attributes{"width": width, "height": height}
}

// ── Head, composer ─────────────────────────────────────────────────────────

func (s SessionState) final() bool { return s < 0 }

func (h Head) stateFor(w *words.Words, now time.Time) (phrase string) {
	switch h.State {
	case Waiting:
		return w.WaitingFor
	case Queueing:
		return w.QueueingFor
	case Conversing, GroupTalk:
		return w.ConversingFor
	}
	return words.Put(w.ClosedAt, w.When(h.Since, now))
}

// Name says a session's state in a word or two.
func (s SessionState) Name(w *words.Words) string {
	return map[SessionState]string{
		Waiting: w.StateWaiting, Conversing: w.StateConversing, GroupTalk: w.StateGroup, Queueing: w.StateQueueing,
		Closed: w.StateClosed, TimedOut: w.StateTimeout, NobodyCame: w.StateNobody, AdminClosed: w.StateAdmin,
	}[s]
}

// lowQuota is where the pips turn orange.
func lowQuota(q Quota, now time.Time) bool {
	return q.Left < 2 || q.Until.Sub(now) < 30*time.Minute
}

func quotaClass(q Quota, now time.Time) string {
	if lowQuota(q, now) {
		return "wr-quota is-low"
	}
	return "wr-quota"
}

// quotaWords is the part of the quota that does not tick.
func quotaWords(w *words.Words, c Composer) string {
	if c.Can == CannotCount || c.Can == CannotTime {
		return w.QuotaNone + " · " + w.QuotaReturns
	}
	return words.Count(w.QuotaLeft, c.Quota.Left)
}

func pipX(i, limit int) string { return fmt.Sprintf("%.1f", float64(i)*36/float64(limit)) }

func pipWidth(limit int) string { return fmt.Sprintf("%.1f", 36/float64(limit)-2) }

func barWidth(q Quota) string { return fmt.Sprintf("%.1f", 36*float64(q.Left)/float64(q.Limit)) }

func isOn(on bool) string {
	if on {
		return "on"
	}
	return ""
}

func canClass(c Composer) string {
	switch {
	case c.Wait:
		return "can-write will-wait"
	case c.Can.writes():
		return "can-write"
	}
	return "cannot-write"
}

// exhaustedCount says that the count is used up, of what, and what can be done.
func exhaustedCount(w *words.Words, c Composer) string {
	say := w.ExhaustedCount
	if c.Quota.Event {
		say = w.OfComposer().ExhaustedEvent
	}
	return words.Count(say, c.Quota.Limit) + waitHint(w, c)
}

// exhaustedTime says that the time is over, and what can be done.
func exhaustedTime(w *words.Words, c Composer) string {
	if c.Left {
		return w.OfComposer().Unfollowed + waitHint(w, c)
	}
	return w.ExhaustedTime + waitHint(w, c)
}

func waitHint(w *words.Words, c Composer) string {
	if !c.Wait {
		return ""
	}
	return w.OfComposer().WaitHint
}

// quotaSince says why so many may be sent.
func quotaSince(w *words.Words, q Quota) string {
	if q.Event {
		return words.Put(w.OfComposer().SinceEvent, w.Clock(q.Since))
	}
	return words.Put(w.OfComposer().SinceMessage, w.Clock(q.Since))
}

// stoppedHint says why nothing is sent for the account, and what will happen.
func stoppedHint(w *words.Words, c Composer) string {
	if c.RetryAt.IsZero() {
		return c.Stopped
	}
	return c.Stopped + words.Put(w.OfComposer().StoppedHint, w.Clock(c.RetryAt))
}

func sessionPath(id, rest string) string { return "/sessions/" + id + rest }

// Clock is the server's time, in the reader's zone.
type Clock = time.Time

// ── Odds ───────────────────────────────────────────────────────────────────

func number(n int64) string { return strconv.FormatInt(n, 10) }

func unix(t time.Time) string { return number(t.Unix()) }

func countOf(phrase string, n int) string { return words.Count(phrase, n) }

func putIn(phrase, what string) string { return words.Put(phrase, what) }

// before is a phrase up to its first gap.
func before(phrase string) string {
	start, _, _ := strings.Cut(phrase, "{}")
	return start
}

func olderURL(t Thread) string {
	return sessionPath(t.SessionID, "/messages?before="+number(t.Messages[0].Seq)+back(t))
}

func earlierURL(p EarlierPage) string {
	return sessionPath(p.SessionID, "/earlier?before="+url.QueryEscape(p.Next))
}

func earlierFacts(w *words.Words, e EarlierSession) string {
	if e.Agent == "" {
		return w.Age(e.Lasted)
	}
	return e.Agent + " · " + w.Age(e.Lasted)
}

func exclusive(w *words.Words, c Customer) string {
	if c.ExclusiveMine {
		return words.Put(w.ByMe, c.Exclusive)
	}
	return c.Exclusive
}

func coordinates(m Message) string { return fmt.Sprintf("%.4f, %.4f", m.Lat, m.Lng) }

func retryAt(w *words.Words, m Message) string { return words.Put(w.RetryAt, w.Clock(m.RetryAt)) }

// resend is what sending a failed message again posts: its text as a new message.
func resend(m Message) string {
	vals, _ := json.Marshal(map[string]string{"of": strconv.FormatInt(m.Seq, 10), "key": resendKey(m)}) // strings always marshal
	return string(vals)
}

func resendLabel(w *words.Words, m Message) string {
	if m.Delivery == Uncertain {
		return w.SendAgain
	}
	return w.Resend
}

func quotaLeft(w *words.Words, q Quota, now time.Time) string {
	return words.Put(w.QuotaUntil, w.Left(q.Until.Sub(now)))
}

// quotaMatters where writing is a question of WeChat's rules, not of whose session it is.
func quotaMatters(c Can) bool { return c <= CannotTime }

func (c Can) writes() bool { return c <= CanInterject }

// watchTitle says that somebody else serves the customer; nobody is named where nobody does.
func watchTitle(w *words.Words, agent string) string {
	if agent == "" {
		return w.OfActs().QueueWatchHint
	}
	return words.Put(w.OfActs().WatchTitle, agent)
}

func (l Lists) statusLabel() string { return words.Put(l.Words.MyStatus, l.statusName(l.Me.Status)) }

func (l Lists) takeLabel(r Row) string {
	return l.Words.Accept + " " + nameOf(l.Words, r.Name, r.OpenID)
}
