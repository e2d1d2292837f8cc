package words

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestTheSettingsOfSessionsAreSaidInBothLanguages(t *testing.T) {
	zh, en := reflect.ValueOf(sessionSettingsChinese), reflect.ValueOf(sessionSettingsEnglish)
	for i := range zh.NumField() {
		name, a, b := zh.Type().Field(i).Name, zh.Field(i), en.Field(i)
		if a.Kind() == reflect.String && (a.String() == "" || b.String() == "" || strings.Count(a.String(), "{}") != strings.Count(b.String(), "{}")) {
			t.Errorf("%s: %q, %q", name, a.String(), b.String())
		}
	}
	c, e := &sessionSettingsChinese, &sessionSettingsEnglish
	for _, both := range [][2]map[string]string{{c.times, e.times}, {c.timeHints, e.timeHints}, {c.units, e.units}, {c.notices, e.notices}, {c.times, e.timeHints}} {
		if a, b := slices.Sorted(maps.Keys(both[0])), slices.Sorted(maps.Keys(both[1])); !slices.Equal(a, b) || len(a) == 0 {
			t.Errorf("%q, %q", a, b)
		}
	}
}
