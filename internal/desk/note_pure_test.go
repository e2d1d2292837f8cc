package desk

import (
	"slices"
	"testing"
)

func TestWhomANoteNames(t *testing.T) {
	c := &Company{names: map[int64]string{1: "小鱼", 2: "小鱼儿", 3: "阿明", 4: "Min", 5: "阿明", 6: "老高"}, epochs: map[int64]int64{1: 0, 2: 0, 3: 0, 4: 0, 5: 0}}
	for _, tc := range []struct {
		name, text string
		by         int64
		chosen     []int64
		want       []int64
	}{
		{"nobody", "客户很急", 0, nil, nil},
		{"the longest name", "@小鱼儿你看", 0, nil, []int64{2}},
		{"two of them, in the order of their numbers", "@Min, ＠小鱼 一起", 0, nil, []int64{1, 4}},
		{"nobody twice", "@小鱼 @小鱼", 0, nil, []int64{1}},
		{"all who are called so", "@阿明", 0, nil, []int64{3, 5}},
		{"of those, who was chosen", "@阿明", 0, []int64{5, 1}, []int64{5}},
		{"not who was chosen and is not in the text", "看看", 0, []int64{1}, nil},
		{"not oneself", "@小鱼 @Min", 1, nil, []int64{4}},
		{"not who may not log in", "@老高", 0, nil, nil},
		{"not an e-mail address", "mail a@Min", 0, nil, nil},
		{"not a longer word", "@Mingle", 0, nil, nil},
		{"behind Chinese, without a space", "请@Min看", 0, nil, []int64{4}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := c.calledIn(tc.text, tc.by, tc.chosen); !slices.Equal(got, tc.want) {
				t.Errorf("%q names %v, want %v", tc.text, got, tc.want)
			}
		})
	}
}

func TestColleaguesAreOfferedByWhatIsTyped(t *testing.T) {
	c := &Company{names: map[int64]string{1: "小鱼", 2: "阿小", 3: "Min", 4: "小明", 6: "小高"}, epochs: map[int64]int64{1: 0, 2: 0, 3: 0, 4: 0}}
	uids := func(all []Colleague) (out []int64) {
		for _, a := range all {
			out = append(out, a.UID)
		}
		return out
	}
	if got := uids(c.Callable("小", 9, 8)); !slices.Equal(got, []int64{4, 1, 2}) {
		t.Errorf("小 offers %v: names that begin with it come first, and who may not log in does not come", got)
	}
	if got := uids(c.Callable("mi", 9, 8)); !slices.Equal(got, []int64{3}) {
		t.Errorf("mi offers %v", got)
	}
	if got := uids(c.Callable("", 1, 2)); len(got) != 2 || slices.Contains(got, 1) {
		t.Errorf("nothing typed offers %v: two of the others", got)
	}
}
