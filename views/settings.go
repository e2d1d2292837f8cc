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
	ByScan, Withdrawn bool   // connected by a scan; and not authorised any more
	Moved             bool   // it is another company's now
	State             string // how it is, as the API names it
}

// way is how an account is connected, in words.
func (a AccountRow) way(r Reader) string {
	if a.ByScan {
		return r.Words.OfPlatform().ByScan
	}
	return ModeName(r, a.Mode)
}

// state is whether it works, in words.
func (a AccountRow) state(r Reader) string {
	if a.Withdrawn {
		return r.Words.OfPlatform().Withdrawn
	}
	return healthName(r, a.State)
}

func (a AccountRow) stateClass() string {
	if a.Withdrawn {
		return "bad"
	}
	return healthClass(a.State)
}

// ModeName is what the console calls a mode.
func ModeName(r Reader, mode string) string {
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
