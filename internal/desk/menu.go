package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// What a tap on a button of an account's menu does.
const (
	OpensAgent    = "agent"   // a session for UID
	OpensGroup    = "group"   // a session for GroupID
	OpensAnybody  = "anybody" // a session for whoever is there
	SaysText      = "text"    // answers at once with Text, at no cost of quota
	OpensPage     = "url"
	OpensProgram  = "program" // a mini program
	TellsKey      = "key"     // tells Tap to another program of the company's
	OpensList     = "list"    // shows the buttons Below; only at the bottom
	WeChatsButton = "wechat"  // something else of WeChat's: it is kept as it is
)

// Limits of a menu: WeChat's (WECHAT, section 6.3), in bytes where nothing else is said.
const (
	MenuButtonsMost  = 3  // buttons
	MenuListMost     = 5  // buttons of a list
	MenuNameMost     = 16 // of a button at the bottom
	MenuListNameMost = 60 // of one in a list
	menuKeyMost      = 128
	menuURLMost      = 1024
)

// Button is a button of an account's menu. Which fields count depends on what it does.
type Button struct {
	Name    string   `json:"name"`
	Does    string   `json:"does,omitempty"` // "": nothing yet
	UID     int64    `json:"uid,omitempty"`
	GroupID int64    `json:"group_id,omitempty"`
	Text    string   `json:"text,omitempty"`
	URL     string   `json:"url,omitempty"` // also where phones go that know no mini program
	AppID   string   `json:"appid,omitempty"`
	Path    string   `json:"path,omitempty"`
	Tap     string   `json:"tap,omitempty"`  // what WeChat tells of a tap, where this is not made of the target
	Type    string   `json:"type,omitempty"` // WeChat's word for something else
	Below   []Button `json:"below,omitempty"`
}

// Key is what WeChat tells of a tap; "": it tells nothing, or the address.
func (b *Button) Key() string {
	switch b.Does {
	case OpensAgent:
		return "kf_user_" + strconv.FormatInt(b.UID, 10)
	case OpensGroup:
		return "kf_group_" + strconv.FormatInt(b.GroupID, 10)
	case OpensAnybody:
		return "kf_other"
	case SaysText, TellsKey, WeChatsButton:
		return b.Tap
	}
	return ""
}

// textKey begins the key of a button that answers with a text.
const textKey = "text_"

// Tapped is a button that tells a key, as it was understood before it was ours.
func Tapped(name, key string) Button {
	b := Button{Name: name, Does: TellsKey, Tap: key}
	switch kind, uid, group := keyTarget(key); kind {
	case ToUser:
		return Button{Name: name, Does: OpensAgent, UID: uid}
	case ToTeam:
		return Button{Name: name, Does: OpensGroup, GroupID: group}
	case ToOther:
		return Button{Name: name, Does: OpensAnybody}
	}
	if strings.HasPrefix(key, textKey) {
		b.Does = SaysText
	}
	return b
}

// keyTarget is whom a key names: kf_user_{uid}, kf_group_{group id}, kf_other.
func keyTarget(key string) (kind string, uid, group int64) {
	if key == "kf_other" {
		return ToOther, 0, 0
	}
	if n, ok := strings.CutPrefix(key, "kf_user_"); ok {
		if uid, err := strconv.ParseInt(n, 10, 64); err == nil {
			return ToUser, uid, 0
		}
	}
	if n, ok := strings.CutPrefix(key, "kf_group_"); ok {
		if group, err := strconv.ParseInt(n, 10, 64); err == nil {
			return ToTeam, 0, group
		}
	}
	return "", 0, 0
}

// AccountMenu is the custom menu of an account.
type AccountMenu struct {
	AppID       string
	Draft       []Button
	Version     int64    // of the draft; 0: nobody has kept one
	Published   []Button // nil: nothing of ours
	PublishedAt time.Time
	By          string // who published it, or took it back
}

// Changed says whether the draft is another menu than the published one, texts of answers included.
func (m *AccountMenu) Changed() bool {
	return !reflect.DeepEqual(m.Draft, append([]Button{}, m.Published...))
}

// MenuFault finds the first fault of a menu of an account, a Refusal that names the button by its place. whole: it is to be published, so nothing
// may be missing.
func (c *Company) MenuFault(appid string, menu []Button, whole bool) error {
	if len(menu) > MenuButtonsMost {
		return refuse(Invalid, "menu.many", MenuButtonsMost)
	}
	if whole && len(menu) == 0 {
		return refuse(Invalid, "menu.empty")
	}
	for i := range menu {
		b, place := &menu[i], strconv.Itoa(i+1)
		if err := c.buttonFault(appid, b, place, MenuNameMost, whole); err != nil {
			return err
		}
		if len(b.Below) > MenuListMost {
			return refuse(Invalid, "menu.list-many", place, MenuListMost)
		}
		if whole && b.Does == OpensList && len(b.Below) == 0 {
			return refuse(Invalid, "menu.list-empty", place)
		}
		for j := range b.Below {
			if err := c.buttonFault(appid, &b.Below[j], fmt.Sprintf("%s.%d", place, j+1), MenuListNameMost, whole); err != nil {
				return err
			}
		}
	}
	return nil
}

