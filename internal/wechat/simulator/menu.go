package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Limits of a custom menu (WECHAT.md, 6.3).
const (
	maxButtons       = 3
	maxSubButtons    = 5
	maxButtonName    = 16 // bytes
	maxSubButtonName = 60
	maxButtonKey     = 128
	maxButtonURL     = 1024
)

// MenuButton is one button under the phone's conversation, or one of the list that a button opens.
type MenuButton struct {
	Type      string       `json:"type,omitempty"` // empty: click
	Name      string       `json:"name"`
	Key       string       `json:"key,omitempty"`
	URL       string       `json:"url,omitempty"`
	AppID     string       `json:"appid,omitempty"`
	PagePath  string       `json:"pagepath,omitempty"`
	MediaID   string       `json:"media_id,omitempty"`
	ArticleID string       `json:"article_id,omitempty"`
	Sub       []MenuButton `json:"sub_button,omitempty"`
}

// menu is what the phone shows: what a program made, or else what stands in the console.
type menu struct {
	Made    bool         `json:"made,omitempty"`    // by menu/create
	Deleted bool         `json:"deleted,omitempty"` // by menu/delete: the console's is gone, too
	Buttons []MenuButton `json:"button,omitempty"`
}

func (a *account) shownMenu() []MenuButton {
	switch {
	case a.menu.Made:
		return a.menu.Buttons
	case a.menu.Deleted:
		return nil
	}
	return a.Menu
}

// Menu is what an account's customers have under the conversation.
func (st State) Menu(appid string) []MenuButton {
	if a := st.s.account(appid); a != nil {
		return a.shownMenu()
	}
	return nil
}

// SetMenu is somebody at WeChat's console who changes the menu, behind the back of the program that made it.
func (s *Simulator) SetMenu(appid string, buttons []MenuButton) error {
	return s.withAccount(appid, func(a *account) error {
		a.Menu, a.menu = buttons, menu{Deleted: len(buttons) == 0}
		return nil
	})
}

var unicodeEscape = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`)

// POST /cgi-bin/menu/create
func (c *call) menuCreate() (any, *failure) {
	if unicodeEscape.Match(c.body) {
		return nil, failed(40033)
	}
	var ask struct {
		Buttons []MenuButton `json:"button"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	if len(ask.Buttons) == 0 || len(ask.Buttons) > maxButtons {
		return nil, failed(40016)
	}
	for _, b := range ask.Buttons {
		if wrong := b.check(); wrong != nil {
			return nil, wrong
		}
	}
	c.account.menu = menu{Made: true, Buttons: ask.Buttons}
	c.ring()
	return okAnswer(), nil
}

// check is of a button that stands at the bottom; those below it have other limits and codes.
func (b MenuButton) check() *failure {
	if b.Name == "" || len(b.Name) > maxButtonName {
		return failed(40018)
	}
	if len(b.Sub) == 0 {
		return b.checkAct([4]int{40017, 40019, 40020, 40007})
	}
	if len(b.Sub) > maxSubButtons {
		return failed(40023)
	}
	for _, s := range b.Sub {
		switch {
		case s.Name == "" || len(s.Name) > maxSubButtonName:
			return failed(40025)
		case len(s.Sub) > 0:
			return failed(40022)
		}
		if wrong := s.checkAct([4]int{40024, 40026, 40027, 40007}); wrong != nil {
			return wrong
		}
	}
	return nil
}

// checkAct is what a tap does; the codes are for type, key, address and medium.
func (b MenuButton) checkAct(codes [4]int) *failure {
	fits := func(s string, most int) bool { return s != "" && len(s) <= most }
	address, err := url.Parse(b.URL)
	opens := err == nil && fits(b.URL, maxButtonURL) && (address.Scheme == "http" || address.Scheme == "https")
	switch b.Type {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		if !fits(b.Key, maxButtonKey) {
			return failed(codes[1])
		}
	case "view":
		if !opens {
			return failed(codes[2])
		}
	case "miniprogram":
		switch {
		case !opens:
			return failed(codes[2])
		case b.AppID == "":
			return failed(40013)
		case b.PagePath == "":
			return failed(codes[1])
		}
	case "media_id", "view_limited":
		if b.MediaID == "" {
			return failed(codes[3])
		}
	case "article_id", "article_view_limited":
		if b.ArticleID == "" {
			return failed(codes[3])
		}
	default:
		return failed(codes[0])
	}
	return nil
}

