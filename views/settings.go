package views

// Settings is the frame of every page of the settings: who reads it, and where one can go.
type Settings struct {
	Reader
	Company, Person string
	Links           []Link // only of pages that exist
	ReadOnly        bool   // a supervisor looks and does not change
}

// AccountList is the settings' page of accounts.
type AccountList struct {
	Settings
	Rows    []AccountRow
	CanScan bool // accounts can be connected by a scan
}

// AccountRow is one account in the list.
type AccountRow struct {
	AppID, Name, Mode string
	Paused            bool
	ByScan, Withdrawn bool // connected by a scan; and not authorised any more
	Moved             bool // it is another company's now
}

// way is how an account is connected, in words.
func (a AccountRow) way(r Reader) string {
	if a.ByScan {
		return r.Words.OfPlatform().ByScan
	}
	return modeName(r, a.Mode)
}

// state is whether it works, in words.
func (a AccountRow) state(r Reader) string {
	switch {
	case a.Moved:
		return r.Words.OfPlatform().Moved
	case a.Withdrawn:
		return r.Words.OfPlatform().Withdrawn
	case a.Paused:
		return r.Words.OfSettings().Paused
	}
	return r.Words.OfSettings().Active
}

func modeName(r Reader, mode string) string {
	w := r.Words.OfSettings()
	switch mode {
	case "plain":
		return w.Plain
	case "compatible":
		return w.Compatible
	}
	return w.Safe
}

func accountPath(appid, rest string) string { return "/settings/accounts/" + appid + rest }

// AccountForm is an account as it is connected or changed. What is secret stands in it only before it is saved.
type AccountForm struct {
	Settings
	AppID, Name, Mode string
	Token, AESKey     string // made for a new account
	URL               string // what WeChat is told
	Paused            string // since when; empty: it is not
	Groups            []Tick // of which one is the default
}

// Checks are what was found when an account was tried.
type Checks struct {
	Reader
	AppID string
	Steps []Check
}

// Check is one step: its state and, in plain words, what it means and what to do.
type Check struct {
	Name, Say string
	State     CheckState
}

// CheckState is what became of a check.
type CheckState string

// The states of a check; each is also the colour it is said in.
const (
	CheckFine  CheckState = "good"
	CheckWaits CheckState = "info"
	CheckFails CheckState = "bad"
)

func checkName(r Reader, s CheckState) string {
	w := r.Words.OfSettings()
	switch s {
	case CheckFine:
		return w.Fine
	case CheckFails:
		return w.Fails
	}
	return w.Waits
}

func checkClass(s CheckState) string {
	if s == CheckFine {
		return "info"
	}
	return string(s)
}

func checkIcon(s CheckState) string {
	switch s {
	case CheckFine:
		return "check"
	case CheckFails:
		return "circle-alert"
	}
	return "clock"
}

func keepHint(f AccountForm, fresh bool) string {
	if fresh {
		return ""
	}
	return f.Words.OfSettings().Keep
}

func pauseValue(f AccountForm) string {
	if f.Paused == "" {
		return "1"
	}
	return ""
}
