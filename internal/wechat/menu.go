package wechat

import (
	"context"
	"net/http"
	"net/url"
)

// Limits of a custom menu (api_createcustommenu).
const (
	MaxButtons       = 3    // of a menu
	MaxSubButtons    = 5    // below one of them
	MaxButtonName    = 16   // bytes
	MaxSubButtonName = 60   // bytes
	MaxButtonKey     = 128  // bytes
	MaxButtonURL     = 1024 // bytes
)

// MenuButton is a button of an account's custom menu. Which fields count depends on its type; one with others below it has none.
type MenuButton struct {
	Type      string       `json:"type,omitempty"` // click, view, miniprogram, scancode_push …
	Name      string       `json:"name"`
	Key       string       `json:"key,omitempty"` // what the event of a tap says
	URL       string       `json:"url,omitempty"` // of a mini program: where clients go that know none
	AppID     string       `json:"appid,omitempty"`
	Page      string       `json:"pagepath,omitempty"`
	MediaID   string       `json:"media_id,omitempty"`
	ArticleID string       `json:"article_id,omitempty"`
	Sub       []MenuButton `json:"sub_button,omitempty"`
}

// CreateMenu makes an account's custom menu, in place of the one before. Customers see it within five minutes. It is written without
// \uXXXX, which WeChat refuses here with 40033.
func (c *Client) CreateMenu(ctx context.Context, token string, buttons []MenuButton) error {
	return c.post(ctx, "/cgi-bin/menu/create", token, map[string][]MenuButton{"button": buttons}, nil)
}

// DeleteMenu takes an account's custom menu away, and the conditional ones with it.
func (c *Client) DeleteMenu(ctx context.Context, token string) error {
	return c.call(ctx, http.MethodGet, "/cgi-bin/menu/delete", url.Values{"access_token": {token}}, nil, nil)
}

// CurrentMenu is the menu that customers see now, whoever made it: a program or a person at WeChat's console (get_current_selfmenu_info). A
// console's button has a type of its own (text, img, news …), and what it shows is not told here. No buttons: there is no menu, or it is off.
func (c *Client) CurrentMenu(ctx context.Context, token string) ([]MenuButton, error) {
	type button struct {
		MenuButton
		Value string `json:"value"`
		Below struct {
			List []struct {
				MenuButton
				Value string `json:"value"`
			} `json:"list"`
		} `json:"sub_button"`
	}
	var out struct {
		Open int `json:"is_menu_open"`
		Info struct {
			Buttons []button `json:"button"`
		} `json:"selfmenu_info"`
	}
	if err := c.call(ctx, http.MethodGet, "/cgi-bin/get_current_selfmenu_info", url.Values{"access_token": {token}}, nil, &out); err != nil || out.Open == 0 {
		return nil, err
	}
	var all []MenuButton
	for _, b := range out.Info.Buttons {
		one := b.read(b.Value)
		for _, s := range b.Below.List {
			one.Sub = append(one.Sub, s.read(s.Value))
		}
		all = append(all, one)
	}
	return all, nil
}

// read puts a button of what WeChat has into the words of making one.
func (b MenuButton) read(value string) MenuButton {
	out := MenuButton{Type: clean(b.Type), Name: clean(b.Name), Key: clean(b.Key), URL: clean(b.URL), AppID: clean(b.AppID), Page: clean(b.Page), MediaID: clean(b.MediaID), ArticleID: clean(b.ArticleID)}
	switch {
	case value == "":
	case out.Type == "media_id" || out.Type == "view_limited":
		out.MediaID = clean(value)
	case out.Type == "article_id" || out.Type == "article_view_limited":
		out.ArticleID = clean(value)
	}
	return out
}
