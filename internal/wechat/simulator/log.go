package simulator

import "time"

const rawKept = 4 << 10 // characters of a body that the log keeps

// Direction is who began what a log entry tells of.
type Direction string

// The directions.
const (
	ToDesk   Direction = "push" // WeChat to the desk
	FromDesk Direction = "call" // the desk to WeChat
)

// Entry is one line of the log: a request, and what was answered.
type Entry struct {
	N        int64         `json:"n"`
	At       time.Time     `json:"at"`
	Dir      Direction     `json:"dir"`
	AppID    string        `json:"appid,omitempty"`
	OpenID   string        `json:"openid,omitempty"`
	What     string        `json:"what"`    // callback, verify, or an API path without "/cgi-bin/"
	Content  string        `json:"content"` // what it was about, shortened
	Attempt  int           `json:"attempt,omitempty"`
	Status   int           `json:"status"`             // HTTP; 0: there was no answer
	Code     int           `json:"errcode"`            // of a call
	Answer   string        `json:"answer"`             // shortened
	Trouble  string        `json:"trouble,omitempty"`  // why a push counts as unanswered
	Injected bool          `json:"injected,omitempty"` // a fault had a hand in it
	Escaped  bool          `json:"escaped,omitempty"`  // the call's JSON wrote < > & as \u003c and the like, which some of WeChat's endpoints take badly
	Took     time.Duration `json:"took"`               // nanoseconds in JSON
	Raw      string        `json:"raw,omitempty"`      // the body that was sent; none where it has a secret
	Left     int           `json:"left,omitempty"`     // after a send: what may still be sent
	Of       int           `json:"of,omitempty"`
}

// note adds an entry to the log.
func (s *Simulator) note(e Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.N = s.nextN()
	if e.At.IsZero() {
		e.At = s.config.Now()
	}
	s.log = bounded(append(s.log, e), s.config.LogSize)
	s.ring()
}
