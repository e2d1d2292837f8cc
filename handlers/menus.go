package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"weir/internal/desk"
	"weir/internal/wechat"
	"weir/views"
)

// menuRoutes are the custom menus of the company's accounts.
func (h *Handlers) menuRoutes(g *echo.Group) {
	g.GET("/settings/menus", h.menusPage, h.managers)
	g.GET("/settings/menus/:appid", h.menuPage, h.managers)
	g.PUT("/settings/menus/:appid", h.draftMenu, h.managers)
	g.GET("/settings/menus/:appid/now", h.menuNow, h.managers)
	g.PUT("/settings/menus/:appid/now", h.adoptMenu, h.managers)
	g.POST("/settings/menus/:appid/publication", h.publishMenu, h.managers)
	g.DELETE("/settings/menus/:appid/publication", h.withdrawMenu, h.managers)
}

// GET /settings/menus lists the accounts; where there is one, it is opened.
func (h *Handlers) menusPage(c echo.Context) error {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return err
	}
	l := views.MenuList{Settings: h.nav(c, company)}
	for appid, a := range company.Accounts {
		if a.MovedAt == nil {
			l.Rows = append(l.Rows, views.Choice{Value: appid, Name: a.Name})
		}
	}
	if len(l.Rows) == 1 {
		return c.Redirect(http.StatusSeeOther, "/settings/menus/"+l.Rows[0].Value)
	}
	slices.SortFunc(l.Rows, func(a, b views.Choice) int { return strings.Compare(a.Name+a.Value, b.Name+b.Value) })
	return render(c, http.StatusOK, views.SettingsPage(l.Settings, l.Words.OfMenus().Menus, views.MenusBody(l)))
}

// menuEditor is a menu as it is worked on.
func (h *Handlers) menuEditor(c echo.Context, m *desk.AccountMenu) (*desk.Company, views.MenuEditor, error) {
	company, err := h.Desk.Company(c.Request().Context(), agent(c).Company)
	if err != nil {
		return nil, views.MenuEditor{}, err
	}
	e := views.MenuEditor{Settings: h.nav(c, company), AppID: m.AppID, Account: company.Accounts[m.AppID].Name, Targets: menuTargets(company, m.AppID), Version: m.Version, Buttons: buttonModels("", m.Draft, company), Changed: m.Changed(), Published: m.Published != nil}
	if m.Published != nil {
		e.At, e.By = m.PublishedAt.In(company.Location).Format("2006-01-02 15:04"), m.By
		e.Trouble = faultOf(e.Reader, company.MenuFault(m.AppID, m.Published, true))
	}
	return company, e, nil
}

// faultOf is a refusal as a sentence; "": there is none.
func faultOf(r views.Reader, err error) string {
	var no *desk.Refusal
	if errors.As(err, &no) {
		return r.Words.Sentence(no.Say, no.Args...)
	}
	return ""
}

// menuTargets are whom a button of an account's menu can name: agents who have a seat there, and groups.
func menuTargets(company *desk.Company, appid string) views.Targets {
	t := targetChoices(company)
	t.Agents = slices.DeleteFunc(t.Agents, func(a views.Choice) bool { return !company.Serves(appid, count(strings.TrimPrefix(a.Value, "agent:"))) })
	return t
}

func buttonModels(prefix string, menu []desk.Button, company *desk.Company) []views.MenuButton {
	out := make([]views.MenuButton, len(menu))
	for i := range menu {
		b := &menu[i]
		place := prefix + strconv.Itoa(i+1)
		out[i] = views.MenuButton{Place: place, Name: b.Name, Choice: choiceOf(b), Text: b.Text, URL: b.URL, AppID: b.AppID, Path: b.Path, Tap: b.Tap, Type: b.Type, First: i == 0, Last: i == len(menu)-1,
			Below: buttonModels(place+".", b.Below, company)}
		switch b.Does {
		case desk.OpensAgent:
			out[i].Target = company.AgentName(b.UID)
		case desk.OpensGroup:
			out[i].Target = company.GroupName(b.GroupID)
		}
	}
	return out
}

// choiceOf is what a button does, as a form says it.
func choiceOf(b *desk.Button) string {
	switch b.Does {
	case desk.OpensAgent:
		return agentValue(b.UID)
	case desk.OpensGroup:
		return groupValue(b.GroupID)
	}
	return b.Does
}

// GET /settings/menus/:appid is the editor.
func (h *Handlers) menuPage(c echo.Context) error {
	m, err := h.Desk.Menu(c.Request().Context(), agent(c).Company, c.Param("appid"))
	if err != nil {
		return err
	}
	_, e, err := h.menuEditor(c, m)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.SettingsPage(e.Settings, e.Words.OfMenus().Menus, views.MenuBody(e)))
}

