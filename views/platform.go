package views

// Authorise is the page from which an account's admin goes to WeChat.
type Authorise struct {
	Settings
	URL, PhoneURL string // WeChat's pages; empty: they cannot be opened now, and
	Problem       string // why
	Until         string // until when they can
}

// Authorised is an account that is connected by scan.
type Authorised struct {
	Settings
	AppID, Name string
	Paused      string // since when; empty: it is not
	Since       string
	Withdrawn   string   // since when; empty: it is authorised
	Functions   []string // what it permits, in words
	NoMessages  bool     // but not messages
	Groups      []Tick   // of which one is the default
}

// Consent is the page by which the pretend WeChat asks an account's owner.
type Consent struct {
	Reader
	Refused   string // why it is not asked; empty: it is
	Component string
	Fields    [][2]string // what the form carries along
	Accounts  []SimulatorAccount
	Functions []int // the permission sets that can be chosen
}
