package wechat_test

import (
	"slices"
	"strings"
	"testing"

	"weir/internal/wechat"
)

func TestWhatACustomerSeesOfAText(t *testing.T) {
	say := func(s string) wechat.Piece { return wechat.Piece{Text: s} }
	link := func(s, url string) wechat.Piece { return wechat.Piece{Text: s, URL: url} }
	fault := func(s, fault string) wechat.Piece { return wechat.Piece{Text: s, Fault: fault} }
	const app = `data-miniprogram-appid="wx4a14a2375e93cb7b" data-miniprogram-path="pages/index"`
	for _, tc := range []struct {
		name, text string
		want       []wechat.Piece
	}{
		{"words", "您好", []wechat.Piece{say("您好")}},
		{"a link among words", `请看<a href="https://a.example/x?y=1&z=2">说明</a>。`, []wechat.Piece{say("请看"), link("说明", "https://a.example/x?y=1&z=2"), say("。")}},
		{"a link in single quotes and capitals", `<A HREF='http://a.example'>x</A>`, []wechat.Piece{link("x", "http://a.example")}},
		{"an address by itself", "见https://a.example/x，谢谢", []wechat.Piece{say("见"), link("https://a.example/x", "https://a.example/x"), say("，谢谢")}},
		{"an address at the end of a sentence", "See https://a.example/x.", []wechat.Piece{say("See "), link("https://a.example/x", "https://a.example/x"), say(".")}},
		{"a mini program", `<a href="https://a.example" ` + app + `>下单</a>`, []wechat.Piece{{Text: "下单", URL: "https://a.example", Program: true}}},
		{"a mini program alone", `<a ` + app + `>下单</a>`, []wechat.Piece{{Text: "下单", Program: true}}},
		{"half a mini program", `<a data-miniprogram-appid="wx4a14a2375e93cb7b">下单</a>`, []wechat.Piece{fault(`<a data-miniprogram-appid="wx4a14a2375e93cb7b">下单</a>`, wechat.FaultProgram)}},
		{"a mini program of no AppID", `<a data-miniprogram-appid="gh_1" data-miniprogram-path="a">下单</a>`, []wechat.Piece{fault(`<a data-miniprogram-appid="gh_1" data-miniprogram-path="a">下单</a>`, wechat.FaultProgram)}},
		{"an answer to tap", `<a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">1</a>`, []wechat.Piece{link("1", "weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1")}},
		{"no address", `<a>x</a>`, []wechat.Piece{fault(`<a>x</a>`, wechat.FaultAddress)}},
		{"an address that runs something", `<a href="javascript:alert(1)">x</a>`, []wechat.Piece{fault(`<a href="javascript:alert(1)">x</a>`, wechat.FaultAddress)}},
		{"half an address", `<a href="a.example">x</a>`, []wechat.Piece{fault(`<a href="a.example">x</a>`, wechat.FaultAddress)}},
		{"no end", `看<a href="https://a.example">x 了`, []wechat.Piece{say("看"), fault(`<a href="https://a.example">`, wechat.FaultOpen), say("x 了")}},
		{"one in another", `<a href="https://a.example">x<a href="https://b.example">y</a>`, []wechat.Piece{fault(`<a href="https://a.example">`, wechat.FaultOpen), say("x"), link("y", "https://b.example")}},
		{"nothing in it", `<a href="https://a.example"> </a>`, []wechat.Piece{fault(`<a href="https://a.example"> </a>`, wechat.FaultEmpty)}},
		{"other code", `<b>重</b>`, []wechat.Piece{fault("<b>", wechat.FaultTag), say("重"), fault("</b>", wechat.FaultTag)}},
		{"an end alone", `x</a>`, []wechat.Piece{say("x"), fault("</a>", wechat.FaultTag)}},
		{"a tag that is not finished", `x<a href="https://a.exam`, []wechat.Piece{say("x<a href=\""), link("https://a.exam", "https://a.exam")}},
		{"signs that are no code", "3<4 & 5>4 <3", []wechat.Piece{say("3<4 & 5>4 <3")}},
		{"signs in words stand as they are", "&amp;&lt;", []wechat.Piece{say("&amp;&lt;")}},
		{"nothing", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := wechat.ReadText(tc.text); !slices.Equal(got, tc.want) {
				t.Errorf("read\n%+v, want\n%+v", got, tc.want)
			}
		})
	}
}

// Whatever is written, nothing of it is lost: what is no link stands as it was written.
func FuzzReadText(f *testing.F) {
	for _, seed := range []string{"<a href=", "<title>x<a", "<!--x", "<script><a href='https://x.example'>y</a>", "</", "<a href=\"https://x.example\">y</a", "\x00<a\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var all strings.Builder
		links := false
		for _, p := range wechat.ReadText(text) {
			all.WriteString(p.Text)
			links = links || p.Program || p.URL != "" && p.URL != p.Text
			if strings.HasPrefix(strings.ToLower(p.URL), "javascript") {
				t.Errorf("a link that runs something: %+v", p)
			}
		}
		if !links && all.String() != text {
			t.Errorf("%q became %q", text, all.String())
		}
	})
}