// menuForm is the menu that a form says, with one act done to it: add, add:{place}, remove:{place}, up:{place}, down:{place}. A place is a number from 1,
// or two with a dot between. Fields begin with their button's place.
func menuForm(c echo.Context) []desk.Button {
	menu := buttonsForm(c, "", desk.MenuButtonsMost)
	act, place, _ := strings.Cut(c.FormValue("act"), ":")
	top, below, listed := strings.Cut(place, ".")
	list, at := &menu, place
	if i := int(count(top)) - 1; i >= 0 && i < len(menu) && (listed || act == "add") {
		list, at = &menu[i].Below, below
	}
	i := int(count(at)) - 1
	there := i >= 0 && i < len(*list)
	switch {
	case act == "add":
		*list = append(*list, desk.Button{})
	case act == "remove" && there:
		*list = slices.Delete(*list, i, i+1)
	case act == "up" && there && i > 0:
		(*list)[i-1], (*list)[i] = (*list)[i], (*list)[i-1]
	case act == "down" && there && i+1 < len(*list):
		(*list)[i+1], (*list)[i] = (*list)[i], (*list)[i+1]
	}
	return menu
}

func buttonsForm(c echo.Context, prefix string, most int) (menu []desk.Button) {
	for i := range most {
		place := prefix + strconv.Itoa(i+1)
		field := func(name string) string { return strings.TrimSpace(c.FormValue(place + "." + name)) }
		if form, err := c.FormParams(); err != nil || !form.Has(place+".name") {
			break
		}
		b := desk.Button{Name: field("name")}
		kind, number, _ := strings.Cut(field("does"), ":")
		switch b.Does = kind; kind {
		case desk.OpensAgent:
			b.UID = count(number)
		case desk.OpensGroup:
			b.GroupID = count(number)
		case desk.SaysText:
			b.Text, b.Tap = strings.ReplaceAll(field("text"), "\r\n", "\n"), field("tap")
		case desk.OpensPage:
			b.URL = field("url")
		case desk.OpensProgram:
			b.URL, b.AppID, b.Path = field("url"), field("appid"), field("path")
		case desk.TellsKey:
			b.Tap = field("tap")
		case desk.WeChatsButton:
			b.Type, b.Tap = field("type"), field("tap")
		case desk.OpensList:
			b.Below = buttonsForm(c, place+".", desk.MenuListMost)
		case desk.OpensAnybody:
		default:
			b.Does = ""
		}
		menu = append(menu, b)
	}
	return menu
}

// PUT /settings/menus/:appid keeps the draft, and does the act that the form names.
func (h *Handlers) draftMenu(c echo.Context) error {
	m, err := h.Desk.DraftMenu(c.Request().Context(), agent(c), c.Param("appid"), menuForm(c), count(c.FormValue("version")))
	if err != nil {
		return err
	}
	return h.drawMenu(c, m)
}

func (h *Handlers) drawMenu(c echo.Context, m *desk.AccountMenu) error {
	_, e, err := h.menuEditor(c, m)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.MenuRegion(e))
}

// redrawMenu draws it as it is kept, and has the page ask what WeChat has.
func (h *Handlers) redrawMenu(c echo.Context) error {
	m, err := h.Desk.Menu(c.Request().Context(), agent(c).Company, c.Param("appid"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("HX-Trigger", "menu")
	return h.drawMenu(c, m)
}

// POST /settings/menus/:appid/publication keeps the draft that the form says, and gives it to WeChat.
func (h *Handlers) publishMenu(c echo.Context) error {
	ctx, appid := c.Request().Context(), c.Param("appid")
	if _, err := h.Desk.DraftMenu(ctx, agent(c), appid, menuForm(c), count(c.FormValue("version"))); err != nil {
		return err
	}
	err := h.Desk.PublishMenu(ctx, agent(c), appid, func(menu []desk.Button) error {
		return h.asksOfMenu(c, appid, func(ctx context.Context, token string) error { return h.WeChat.CreateMenu(ctx, token, toWeChat(menu)) })
	})
	if err != nil {
		return err
	}
	return h.redrawMenu(c)
}

// DELETE /settings/menus/:appid/publication takes the menu back from WeChat.
func (h *Handlers) withdrawMenu(c echo.Context) error {
	ctx, appid := c.Request().Context(), c.Param("appid")
	err := h.Desk.WithdrawMenu(ctx, agent(c), appid, func() error {
		return h.asksOfMenu(c, appid, func(ctx context.Context, token string) error { return h.WeChat.DeleteMenu(ctx, token) })
	})
	if err != nil {
		return err
	}
	return h.redrawMenu(c)
}

// asksOfMenu makes a call of WeChat's; what became of it is a sentence for who asked.
func (h *Handlers) asksOfMenu(c echo.Context, appid string, call func(context.Context, string) error) error {
	ctx := c.Request().Context()
	err := h.Tokens.Do(ctx, appid, func(token string) error { return call(ctx, token) })
	var said *wechat.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &said):
		return desk.Refuse(desk.Denied, "menu.refused", h.reader(c).Words.MenuRefused(said.Code))
	case wechat.Classify(err) == wechat.Uncertain:
		return desk.Refuse(desk.Taken, "menu.uncertain")
	}
	h.Log.Warn("WeChat cannot be asked about a menu", "appid", appid, "err", err)
	return desk.Refuse(desk.Taken, "menu.unreached")
}

