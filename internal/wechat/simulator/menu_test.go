package simulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// gets asks a path of the API with a token, and reads the answer into out.
func (w *world) gets(path string, out any) {
	w.t.Helper()
	answer, err := http.Get(w.api + "/cgi-bin/" + path + "?access_token=" + w.stable(false).AccessToken)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		w.t.Fatal(err)
	}
}

const someMenu = `{"button":[{"type":"click","name":"人工客服","key":"kf_other"},{"name":"更多","sub_button":[{"type":"view","name":"官网","url":"https://example.com/?a=1&b=2"},{"type":"miniprogram","name":"订位","url":"https://example.com","appid":"wx1","pagepath":"pages/a"}]}]}`

func TestWhatAMenuMayBe(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	button := func(fields string) string { return `{"button":[{` + fields + `}]}` }
	below := func(fields string) string { return `{"button":[{"name":"更多","sub_button":[{` + fields + `}]}]}` }
	n := func(s string, times int) string { return strings.Repeat(s, times) }
	for _, tc := range []struct {
		name, body string
		code       int
	}{
		{"three kinds of button", someMenu, 0},
		{"five Chinese characters are 15 bytes", button(`"type":"click","name":"我的会员卡","key":"k"`), 0},
		{"six are 18", button(`"type":"click","name":"我的会员卡片","key":"k"`), 40018},
		{"twenty are 60, in a list", below(`"type":"click","name":"` + n("字", 20) + `","key":"k"`), 0},
		{"more are too many", below(`"type":"click","name":"` + n("字", 21) + `","key":"k"`), 40025},
		{"a key has 128 bytes", button(`"type":"click","name":"a","key":"` + n("k", 128) + `"`), 0},
		{"and no more", button(`"type":"click","name":"a","key":"` + n("k", 129) + `"`), 40019},
		{"a key is needed", below(`"type":"click","name":"a"`), 40026},
		{"an address has 1024 bytes", button(`"type":"view","name":"a","url":"https://a.test/` + n("x", 1024-15) + `"`), 0},
		{"and no more", button(`"type":"view","name":"a","url":"https://a.test/` + n("x", 1024-14) + `"`), 40020},
		{"it is one", below(`"type":"view","name":"a","url":"javascript:alert(1)"`), 40027},
		{"no button", `{"button":[]}`, 40016},
		{"four buttons", `{"button":[` + n(`{"type":"click","name":"a","key":"k"},`, 3) + `{"type":"click","name":"a","key":"k"}]}`, 40016},
		{"six in a list", `{"button":[{"name":"a","sub_button":[` + n(`{"type":"click","name":"a","key":"k"},`, 5) + `{"type":"click","name":"a","key":"k"}]}]}`, 40023},
		{"a list in a list", below(`"name":"a","sub_button":[{"type":"click","name":"a","key":"k"}]`), 40022},
		{"another type", button(`"type":"jump","name":"a"`), 40017},
		{"Chinese in escapes", button(`"type":"click","name":"\u4eba\u5de5","key":"k"`), 40033},
		{"an ampersand in escapes", strings.Replace(someMenu, "&", `\u0026`, 1), 40033},
	} {
		var got struct{ Errcode int }
		if w.posts("menu/create", tc.body, &got); got.Errcode != tc.code {
			t.Errorf("%s: %d, want %d", tc.name, got.Errcode, tc.code)
		}
	}
}

func TestTheMenuIsTheConsolesUntilAProgramMakesOne(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	type list struct{ List []MenuButton }
	var current struct {
		Open int `json:"is_menu_open"`
		Info struct {
			Button []struct {
				Name, Key string
				Below     list `json:"sub_button"`
			}
		} `json:"selfmenu_info"`
	}
	var made struct {
		Errcode int
		Menu    struct{ Button []MenuButton }
	}
	w.gets("get_current_selfmenu_info", &current)
	if w.gets("menu/get", &made); current.Open != 1 || len(current.Info.Button) != 3 || current.Info.Button[2].Key != "kf_other" || made.Errcode != 46003 {
		t.Fatalf("at first: %+v, %+v", current, made)
	}
	var ok struct{ Errcode int }
	if w.posts("menu/create", someMenu, &ok); ok.Errcode != 0 {
		t.Fatal(ok)
	}
	made.Errcode = 0
	w.gets("menu/get", &made)
	if w.gets("get_current_selfmenu_info", &current); len(current.Info.Button) != 2 || len(current.Info.Button[1].Below.List) != 2 || made.Errcode != 0 || len(made.Menu.Button[1].Sub) != 2 {
		t.Fatalf("made: %+v, %+v", current, made)
	}
	w.gets("menu/delete", &ok)
	if w.gets("get_current_selfmenu_info", &current); current.Open != 0 {
		t.Errorf("deleted: %+v", current)
	}
}

func TestAPressTellsWhatTheButtonIs(t *testing.T) {
	w := newWorld(t, Plain, nil, nil)
	var ok struct{ Errcode int }
	w.posts("menu/create", someMenu, &ok)
	w.act(Act{Kind: ActText, Text: "x"})
	for name, want := range map[string]string{"人工客服": "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[kf_other]]>", "官网": "<Event><![CDATA[VIEW]]></Event><EventKey><![CDATA[https://example.com/?a=1&b=2]]>",
		"订位": "<EventKey><![CDATA[pages/a]]>"} {
		if _, err := w.Press(t.Context(), appid, openid, name); err != nil {
			t.Fatal(err)
		}
		all := w.pushes()
		if got := all[len(all)-1].Body; !strings.Contains(got, want) {
			t.Errorf("%s pushed %s", name, got)
		}
	}
	for _, name := range []string{"更多", "会员"} { // opens a list; the console's, which is not shown any more
		if _, err := w.Press(t.Context(), appid, openid, name); !errors.Is(err, ErrBadAct) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
