package words

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestEveryWordIsSaidInBothLanguages(t *testing.T) {
	zh, en := reflect.ValueOf(chinese), reflect.ValueOf(english)
	for i := range zh.NumField() {
		field := zh.Type().Field(i)
		if field.Type.Kind() != reflect.String {
			continue
		}
		a, b := zh.Field(i).String(), en.Field(i).String()
		if a == "" || b == "" {
			t.Errorf("%s: %q, %q", field.Name, a, b)
		}
		if strings.Count(a, "{}") != strings.Count(b, "{}") {
			t.Errorf("%s takes another number of values: %q, %q", field.Name, a, b)
		}
	}
}

func TestEveryWordIsUsed(t *testing.T) {
	var views strings.Builder
	for _, pattern := range []string{"../*.templ", "../*.go", "../gallery/*.go", "*.go", "../../internal/*/*.templ", "../../internal/*/*/*.templ"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "table.go") || strings.HasSuffix(file, "_templ.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			views.Write(data)
		}
	}
	kind := reflect.TypeFor[Words]()
	for i := range kind.NumField() {
		if name := kind.Field(i).Name; !regexp.MustCompile(`\.` + name + `\b`).MatchString(views.String()) {
			t.Errorf("%s is said nowhere", name)
		}
	}
}

func TestEverySentenceIsSaidInBothLanguages(t *testing.T) {
	if len(chinese.sentences) != len(english.sentences) || len(chinese.sentences) < 100 {
		t.Fatalf("%d and %d sentences", len(chinese.sentences), len(english.sentences))
	}
	for key, zh := range chinese.sentences {
		en := english.sentences[key]
		if zh == "" || en == "" || zh == en || strings.Count(zh, "{}") != strings.Count(en, "{}") {
			t.Errorf("%s: %q, %q", key, zh, en)
		}
	}
}

func TestNoKeyIsGivenTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sentences {
		if seen[s.key] {
			t.Errorf("%s stands twice", s.key)
		}
		seen[s.key] = true
	}
	for _, s := range wechatSentences {
		for _, code := range strings.Fields(s.codes) {
			if seen[code] {
				t.Errorf("code %s stands twice", code)
			}
			seen[code] = true
		}
	}
}

func TestSentence(t *testing.T) {
	w := For(Chinese)
	for _, tc := range []struct {
		name, got, want string
	}{
		{"arguments are put in, in order", w.Sentence("login.wrong", 3, 15), "邮箱或密码不对。还可以试 3 次，之后要等 15 分钟。"},
		{"an argument that looks like a gap is not one", put("{} {}", []any{"{}", "b"}), "{} b"},
		{"a missing argument leaves nothing behind", w.Sentence("login.throttled"), "试错次数太多。请  分钟后再试。"},
		{"an argument too many is left out", w.Sentence("missing", 7), w.Sentence("missing")},
		{"an unknown key says the general sentence", w.Sentence("no.such.key", 1), w.Sentence("trouble")},
		{"a code of WeChat's", w.Undelivered(45047), "客户上次来信后已发满条数；等客户再来信"},
		{"an unknown code of WeChat's", w.Undelivered(99999), w.Sentence("wechat.other")},
		{"no code", w.Undelivered(0), w.Sentence("wechat.other")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("%q, want %q", tc.got, tc.want)
			}
		})
	}
}

func TestNegotiate(t *testing.T) {
	for _, tc := range []struct {
		name, setting, accept, want string
	}{
		{"the person's setting wins", English, "zh-CN", English},
		{"a setting we do not speak does not", "fr", "zh-CN", Chinese},
		{"Chinese of the mainland", "", "zh-CN,zh;q=0.9,en;q=0.8", Chinese},
		{"plain Chinese", "", "zh", Chinese},
		{"Singapore writes simplified", "", "zh-SG", Chinese},
		{"Taiwan reads English rather than simplified", "", "zh-TW,zh-Hant;q=0.9", English},
		{"Hong Kong too", "", "zh-HK", English},
		{"but simplified as a second choice is a choice", "", "zh-TW,zh-CN;q=0.8", Chinese},
		{"the first language we speak", "", "fr,zh-CN;q=0.8,en;q=0.5", Chinese},
		{"quality decides, not order", "", "zh-CN;q=0.2,en;q=0.9", English},
		{"none that we speak", "", "fr,de", English},
		{"nothing said", "", "", English},
		{"nonsense", "", ";;;q=x", English},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Negotiate(tc.setting, tc.accept); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	zone := time.FixedZone("CST", 8*60*60)
	now := time.Date(2026, 7, 18, 0, 30, 0, 0, zone)
	zh, en := For(Chinese), For(English)
	for _, tc := range []struct{ name, got, want string }{
		{"just now", zh.Age(4 * time.Second), "刚刚"},
		{"seconds", zh.Age(20 * time.Second), "20 秒"},
		{"minutes", zh.Age(4*time.Minute + 59*time.Second), "4 分"},
		{"minutes in English", en.Age(4 * time.Minute), "4 min"},
		{"hours", zh.Age(23*time.Hour + 59*time.Minute), "23 小时"},
		{"days", en.Age(49 * time.Hour), "2 d"},
		{"left: two units", zh.Left(5*time.Hour + 12*time.Minute), "5 小时 12 分"},
		{"left: whole hours", en.Left(5 * time.Hour), "5 h"},
		{"left: minutes", zh.Left(18 * time.Minute), "18 分"},
		{"left: seconds", zh.Left(40 * time.Second), "40 秒"},
		{"left: over", zh.Left(-time.Minute), "0 秒"},
		{"today", zh.Day(now, now), "今天 7 月 18 日"},
		{"an hour ago may be yesterday", zh.Day(now.Add(-time.Hour), now), "昨天 7 月 17 日"},
		{"yesterday in English", en.Day(now.Add(-time.Hour), now), "Yesterday, 17 July"},
		{"this year", zh.Day(now.AddDate(0, 0, -2), now), "7 月 16 日"},
		{"another year", zh.Day(now.AddDate(-1, 0, 0), now), "2025 年 7 月 18 日"},
		{"another year in English", en.Day(now.AddDate(-1, 0, 0), now), "18 July 2025"},
		{"when: today", zh.When(now, now), "00:30"},
		{"when: yesterday", en.When(now.Add(-time.Hour), now), "Yesterday"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("%q, want %q", tc.got, tc.want)
			}
		})
	}
}