// nowAtWeChat is what customers have under the conversation now.
func (h *Handlers) nowAtWeChat(c echo.Context, m *desk.AccountMenu) (now []desk.Button, err error) {
	err = h.asksOfMenu(c, m.AppID, func(ctx context.Context, token string) error {
		menu, err := h.WeChat.CurrentMenu(ctx, token)
		now = m.KnownTexts(fromWeChat(menu))
		return err
	})
	return now, err
}

// GET /settings/menus/:appid/now is what WeChat has, beside what was published last.
func (h *Handlers) menuNow(c echo.Context) error {
	m, err := h.Desk.Menu(c.Request().Context(), agent(c).Company, c.Param("appid"))
	if err != nil {
		return err
	}
	company, e, err := h.menuEditor(c, m)
	if err != nil {
		return err
	}
	n := views.MenuNow{MenuEditor: e}
	now, err := h.nowAtWeChat(c, m)
	if n.Trouble = faultOf(e.Reader, err); err != nil && n.Trouble == "" {
		return err
	}
	n.Buttons = buttonModels("", now, company)
	if m.Published != nil && n.Trouble == "" {
		n.Compared = true
		for _, ch := range desk.MenuDiff(now, m.Published) {
			n.Changes = append(n.Changes, changeModel(ch, company))
		}
	}
	return render(c, http.StatusOK, views.MenuNowPart(n))
}

func changeModel(ch desk.MenuChange, company *desk.Company) views.MenuChange {
	v := views.MenuChange{Place: ch.Place}
	if ch.Now != nil {
		v.Now = &buttonModels("", []desk.Button{*ch.Now}, company)[0]
	}
	if ch.Was != nil {
		v.Was = &buttonModels("", []desk.Button{*ch.Was}, company)[0]
	}
	return v
}

// PUT /settings/menus/:appid/now makes what WeChat has the draft.
func (h *Handlers) adoptMenu(c echo.Context) error {
	m, err := h.Desk.Menu(c.Request().Context(), agent(c).Company, c.Param("appid"))
	if err != nil {
		return err
	}
	now, err := h.nowAtWeChat(c, m)
	if err != nil {
		return err
	}
	if m, err = h.Desk.DraftMenu(c.Request().Context(), agent(c), m.AppID, now, count(c.FormValue("version"))); err != nil {
		return err
	}
	return h.drawMenu(c, m)
}

// toWeChat puts buttons into WeChat's words.
func toWeChat(menu []desk.Button) []wechat.MenuButton {
	var out []wechat.MenuButton
	for i := range menu {
		b := &menu[i]
		w := wechat.MenuButton{Name: b.Name, Type: "click", Key: b.Key()}
		switch b.Does {
		case desk.OpensList:
			w = wechat.MenuButton{Name: b.Name, Sub: toWeChat(b.Below)}
		case desk.OpensPage:
			w.Type, w.URL = "view", b.URL
		case desk.OpensProgram:
			w.Type, w.URL, w.AppID, w.Page = "miniprogram", b.URL, b.AppID, b.Path
		case desk.WeChatsButton:
			w = others(b)
		}
		out = append(out, w)
	}
	return out
}

// others is a button of WeChat's other types, whose one value has another name in each family.
func others(b *desk.Button) wechat.MenuButton {
	w := wechat.MenuButton{Name: b.Name, Type: b.Type}
	switch b.Type {
	case "media_id", "view_limited":
		w.MediaID = b.Tap
	case "article_id", "article_view_limited":
		w.ArticleID = b.Tap
	default:
		w.Key = b.Tap
	}
	return w
}

// fromWeChat puts WeChat's buttons into the desk's words.
func fromWeChat(menu []wechat.MenuButton) []desk.Button {
	var out []desk.Button
	for i := range menu {
		w := &menu[i]
		b := desk.Button{Name: w.Name, Does: desk.WeChatsButton, Type: w.Type, Tap: w.Key + w.MediaID + w.ArticleID}
		switch {
		case len(w.Sub) > 0:
			b = desk.Button{Name: w.Name, Does: desk.OpensList, Below: fromWeChat(w.Sub)}
		case w.Type == "click":
			b = desk.Tapped(w.Name, w.Key)
		case w.Type == "view":
			b = desk.Button{Name: w.Name, Does: desk.OpensPage, URL: w.URL}
		case w.Type == "miniprogram":
			b = desk.Button{Name: w.Name, Does: desk.OpensProgram, URL: w.URL, AppID: w.AppID, Path: w.Page}
		}
		out = append(out, b)
	}
	return out
}
