package simulator

import "time"

// Limits is how much an account may send after what a customer did. WeChat has changed these numbers before.
type Limits struct {
	Messages      int           // after a message; zero: 5
	MessageWindow time.Duration // zero: 48 h
	Acts          int           // after a menu click, a follow or a scan; zero: 3
	ActWindow     time.Duration // zero: 1 min
}

func (l Limits) withDefaults() Limits {
	if l.Messages == 0 {
		l.Messages = 5
	}
	if l.MessageWindow == 0 {
		l.MessageWindow = 48 * time.Hour
	}
	if l.Acts == 0 {
		l.Acts = 3
	}
	if l.ActWindow == 0 {
		l.ActWindow = time.Minute
	}
	return l
}

// trigger is what a customer's act opens.
type trigger int

const (
	opensNothing trigger = iota
	opensMessages
	opensActs
)

// window is a time in which so many messages may be sent.
type window struct {
	Until time.Time
	Of    int
	Used  int
}

func (w window) live(now time.Time) bool { return now.Before(w.Until) }

func (w window) left(now time.Time) int {
	if !w.live(now) {
		return 0
	}
	return max(0, w.Of-w.Used)
}

// windows are the two of a customer. They do not add up: what is sent counts against both.
type windows struct {
	Message, Act window
}

func (w *windows) open(t trigger, l Limits, now time.Time) {
	switch t {
	case opensMessages:
		w.Message = window{Until: now.Add(l.MessageWindow), Of: l.Messages}
	case opensActs:
		w.Act = window{Until: now.Add(l.ActWindow), Of: l.Acts}
	}
}

// check says why nothing may be sent, if so: 45015 outside every window, 45047 where those open are used up.
func (w *windows) check(now time.Time) *failure {
	switch {
	case !w.Message.live(now) && !w.Act.live(now):
		return failed(45015)
	case w.Message.left(now) == 0 && w.Act.left(now) == 0:
		return failed(45047)
	}
	return nil
}

func (w *windows) use() {
	w.Message.Used++
	w.Act.Used++
}

// Allowance is what WeChat would still take for a customer at a moment.
type Allowance struct {
	Left  int       `json:"left"`
	Of    int       `json:"of"`             // how many there were; 0: no window is open
	Until time.Time `json:"until,omitzero"` // when the window ends
}

func (w *windows) allowance(now time.Time) Allowance {
	best := w.Message
	if !best.live(now) || w.Act.left(now) > best.left(now) {
		best = w.Act
	}
	if !best.live(now) {
		return Allowance{}
	}
	return Allowance{Left: best.left(now), Of: best.Of, Until: best.Until}
}
