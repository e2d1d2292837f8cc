package search

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPairsAreNeighboursAndNormalised(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       string
	}{
		{"Chinese", "退款了吗", "退款 款了 了吗"},
		{"each once", "哈哈哈哈", "哈哈"},
		{"a single character has none", "好", ""},
		{"nothing", "", ""},
		{"case", "ReFund", "re ef fu un nd"},
		{"full width is half width", "ＶＩＰ９", "vi ip p9"},
		{"half width kana are whole ones", "ﾊﾟｽﾀ", "パス スタ"},
		{"decomposed is composed", "cafe\u0301", "ca af fé"},
		{"ligatures and numbers in circles are what they stand for", "ﬁ①", "fi i1"},
		{"none goes over a space", "退款 到账", "退款 到账"},
		{"nor over another kind of space, or a line", "退款　到\n账了", "退款 账了"},
		{"emoji", "好👍👍", "好👍 👍👍"},
		{"punctuation counts", "a-b", "a- -b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := strings.Join(Pairs(tc.text), " "); got != tc.want {
				t.Errorf("pairs of %q are %q, want %q", tc.text, got, tc.want)
			}
		})
	}
}

func TestATermIsFoundWhereItsWordsAre(t *testing.T) {
	for _, tc := range []struct {
		term, text string
		is         bool
	}{
		{"退款", "我要退款", true},
		{"退款", "退了款", false},
		{"款退", "退款退款", true},
		{"FUND", "your refund is late", true},
		{"ｒｅｆｕｎｄ", "Refund", true},
		{"refund late", "your refund is late", true},
		{"late refund", "your refund is late", true},
		{"refund early", "your refund is late", false},
		{"好", "你好", true},
		{"é", "cafe\u0301", true},
		{"", "你好", false},
		{"   ", "你好", false},
	} {
		if got := NewTerm(tc.term).In(tc.text); got != tc.is {
			t.Errorf("%q in %q: %v", tc.term, tc.text, got)
		}
	}
}

// What the index is for: nothing that holds a term lacks one of the term's pairs.
func TestWhatHoldsATermHasItsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := []rune("退款到账aAＡbé\u0301 　①👍")
		text := string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 12).Draw(t, "text"))
		term := NewTerm(string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, 4).Draw(t, "term")))
		has := Pairs(text)
		lacks := slices.ContainsFunc(term.Pairs(), func(p string) bool { return !slices.Contains(has, p) })
		if term.In(text) && lacks {
			t.Fatalf("%q holds %q and lacks one of %q", text, term, term.Pairs())
		}
	})
}

func TestAnExcerptShowsWhatWasFound(t *testing.T) {
	show := func(parts []Part) string {
		var b strings.Builder
		for _, p := range parts {
			if p.Found {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	for _, tc := range []struct{ name, term, text, want string }{
		{"in the middle", "退款", "我要退款，谢谢", "我要[退款]，谢谢"},
		{"every time", "款", "退款不是付款", "退[款]不是付[款]"},
		{"as it was written", "refund", "My ＲＥＦＵＮＤ please", "My [ＲＥＦＵＮＤ] please"},
		{"two words", "b a", "a b", "[a] [b]"},
		{"a long text from a little before", "退款", strings.Repeat("前", 40) + "退款" + strings.Repeat("后", 40), "…前前前前前[退款]后后后后后后后后后后后后后…"},
		{"the end of a long text fills the line", "退款", strings.Repeat("前", 40) + "退款", "…" + strings.Repeat("前", 18) + "[退款]"},
		{"one line", "退款", "第一行\n退款", "第一行 [退款]"},
		{"neighbours are one", "退款 款了", "退款了", "[退款了]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := show(NewTerm(tc.term).Excerpt(tc.text, 5, 20)); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestATermIsNotLongerThanAnybodyTypes(t *testing.T) {
	if got := NewTerm(strings.Repeat("长", 1000)); len([]rune(got.String())) != Most {
		t.Errorf("%d characters count", len([]rune(got.String())))
	}
}
