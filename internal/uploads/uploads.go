// Package uploads takes the files that are to be sent to customers: it makes them fit, keeps their bytes and then notes them. It knows
// nothing of HTTP, and neither of WeChat nor of who may send what to whom.
package uploads

import (
	"context"
	"errors"
	"fmt"

	"weir/internal/desk"
	"weir/internal/media"
)

// Uploads takes files. A few at once: a picture of 36 million pixels takes 150 MB while it is drawn anew.
type Uploads struct {
	desk  *desk.Desk
	store media.Store
	tools media.Tools
	turns chan struct{}
}

const atOnce = 2

// New makes one.
func New(d *desk.Desk, store media.Store, tools media.Tools) *Uploads {
	return &Uploads{desk: d, store: store, tools: tools, turns: make(chan struct{}, atOnce)}
}

// Take takes a file from whoever is to send it. A file that WeChat would not take is refused, with what can be done.
func (t *Uploads) Take(ctx context.Context, who desk.Agent, data []byte) (*desk.Upload, error) {
	u, err := t.desk.NewUpload(ctx, who)
	if err != nil {
		return nil, err
	}
	f, err := t.fit(ctx, data)
	if err != nil {
		return nil, err
	}
	u.Kind, u.MediaFacts = f.Family, Facts(f)
	if err = f.Keep(ctx, t.store, u.Key()); err == nil {
		err = t.desk.KeepUpload(ctx, u)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("keep an upload: %w", err), media.Remove(context.WithoutCancel(ctx), t.store, u.Key()))
	}
	return u, nil
}

func (t *Uploads) fit(ctx context.Context, data []byte) (*media.Fitted, error) {
	select {
	case t.turns <- struct{}{}:
		defer func() { <-t.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := t.tools.Fit(ctx, data)
	var no *media.Unfit
	if errors.As(err, &no) {
		return nil, desk.Refuse(desk.Invalid, no.Say, no.Args...)
	}
	return f, err
}

// Facts are what is noted of a fitted file.
func Facts(f *media.Fitted) desk.MediaFacts {
	facts := desk.MediaFacts{Mime: f.Mime, Size: int64(len(f.Data)), Width: f.Width, Height: f.Height, Length: f.Length, Thumb: f.Thumb != nil}
	if f.Play != nil {
		facts.Play = media.PlayType
	}
	return facts
}
