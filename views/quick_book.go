package views

import "time"

// QuickTab is one owner whose quick replies can be looked at.
type QuickTab struct {
	Value, Name string // Value: mine, company, or group:{group id}
	Current     bool
}

// QuickBook is the settings' page of quick replies.
type QuickBook struct {
	Settings
	Now     time.Time // in the company's zone
	Tabs    []QuickTab
	Owner   string // the current tab
	Typed   string
	Replies []QuickReply
	Before  int64 // where the next page begins; 0: this is the last
	Changes bool  // the reader may change those of this owner
}

func (b QuickBook) next() string {
	return "/settings/quick?owner=" + b.Owner + "&before=" + number(b.Before)
}

// QuickForm is one as it is made (ID 0) or changed.
type QuickForm struct {
	Settings
	ID                    int64
	Owner                 string // as in QuickTab
	Owners                []Choice
	Title, Shortcut, Text string
	Images                []QuickImage
	ImagesMost            int
	Variables             []string
	TitleMost, CodeMost   int
	TextMost              int
}

func quickPath(id int64, rest string) string { return "/settings/quick/" + number(id) + rest }

func (f QuickForm) path() string {
	if f.ID == 0 {
		return "/settings/quick"
	}
	return quickPath(f.ID, "")
}

// QuickImageItem is a picture that was uploaded for one, or why it was not taken.
type QuickImageItem struct {
	QuickImage
	Name, Problem string
}
