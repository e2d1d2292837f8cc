package provision

import (
	"context"
	"errors"
	"math"

	"github.com/goccy/go-yaml/ast"

	"weir/internal/desk"
	"weir/internal/store"
)

// Quick is a quick reply. Its owner and title name it.
type Quick struct {
	line  int
	group string // by name; "": none
	desk.Quick
}

func quick(f *Faults, n ast.Node, locale string) Quick {
	t := f.read(n, "a quick reply", "title", "shortcut", "text", "group", "uid")
	q := Quick{line: t.line, group: t.text("group")}
	before := len(*f)
	if t.need("title", "what it is found by") {
		q.Title = t.text("title")
	}
	if t.need("text", "what it says") {
		q.Text = t.text("text")
	}
	q.Shortcut = t.text("shortcut")
	if uid := t.number("uid", 1, math.MaxInt64); uid != nil {
		q.UID = *uid
	}
	if q.UID != 0 && q.group != "" {
		t.fault("uid", "Quick reply %q names an agent and a group. It is of one of them, or with neither the company's.", q.Title)
	}
	q.Tidy()
	if len(*f) == before { // else it would be faulted twice for the same
		for _, err := range q.Faults(locale) {
			f.add(q.line, "Quick reply %q: %s", q.Title, said(err))
		}
	}
	return q
}

// quicks makes the quick replies match, by owner and title. Pictures that were put to one stay.
func (a *applying) quicks(ctx context.Context) error {
	for i := range a.file.Quicks {
		if err := a.quick(ctx, &a.file.Quicks[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) quick(ctx context.Context, f *Quick) error {
	if f.group != "" {
		n, there := a.groups[f.group]
		if !there {
			a.faults.add(f.line, "Quick reply %q is for group %q, which the company does not have. Add the group, or name another.", f.Title, f.group)
			return nil
		}
		f.Group = n
	}
	if _, there := a.agents[f.UID]; f.UID != 0 && !there {
		a.faults.add(f.line, "Quick reply %q is agent %d's, whom the company does not have. Add the agent, or name another.", f.Title, f.UID)
		return nil
	}
	p := f.QuickRow(a.file.ID)
	was, err := a.q.QuickReplyNamed(ctx, store.QuickReplyNamedParams{CompanyID: a.file.ID, Title: p.Title, UID: p.UID, GroupID: p.GroupID})
	there := err == nil
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	differs := p.Shortcut != was.Shortcut || p.Text != was.Text || p.Pinyin != was.Pinyin
	a.note(&a.report.Quicks, there, differs)
	switch {
	case !there:
		_, err = a.q.QuickReplyInsert(ctx, p)
	case differs:
		_, err = a.q.QuickReplyUpdate(ctx, store.QuickReplyUpdateParams{CompanyID: p.CompanyID, QuickID: was.QuickID, UID: p.UID, GroupID: p.GroupID, Title: p.Title, Shortcut: p.Shortcut, Pinyin: p.Pinyin, Text: p.Text})
	default:
		return nil
	}
	return err
}
