package provision

import (
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing that is wrong with a file: where, and what to do about it. It quotes no secret.
type Fault struct {
	Line int // from 1; 0: nowhere in particular
	Say  string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.Say
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Say)
}

// Faults are all that is wrong with a file, by line.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// all is nil where there is no fault.
func (f Faults) all() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int { return a.Line - b.Line })
	return f
}

func (f *Faults) add(line int, say string, args ...any) {
	*f = append(*f, Fault{line, fmt.Sprintf(say, args...)})
}
