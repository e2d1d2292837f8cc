package provision

import (
	"fmt"
	"strings"
)

// Count is what became of the things of one kind.
type Count struct{ Created, Changed, Unchanged int }

// Report is what Apply did.
type Report struct {
	Components, Companies, APITokens, Agents, Groups, Accounts, Seats, Rules, Channels, Quicks Count
	Notes                                                                                      []string // sentences for the operator
}

// Changed says whether anything was written.
func (r Report) Changed() bool {
	for _, k := range r.kinds() {
		if k.Created+k.Changed > 0 {
			return true
		}
	}
	return false
}

type kind struct {
	name string
	Count
}

func (r Report) kinds() []kind {
	return []kind{{"components", r.Components}, {"companies", r.Companies}, {"API tokens", r.APITokens}, {"agents", r.Agents}, {"groups", r.Groups}, {"accounts", r.Accounts}, {"seats", r.Seats}, {"rules", r.Rules}, {"channels", r.Channels}, {"quick replies", r.Quicks}}
}

// String is the report as a table, and the notes.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-13s %8s %8s %10s\n", "", "created", "changed", "unchanged")
	for _, k := range r.kinds() {
		fmt.Fprintf(&b, "%-13s %8d %8d %10d\n", k.name, k.Created, k.Changed, k.Unchanged)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(&b, n)
	}
	return strings.TrimRight(b.String(), "\n")
}

// note counts one thing. was: it was there; differs: it had to be changed.
func (c *Count) note(was, differs bool) {
	switch {
	case !was:
		c.Created++
	case differs:
		c.Changed++
	default:
		c.Unchanged++
	}
}
