package views

import (
	"slices"
	"testing"
)

func TestANoteIsCutAtTheNamesThatItCalls(t *testing.T) {
	for _, tc := range []struct {
		text  string
		names []string
		want  []span
	}{
		{"没有提到谁", nil, []span{{"没有提到谁", false}}},
		{"@小鱼 看一下", []string{"小鱼"}, []span{{"@小鱼", true}, {" 看一下", false}}},
		{"请＠小鱼儿和@小鱼", []string{"小鱼", "小鱼儿"}, []span{{"请", false}, {"＠小鱼儿", true}, {"和", false}, {"@小鱼", true}}},
		{"@阿明 没有这个人", []string{"小鱼", ""}, []span{{"@阿明 没有这个人", false}}},
	} {
		if got := (Message{Text: tc.text, Items: tc.names}).spans(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.text, got, tc.want)
		}
	}
}
