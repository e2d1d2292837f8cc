package desk

import (
	"testing"
	"time"
)

func TestAGuessOfTheWaitIsHonest(t *testing.T) {
	now := time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)
	minutes := func(n ...int) (out []time.Duration) {
		for _, m := range n {
			out = append(out, time.Duration(m)*time.Minute)
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		line   line
		ahead  int
		waited time.Duration
		want   time.Duration
	}{
		{"nobody knows without those who waited before", line{}, 0, 0, 0},
		{"nor by two of them", line{waits: minutes(4, 5)}, 0, 0, 0},
		{"the middle one of them counts, not one who waited all night", line{waits: minutes(4, 600, 5)}, 0, 0, 5 * time.Minute},
		{"who has waited already waits the rest", line{waits: minutes(4, 6, 5)}, 0, 2 * time.Minute, 3 * time.Minute},
		{"whoever waits longer than is usual is told no time", line{waits: minutes(4, 6, 5)}, 0, 7 * time.Minute, 0},
		{"where the first has waited longer than was usual, that counts", line{waits: minutes(4, 6, 5), head: now.Add(-20 * time.Minute)}, 0, 0, 20 * time.Minute},
		{"in the middle of a queue it is half of the time at least", line{waits: minutes(10, 10, 10), ranks: make([]int64, 6)}, 3, 9 * time.Minute, 5 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.line.wait(tc.ahead, tc.waited, now); got != tc.want {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

func TestAPlaceIsToldAgainOnlyWhereItMatters(t *testing.T) {
	const minute = time.Minute
	for _, tc := range []struct {
		name       string
		ahead, was int
		wait, told time.Duration
		want       bool
	}{
		{"the same place", 4, 4, 0, 0, false},
		{"one of ten less", 9, 10, 0, 0, false},
		{"four of ten less", 6, 10, 0, 0, true},
		{"more, too", 14, 10, 0, 0, true},
		{"the next in line", 0, 1, 0, 0, true},
		{"further than anybody counts", maxAhead + 1, maxAhead + 1, 0, 0, false},
		{"a minute less is as good as the same", 4, 4, 2 * minute, 3 * minute, false},
		{"half the time", 4, 4, 5 * minute, 10 * minute, true},
		{"twice the time", 4, 4, 20 * minute, 10 * minute, true},
		{"a time that nobody knows any more is no news", 4, 4, 0, 10 * minute, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := matters(tc.ahead, tc.was, tc.wait, tc.told); got != tc.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestAWaitIsSaidNoMoreExactlyThanAnybodyKnows(t *testing.T) {
	for _, tc := range []struct {
		wait   time.Duration
		zh, en string
	}{
		{0, "", ""},
		{20 * time.Second, "，预计不到 1 分钟", ", less than a minute"},
		{61 * time.Second, "，预计约 2 分钟", ", about 2 min"},
		{10 * time.Minute, "，预计约 10 分钟", ", about 10 min"},
		{11 * time.Minute, "，预计约 15 分钟", ", about 15 min"},
		{70 * time.Minute, "，预计超过 1 小时", ", more than an hour"},
	} {
		if zh, en := waitText("zh-CN", tc.wait), waitText("en", tc.wait); zh != tc.zh || en != tc.en {
			t.Errorf("%v: %q, %q", tc.wait, zh, en)
		}
	}
}

func TestEveryNoticeSaysItselfInBothLanguagesWithItsOwnVariables(t *testing.T) {
	for _, n := range NoticeKinds() {
		for _, locale := range []string{"zh-CN", "en"} {
			text := n.Default(locale)
			if text == "" {
				t.Errorf("%s says nothing in %s", n, locale)
			}
			if err := (Notices{n: {Text: text}}).Check(); err != nil {
				t.Errorf("%s in %s: %v", n, locale, err)
			}
			c := &Company{Location: time.UTC}
			c.Name, c.Locale = "网鱼", locale
			if said := c.Preview(text, time.Now()); variable.MatchString(said) {
				t.Errorf("%s in %s leaves a gap: %q", n, locale, said)
			}
		}
	}
}