// buttonFault is what is wrong with one button by itself.
func (c *Company) buttonFault(appid string, b *Button, place string, nameMost int, whole bool) error {
	inList := strings.Contains(place, ".")
	switch {
	case len(b.Name) > nameMost || whole && strings.TrimSpace(b.Name) == "":
		return refuse(Invalid, "menu.name", place, nameMost, nameMost/3)
	case inList && (b.Does == OpensList || len(b.Below) > 0):
		return refuse(Invalid, "menu.depth", place)
	case len(b.Tap) > menuKeyMost || whole && b.Does == TellsKey && b.Tap == "":
		return refuse(Invalid, "menu.key", place, menuKeyMost)
	case len(b.Text) > maxPassive || whole && b.Does == SaysText && strings.TrimSpace(b.Text) == "":
		return refuse(Invalid, "menu.text", place, maxPassive)
	case len(b.URL) > menuURLMost || whole && (b.Does == OpensPage || b.Does == OpensProgram) && !webAddress(b.URL):
		return refuse(Invalid, "menu.url", place, menuURLMost)
	case len(b.AppID) > 64 || len(b.Path) > menuURLMost || whole && b.Does == OpensProgram && (b.AppID == "" || b.Path == ""):
		return refuse(Invalid, "menu.program", place)
	case whole && b.Does == "":
		return refuse(Invalid, "menu.does-nothing", place)
	case whole && b.Does == OpensAgent && !c.Serves(appid, b.UID):
		return refuse(Invalid, "menu.agent", place)
	case whole && b.Does == OpensGroup && c.Groups[b.GroupID] == nil:
		return refuse(Invalid, "menu.group", place)
	}
	return nil
}

// readMenus puts the buttons that have a key where a tap finds them: those of drafts too, because WeChat may have a menu of which we could not
// note any more that it has it.
func (c *Company) readMenus(rows []store.Menu) {
	c.taps = make(map[string]map[string]*Button, len(rows))
	for _, r := range rows {
		taps := map[string]*Button{}
		for _, kept := range []json.RawMessage{r.Draft, r.Published} {
			eachButton(buttonsOf(kept), func(b *Button) {
				if key := b.Key(); key != "" {
					taps[key] = b
				}
			})
		}
		c.taps[r.AppID] = taps
	}
}

func eachButton(menu []Button, visit func(*Button)) {
	for i := range menu {
		visit(&menu[i])
		eachButton(menu[i].Below, visit)
	}
}

// TapName is what the button is called that tells a key; "": no menu of ours has one.
func (c *Company) TapName(appid, key string) string {
	if b := c.taps[appid][key]; b != nil {
		return b.Name
	}
	return ""
}

// tapText is what a tap on a menu is answered with; "": nothing.
func (c *Company) tapText(a *Arrival) string {
	if b := c.taps[a.AppID][a.EventKey]; a.Event == "click" && b != nil && b.Does == SaysText {
		return b.Text
	}
	return ""
}

// buttonsOf reads what is kept; nil: nothing.
func buttonsOf(kept json.RawMessage) (menu []Button) {
	_ = json.Unmarshal(kept, &menu) // as menuJSON wrote it
	return menu
}

func menuJSON(menu []Button) json.RawMessage {
	b, _ := json.Marshal(append([]Button{}, menu...)) // strings and numbers always can be
	return b
}

func menuOf(c *Company, r *store.Menu) *AccountMenu {
	return &AccountMenu{AppID: r.AppID, Draft: append([]Button{}, buttonsOf(r.Draft)...), Version: r.Version, Published: buttonsOf(r.Published), PublishedAt: val(r.PublishedAt), By: c.AgentName(val(r.ByUID))}
}

// Menu is the menu of one of the company's accounts.
func (d *Desk) Menu(ctx context.Context, company id.ID, appid string) (*AccountMenu, error) {
	c, err := d.companies.now(ctx, company)
	if err != nil {
		return nil, err
	}
	switch a := c.Accounts[appid]; {
	case a == nil:
		return nil, refuse(Missing, "account.missing")
	case a.MovedAt != nil: // its menu is another company's
		return nil, refuse(Denied, "account.moved")
	}
	row, err := d.store.Of(company).MenuGet(ctx, store.MenuGetParams{CompanyID: company, AppID: appid})
	if errors.Is(err, store.ErrNone) {
		return &AccountMenu{AppID: appid, Draft: []Button{}}, nil
	} else if err != nil {
		return nil, err
	}
	return menuOf(c, &row), nil
}

