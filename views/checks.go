package views

// Checks are the steps of connecting an account, and how far they have come.
type Checks struct {
	Reader
	AppID    string
	Steps    []Check
	AskedAt  string // when WeChat was last asked
	Stopped  bool   // nothing is sent for the account, and nothing that WeChat says now is against it
	ReadOnly bool
}

// Check is one step: its state and, in plain words, what it means and what to do.
type Check struct {
	Name, Say string
	State     CheckState
	Do        []string // where it failed, in order
	Copies    []Copy
	IP        string // the address to add to a list
	Said      string // WeChat's own words
	Warn      string
	Asks      bool // it can be tried again by a button
}

// Copy is something to be pasted elsewhere.
type Copy struct{ Label, Text string }

// CheckState is what became of a check.
type CheckState string

// The states of a check.
const (
	CheckFine    CheckState = "fine"
	CheckFails   CheckState = "fails"
	CheckWaits   CheckState = "waits"   // for something that is to happen now
	CheckBlocked CheckState = "blocked" // by a step above
)

func checkName(r Reader, s CheckState) string {
	w := r.Words.OfChecks()
	switch s {
	case CheckFine:
		return w.Fine
	case CheckFails:
		return w.Fails
	case CheckWaits:
		return w.Waits
	}
	return w.Blocked
}

func checkIcon(s CheckState) string {
	switch s {
	case CheckFine:
		return "check"
	case CheckFails:
		return "x"
	case CheckWaits:
		return "clock"
	}
	return "minus"
}

// passed is how many steps are fine.
func (c Checks) passed() (n int) {
	for _, s := range c.Steps {
		if s.State == CheckFine {
			n++
		}
	}
	return n
}

func (c Checks) passedClass() string {
	for _, s := range c.Steps {
		if s.State == CheckFails {
			return "bad"
		}
	}
	if c.passed() == len(c.Steps) {
		return "ok"
	}
	return "warn"
}

func (c Checks) passedText() string {
	if c.passed() == len(c.Steps) {
		return c.Words.OfChecks().PassedAll
	}
	return putIn(c.Words.OfChecks().Passed, number(int64(c.passed())))
}
