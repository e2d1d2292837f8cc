package views

import (
	"slices"
	"strings"

	"weir/views/words"
)

// MenuList is the accounts whose menus can be edited.
type MenuList struct {
	Settings
	Rows []Choice
}

// MenuEditor is the menu of an account as it is worked on.
type MenuEditor struct {
	Settings
	AppID, Account string
	Targets        Targets
	Buttons        []MenuButton
	Published      bool   // WeChat was given a menu of ours
	At, By         string // when, and by whom
	Changed        bool   // the draft is another
	Version        int64  // of the draft
	Trouble        string // what does not work any more of what was published; "": all does
}

// MenuButton is a button of a menu.
type MenuButton struct {
	Place, Name                       string // 1, or 1.2 in its list
	Choice, Target                    string // what a tap does, as a form says it (agent:…, group:…, text, …); the name of its agent or group
	Text, URL, AppID, Path, Tap, Type string
	Below                             []MenuButton
	First, Last                       bool
}

// MenuNow is what WeChat has.
type MenuNow struct {
	MenuEditor        // of what is worked on; its Buttons are WeChat's
	Trouble    string // why that is not known
	Compared   bool   // with what was published
	Changes    []MenuChange
}

// MenuChange is a button that differs. nil: there is none at its place.
type MenuChange struct {
	Place    string
	Now, Was *MenuButton
}

func (e MenuEditor) words() *words.MenuWords { return e.Words.OfMenus() }

func menuPath(appid, rest string) string { return "/settings/menus/" + appid + rest }

// listed says whether it stands in a list.
func (b MenuButton) listed() bool { return strings.Contains(b.Place, ".") }

func (b MenuButton) field(name string) string { return b.Place + "." + name }

// id is that of the element of a field.
func (b MenuButton) id(name string) string {
	return "b" + strings.ReplaceAll(b.Place, ".", "-") + "-" + name
}

func (b MenuButton) nameMost() string {
	if b.listed() {
		return "60"
	}
	return "16"
}

func (b MenuButton) nameHint(w *words.MenuWords) string {
	if b.listed() {
		return w.BelowNameHint
	}
	return w.NameHint
}

// says is what a tap does, in words.
func (b MenuButton) says(r Reader) string {
	w := r.Words.OfMenus()
	kind, _, _ := strings.Cut(b.Choice, ":")
	switch kind {
	case "agent":
		return putIn(w.SaysAgent, b.Target)
	case "group":
		return putIn(w.SaysGroup, b.Target)
	case "anybody":
		return w.Anybody
	case "text":
		return w.SaysText
	case "url":
		return putIn(w.SaysPage, b.URL)
	case "program":
		return putIn(w.SaysProgram, b.AppID)
	case "key":
		return putIn(w.SaysKey, b.Tap)
	case "list":
		return putIn(w.SaysList, decimal(int64(len(b.Below))))
	case "wechat":
		return putIn(w.WeChats, r.Words.ButtonType(b.Type))
	}
	return w.DoesNothing
}

// publication is what became of the menu so far.
func (e MenuEditor) publication() string {
	switch w := e.words(); {
	case !e.Published:
		return w.NotPublished
	case e.By == "":
		return putIn(w.Published, e.At)
	default:
		return words.Put(w.PublishedBy, e.At, e.By)
	}
}

// gone says whether it is for somebody who cannot be chosen any more.
func (b MenuButton) gone(t Targets) bool {
	kind, _, _ := strings.Cut(b.Choice, ":")
	is := func(c Choice) bool { return c.Value == b.Choice }
	return (kind == "agent" || kind == "group") && !slices.ContainsFunc(t.Groups, is) && !slices.ContainsFunc(t.Agents, is)
}

// called by its target, or not at all, where nobody has the name any more.
func (b MenuButton) goneName(w *words.MenuWords) string {
	if b.Target == "" {
		return w.Gone
	}
	return words.Put(w.GoneNamed, b.Target)
}

func (b MenuButton) removes(w *words.MenuWords) string { return w.Remove + " " + b.called() }
func (b MenuButton) earlier(w *words.MenuWords) string { return w.Earlier + " " + b.called() }
func (b MenuButton) later(w *words.MenuWords) string   { return w.Later + " " + b.called() }

// called is its name, or its number while it has none.
func (b MenuButton) called() string {
	if b.Name != "" {
		return b.Name
	}
	return b.Place
}

// columns is how many buttons stand beside each other.
func columns(menu []MenuButton) string {
	return map[int]string{1: "grid-cols-1", 2: "grid-cols-2", 3: "grid-cols-3"}[len(menu)]
}
