package views

import (
	"testing"
	"time"
)

func TestATimeIsShownInItsLongestUnitAndReadBack(t *testing.T) {
	for _, tc := range []struct {
		long         time.Duration
		number, unit string
	}{
		{0, "0", "s"}, {time.Second, "1", "s"}, {90 * time.Second, "90", "s"}, {15 * time.Minute, "15", "m"}, {36 * time.Hour, "36", "h"}, {240 * time.Hour, "10", "d"},
	} {
		shown := TimeOf("grace", true, tc.long)
		if shown.Number != tc.number || shown.Unit != tc.unit {
			t.Errorf("%v is shown as %s %s", tc.long, shown.Number, shown.Unit)
		}
		if read, err := ParseTime(shown.Number, shown.Unit); err != nil || read != tc.long {
			t.Errorf("%v is read back as %v, %v", tc.long, read, err)
		}
	}
	for _, bad := range [][2]string{{"", "s"}, {"-1", "s"}, {"1.5", "h"}, {"1", "y"}, {"9999999999999", "d"}} {
		if read, err := ParseTime(bad[0], bad[1]); err == nil {
			t.Errorf("%q %q is read as %v", bad[0], bad[1], read)
		}
	}
}
