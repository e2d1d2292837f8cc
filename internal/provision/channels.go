package provision

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"weir/internal/desk"
	"weir/internal/store"
)

// Channel is a QR code with a meaning. Its account and scene name it.
type Channel struct {
	line int
	desk.Channel
}

func channel(f *Faults, n ast.Node) Channel {
	t := f.read(n, "a channel", "name", "appid", "scene", "kind", "target", "tags", "greeting")
	c := Channel{line: t.line}
	before := len(*f)
	c.AppID = t.appid()
	if t.need("name", "what agents call it") {
		c.Name = t.text("name")
	}
	if t.need("scene", "1 to 64 letters and digits that name it for good, such as shop-1") {
		c.Scene = t.text("scene")
	}
	c.Permanent = t.choice("kind", "temporary", "permanent") == "permanent"
	c.Tags, c.Greeting = t.texts("tags"), t.text("greeting")
	if n := t.field("target"); n != nil {
		to := f.read(n, "target", "uid", "group")
		if uid := to.number("uid", 1, math.MaxInt64); uid != nil {
			c.TargetUID = *uid
		}
		c.TargetGroup = to.text("group")
	}
	if len(*f) == before { // else it would be faulted twice for the same
		for _, err := range c.Faults() {
			f.add(c.line, "Channel %q: %s", c.Name, said(err))
		}
	}
	return c
}

// channels makes the channels match, by account and scene. WeChat makes their codes once Weir runs.
func (a *applying) channels(ctx context.Context) error {
	for i := range a.file.Channels {
		f := &a.file.Channels[i]
		_, err := a.q.AccountGet(ctx, store.AccountGetParams{CompanyID: a.file.ID, AppID: f.AppID})
		if errors.Is(err, store.ErrNone) {
			a.faults.add(f.line, "Channel %q is for account %s, which the company does not have. Add the account, or name another.", f.Name, f.AppID)
			continue
		} else if err != nil {
			return err
		}
		if err := a.channel(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) channel(ctx context.Context, f *Channel) error {
	tags := slices.Compact(slices.Sorted(slices.Values(f.Tags)))
	p := store.ChannelInsertParams{CompanyID: a.file.ID, AppID: f.AppID, Name: f.Name, Scene: f.Scene, Permanent: f.Permanent, Tags: append([]string{}, tags...), Greeting: f.Greeting}
	if f.TargetUID != 0 {
		if _, there := a.agents[f.TargetUID]; !there {
			a.faults.add(f.line, "Channel %q names agent %d, whom the company does not have. Add the agent, or name another.", f.Name, f.TargetUID)
			return nil
		}
		p.TargetUID = &f.TargetUID
	}
	if f.TargetGroup != "" {
		n, there := a.groups[f.TargetGroup]
		if !there {
			a.faults.add(f.line, "Channel %q names group %q, which the company does not have. Add the group, or name another.", f.Name, f.TargetGroup)
			return nil
		}
		p.TargetGroupID = &n
	}
	was, err := a.q.ChannelByScene(ctx, store.ChannelBySceneParams{CompanyID: a.file.ID, AppID: f.AppID, Scene: f.Scene})
	there := err == nil
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	if there && was.Permanent != f.Permanent {
		a.faults.add(f.line, "Channel %q is there already, and of the other kind: a code stays permanent or temporary. Write the kind that it has, or choose another scene.", f.Name)
		return nil
	}
	differs := p.Name != was.Name || p.Greeting != was.Greeting || !slices.Equal(p.Tags, was.Tags) || !same(p.TargetUID, was.TargetUID) || !same(p.TargetGroupID, was.TargetGroupID)
	a.note(&a.report.Channels, there, differs)
	switch {
	case !there:
		due := time.Now()
		p.CodeDue = &due
		_, err = a.q.ChannelInsert(ctx, p)
		return err
	case !differs:
		return nil
	}
	_, err = a.q.ChannelUpdate(ctx, store.ChannelUpdateParams{CompanyID: p.CompanyID, ChannelID: was.ChannelID, Name: p.Name, TargetUID: p.TargetUID, TargetGroupID: p.TargetGroupID, Tags: p.Tags, Greeting: p.Greeting})
	return err
}