// DraftMenu keeps what people work on; seen is the version they began with, -1: whatever it is. It may be unfinished; what WeChat could never
// take is refused. A button that answers with a text gets its key here and keeps it, so that phones which still show the menu before get the
// text of now.
func (d *Desk) DraftMenu(ctx context.Context, by Agent, appid string, menu []Button, seen int64) (*AccountMenu, error) {
	was, err := d.Menu(ctx, by.Company, appid)
	if err != nil {
		return nil, err
	}
	c, err := d.companies.now(ctx, by.Company)
	if err != nil {
		return nil, err
	}
	eachButton(menu, func(b *Button) {
		if b.Does == SaysText && !strings.HasPrefix(b.Tap, textKey) {
			b.Tap = textKey + strings.ToLower(rand.Text()[:10])
		}
	})
	if err := c.MenuFault(appid, menu, false); err != nil {
		return nil, err
	}
	p := store.MenuDraftPutParams{CompanyID: by.Company, AppID: appid, Draft: menuJSON(menu), DraftedBy: ptr(by.UID), Seen: seen}
	version, err := d.store.Of(by.Company).MenuDraftPut(ctx, p)
	if errors.Is(err, store.ErrNone) {
		return nil, refuse(Taken, "menu.drafted")
	} else if err != nil {
		return nil, err
	}
	was.Draft, was.Version = append([]Button{}, menu...), version
	return was, nil
}

// PublishMenu gives the draft to WeChat, which give does, and notes that WeChat has it. Its texts are known to every process before a phone
// can show their buttons.
func (d *Desk) PublishMenu(ctx context.Context, by Agent, appid string, give func([]Button) error) error {
	m, err := d.Menu(ctx, by.Company, appid)
	if err != nil {
		return err
	}
	c, err := d.companies.now(ctx, by.Company)
	if err != nil {
		return err
	}
	if err := c.MenuFault(appid, m.Draft, true); err != nil {
		return err
	}
	if err := d.store.Of(by.Company).CompanyTouch(ctx, by.Company); err != nil {
		return err
	}
	if err := give(m.Draft); err != nil {
		return err
	}
	return d.menuPublished(ctx, by, appid, menuJSON(m.Draft))
}

// WithdrawMenu has WeChat show no menu any more, which take does. The draft stays.
func (d *Desk) WithdrawMenu(ctx context.Context, by Agent, appid string, take func() error) error {
	if _, err := d.Menu(ctx, by.Company, appid); err != nil {
		return err
	}
	if err := take(); err != nil {
		return err
	}
	return d.menuPublished(ctx, by, appid, nil)
}

func (d *Desk) menuPublished(ctx context.Context, by Agent, appid string, published json.RawMessage) error {
	return d.store.Tx(ctx, by.Company, func(q *store.Queries) error {
		p := store.MenuPublishedSetParams{CompanyID: by.Company, AppID: appid, Published: published, At: d.now(), ByUID: ptr(by.UID)}
		if err := q.MenuPublishedSet(ctx, p); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, by.Company)
	})
}

// KnownTexts gives buttons as WeChat has them the texts that they answer with, which WeChat does not know.
func (m *AccountMenu) KnownTexts(now []Button) []Button {
	texts := map[string]string{}
	for _, menu := range [][]Button{m.Draft, m.Published} {
		eachButton(menu, func(b *Button) {
			if b.Does == SaysText {
				texts[b.Tap] = b.Text
			}
		})
	}
	eachButton(now, func(b *Button) {
		if b.Does == SaysText {
			b.Text = texts[b.Tap]
		}
	})
	return now
}

// MenuChange is a button that is another one in one menu than in the other. nil: there is none at its place.
type MenuChange struct {
	Place    string // 2, or 2.1 in its list
	Now, Was *Button
}

// MenuDiff compares two menus by what phones show and WeChat tells; the texts of answers are no part of that.
func MenuDiff(now, was []Button) []MenuChange { return menuDiff("", now, was) }

func menuDiff(prefix string, now, was []Button) (out []MenuChange) {
	for i := range max(len(now), len(was)) {
		place := prefix + strconv.Itoa(i+1)
		a, b := buttonAt(now, i), buttonAt(was, i)
		if a == nil || b == nil || a.shown() != b.shown() {
			out = append(out, MenuChange{place, a, b})
			continue
		}
		out = append(out, menuDiff(place+".", a.Below, b.Below)...)
	}
	return out
}

func buttonAt(menu []Button, i int) *Button {
	if i < len(menu) {
		return &menu[i]
	}
	return nil
}

// shown is what makes a button this one, on a phone and in what WeChat tells.
func (b *Button) shown() [6]string {
	kind := b.Does
	switch kind {
	case OpensAgent, OpensGroup, OpensAnybody, SaysText, TellsKey:
		kind = TellsKey
	}
	return [6]string{b.Name, kind + b.Type, b.Key(), b.URL, b.AppID, b.Path}
}
