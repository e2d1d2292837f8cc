package pinyin_test

import (
	"strings"
	"testing"

	"weir/internal/pinyin"
)

func TestHowTextsAreRead(t *testing.T) {
	for _, tc := range []struct{ text, initials, holds string }{
		{"退款说明", "tksm", "shuo/shui ming"},
		{"发票重开", "fpzk", "zhong/chong"},
		{"VIP 会员8折", "viphy8z", "v i p _ hui"},
		{"ＶＩＰ", "vip", "v i p"},
		{"请稍候…", "qsh", "qing shao hou"},
		{"😀好", "h", "hao"},
		{"", "", ""},
	} {
		readings := pinyin.Readings(tc.text)
		if got := pinyin.Initials(readings); got != tc.initials {
			t.Errorf("%s begins %q, want %q (%s)", tc.text, got, tc.initials, readings)
		}
		if !strings.Contains(readings, tc.holds) {
			t.Errorf("%s is read %q, without %q", tc.text, readings, tc.holds)
		}
	}
}

func TestWhatIsTypedIsFoundInCharactersPinyinAndInitials(t *testing.T) {
	for _, tc := range []struct {
		name, text, typed string
		marked            string // "": it is not found
		letters           bool
	}{
		{"characters", "发票重开说明", "重开", "重开", false},
		{"initials", "发票重开说明", "fp", "发票", true},
		{"initials from the middle", "发票重开说明", "sm", "说明", true},
		{"the rarer reading of a character", "发票重开说明", "ck", "重开", true},
		{"a reading of old books", "价格说明", "yue", "", false},
		{"full pinyin", "退款说明", "tuikuan", "退款", true},
		{"full pinyin with a blank", "退款说明", "tui kuan", "退款", true},
		{"pinyin and an initial", "退款说明", "tuik", "退款", true},
		{"pinyin that is not finished", "退款说明", "tuikua", "退款", true},
		{"capital letters", "退款说明", "TK", "退款", true},
		{"wide letters", "退款说明", "ｔｋ", "退款", true},
		{"what begins like one and goes on like none", "退款说明", "tg", "", false},
		{"half of a syllable with another behind it", "退款说明", "tukuan", "", false},
		{"letters of the text itself", "VIP会员", "vip", "VIP", false},
		{"letters and initials", "VIP会员", "viphy", "VIP会员", true},
		{"a blank of the text is passed", "会员 充值", "hycz", "会员 充值", true},
		{"digits", "8折活动", "8z", "8折", true},
		{"other characters", "退款说明", "发票", "", false},
		{"characters in another order", "退款说明", "款退", "", false},
		{"nothing", "退款说明", " ", "", false},
		{"more than there is", "退款", "tksm", "", false},
		{"a ligature is one character", "ﬁ退款", "tk", "退款", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			hit, found := pinyin.Find(tc.text, pinyin.Readings(tc.text), tc.typed)
			if found != (tc.marked != "") || hit.Letters != tc.letters {
				t.Fatalf("found %v: %+v", found, hit)
			}
			if marked := string([]rune(tc.text)[hit.From:hit.To]); marked != tc.marked {
				t.Errorf("marked %q, want %q", marked, tc.marked)
			}
		})
	}
}

func TestATextWhoseReadingsAreNotItsOwnIsFoundByItsCharactersAlone(t *testing.T) {
	if _, found := pinyin.Find("退款", "", "tk"); found {
		t.Error("found without readings")
	}
	if hit, found := pinyin.Find("退款", "", "款"); !found || hit.From != 1 {
		t.Errorf("%+v, %v", hit, found)
	}
}

// What one types may be anything, and is looked for while one types.
func TestLookingForALongTextEnds(t *testing.T) {
	text := strings.Repeat("和", 60) // he, huo, hu, hai, han: many ways to go wrong
	if _, found := pinyin.Find(text, pinyin.Readings(text), strings.Repeat("h", 59)+"x"); found {
		t.Error("found")
	}
}