// GET /cgi-bin/menu/get: only what a program made.
func (c *call) menuGet() (any, *failure) {
	if !c.account.menu.Made {
		return nil, failed(46003)
	}
	return map[string]any{"menu": map[string]any{"button": withLists(c.account.menu.Buttons, func(sub []json.RawMessage) any { return sub })}}, nil
}

// GET /cgi-bin/menu/delete
func (c *call) menuDelete() (any, *failure) {
	c.account.menu = menu{Deleted: true}
	c.ring()
	return okAnswer(), nil
}

// GET /cgi-bin/get_current_selfmenu_info: what customers see, whoever made it.
func (c *call) menuCurrent() (any, *failure) {
	shown := c.account.shownMenu()
	open := 0
	if len(shown) > 0 {
		open = 1
	}
	buttons := withLists(shown, func(sub []json.RawMessage) any { return map[string]any{"list": sub} })
	return map[string]any{"is_menu_open": open, "selfmenu_info": map[string]any{"button": buttons}}, nil
}

// withLists writes buttons with what is below them in the shape that a call has.
func withLists(all []MenuButton, list func([]json.RawMessage) any) []any {
	out := []any{}
	for _, b := range all {
		sub := make([]json.RawMessage, len(b.Sub))
		for i, s := range b.Sub {
			sub[i] = plainJSON(s)
		}
		b.Sub = nil
		var one map[string]any
		_ = json.Unmarshal(plainJSON(b), &one) // was written a moment ago
		if len(sub) > 0 {
			one["sub_button"] = list(sub)
		}
		out = append(out, one)
	}
	return out
}

// pressed is what a press of a button does; nil: WeChat answers by itself, and tells nobody.
func (b MenuButton) pressed() []Act {
	switch b.Type {
	case "click", "":
		return []Act{{Kind: ActClick, Key: b.Key}}
	case "view":
		return []Act{{Kind: ActView, Key: b.URL}}
	case "miniprogram":
		return []Act{{Kind: ActEvent, Name: "view_miniprogram", Fields: map[string]string{"EventKey": b.PagePath}}}
	case "media_id", "view_limited", "article_id", "article_view_limited":
		return nil
	}
	return []Act{{Kind: ActEvent, Name: b.Type, Fields: map[string]string{"EventKey": b.Key}}}
}

// Press has the customer press the button of this name, at the bottom or in a list. ErrBadAct: the phone shows none.
func (s *Simulator) Press(ctx context.Context, appid, openid, name string) (Answer, error) {
	var acts []Act
	found := false
	s.Look(func(st State) {
		for _, b := range st.Menu(appid) {
			for _, one := range append([]MenuButton{b}, b.Sub...) {
				if one.Name == name && len(one.Sub) == 0 && !found {
					acts, found = one.pressed(), true
				}
			}
		}
	})
	switch {
	case !found:
		return Answer{}, fmt.Errorf("%w: no button %q", ErrBadAct, name)
	case acts == nil:
		return Answer{}, nil
	}
	return s.Do(ctx, appid, openid, acts[0])
}

// pressedAt is the press of the button at a place on the phone, such as 1 or 1.2.
func (st State) pressedAt(appid, place string) []Act {
	top, below, listed := strings.Cut(place, ".")
	all := st.Menu(appid)
	i, err := strconv.Atoi(top)
	if err != nil || i < 0 || i >= len(all) {
		return nil
	}
	if !listed {
		return all[i].pressed()
	}
	j, err := strconv.Atoi(below)
	if err != nil || j < 0 || j >= len(all[i].Sub) {
		return nil
	}
	return all[i].Sub[j].pressed()
}
