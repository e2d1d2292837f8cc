package desk

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/internal/store"
)

// Whatever a callback may change of a session is written: by the short statement, or by the long one because onlyHeard sees it.
func TestNoChangeOfASessionIsLeftOutOfWhatIsWritten(t *testing.T) {
	short, long := written(t, "SessionsHeard"), written(t, "SessionsHear")
	if len(short) < 5 || len(long) < 20 {
		t.Fatalf("the short statement writes %v, the long one %v", short, long)
	}
	for column := range long {
		field := fieldOf(t, column)
		was := of(Conversing, 7)
		was.Rank = was.rank()
		is := was
		other(t, reflect.ValueOf(&is.Session).Elem().FieldByName(field))
		if field == "Rank" { // it follows from these
			is.Priority = 5
		}
		if !short[column] && onlyHeard(&was, &is) {
			t.Errorf("%s changes, and only the long statement would write it", column)
		}
		if short[column] && !onlyHeard(&was, &is) {
			t.Errorf("%s changes, which the short statement writes, and the long one is used", column)
		}
	}
	for column := range short {
		if !long[column] {
			t.Errorf("%s is written by the short statement and not by the long one", column)
		}
	}
}

// written are the columns that a statement sets in a session that is there.
func written(t *testing.T, name string) map[string]bool {
	t.Helper()
	all, err := os.ReadFile("../../queries/sessions.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(all), "-- name: "+name+" ")
	text, _, _ = strings.Cut(text, ";")
	columns := map[string]bool{}
	for _, m := range regexp.MustCompile(`\b(\w+) = (?:NULLIF\()?(?:excluded|k)\.(\w+)`).FindAllStringSubmatch(text, -1) {
		if m[1] == m[2] {
			columns[m[1]] = true
		}
	}
	delete(columns, "company_id")
	delete(columns, "session_id")
	return columns
}

// fieldOf is the field of a session in which a column stands.
func fieldOf(t *testing.T, column string) string {
	t.Helper()
	field := ""
	for f := range strings.SplitSeq(column, "_") {
		if f == "uid" || f == "id" {
			field += strings.ToUpper(f)
		} else {
			field += strings.ToUpper(f[:1]) + f[1:]
		}
	}
	if _, ok := reflect.TypeFor[store.Session]().FieldByName(field); !ok {
		t.Fatalf("no field of a session is called %s", field)
	}
	return field
}

// other gives a field another value than it has.
func other(t *testing.T, v reflect.Value) {
	t.Helper()
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = x.Add(time.Hour)
	case **time.Time:
		*x = ptr(noon.Add(time.Hour))
	case **int64:
		*x = ptr[int64](1)
	case **int32:
		*x = ptr[int32](1)
	default:
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Int16, reflect.Int32, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Slice:
			v.SetBytes([]byte(`{"kind":"rule"}`))
		default:
			t.Fatalf("%v", v.Type())
		}
	}
}
