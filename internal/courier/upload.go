package courier

import (
	"context"
	"errors"
	"time"

	"weir/internal/desk"
	"weir/internal/media"
	"weir/internal/wechat"
)

// knownFor is how long an upload is taken to be known to WeChat: a little less than it is, for what is sent takes its time.
const knownFor = wechat.MediaLife - time.Hour

// errGone says that what a message carries is not kept any more.
var errGone = errors.New("what it carries is not kept any more")

// mediumDead is WeChat's code for a medium that it does not know.
const mediumDead = 40007

// sayMedium sends a message that carries an upload. Each account is given the upload once, and once more where WeChat has forgotten it.
func (c *Courier) sayMedium(ctx context.Context, token string, m *desk.Message) (mediaID string, err error) {
	for try := range 2 {
		var given bool
		mediaID, given, err = c.sayWith(ctx, token, m)
		if !given || wechat.Code(err) != mediumDead || try > 0 {
			break
		}
		if err := c.desk.UploadUnknown(ctx, m); err != nil {
			return "", notNow(err)
		}
	}
	return mediaID, err
}

// sayWith sends it; given: WeChat had, or was given, all that it carries.
func (c *Courier) sayWith(ctx context.Context, token string, m *desk.Message) (mediaID string, given bool, err error) {
	d := &m.Data
	name := func(kind string) (id string) {
		if err == nil {
			id, err = c.mediaID(ctx, token, m, kind)
		}
		return id
	}
	switch m.Type {
	case desk.TypeImage:
		if mediaID = name(wechat.UploadImage); err == nil {
			return mediaID, true, c.client.SendImage(ctx, token, m.OpenID, mediaID)
		}
	case desk.TypeVoice:
		if mediaID = name(wechat.UploadVoice); err == nil {
			return mediaID, true, c.client.SendVoice(ctx, token, m.OpenID, mediaID)
		}
	case desk.TypeVideo:
		film := wechat.Film{MediaID: name(wechat.UploadVideo), ThumbID: name(wechat.UploadThumb), Title: d.Title, Description: d.Description}
		if err == nil {
			return film.MediaID, true, c.client.SendVideo(ctx, token, m.OpenID, film)
		}
	default:
		page := wechat.MiniProgram{Title: d.Title, AppID: d.Out.Program.AppID, Path: d.Out.Program.Path, ThumbID: name(wechat.UploadThumb)}
		if err == nil {
			return page.ThumbID, true, c.client.SendMiniProgram(ctx, token, m.OpenID, page)
		}
	}
	return "", false, err
}

// mediaID is what WeChat calls the upload that a message carries, which is given to it where it has it no more.
func (c *Courier) mediaID(ctx context.Context, token string, m *desk.Message, kind string) (string, error) {
	u, known, err := c.desk.UploadAt(ctx, m, kind)
	switch {
	case desk.KindOf(err) == desk.Missing:
		return "", errGone
	case err != nil:
		return "", notNow(err)
	case known != "":
		return known, nil
	}
	return c.upload(ctx, token, u, m.AppID, kind)
}

func (c *Courier) upload(ctx context.Context, token string, u *desk.Upload, appid, kind string) (string, error) {
	at, mime := u.Key(), u.Mime
	if kind == wechat.UploadThumb {
		at, mime = at+media.CoverSuffix, "image/jpeg"
	}
	f, err := c.media.Get(ctx, at)
	if errors.Is(err, media.ErrNone) {
		return "", errGone
	} else if err != nil {
		return "", notNow(err)
	}
	defer f.Close()
	id, err := c.client.Upload(ctx, token, kind, u.ID.String()+media.Extension(mime), mime, f)
	if err != nil {
		return "", err
	}
	return id, c.noted(c.desk.UploadKnown(ctx, u, appid, kind, id, knownFor))
}

// How often what rules answer with is looked after, and how much of it at a time.
const (
	freshenEvery = 5 * time.Second
	freshenMost  = 20
)

// freshen gives WeChat what rules answer with, before it is asked for and before WeChat forgets it.
func (c *Courier) freshen(ctx context.Context) {
	tick := time.NewTicker(freshenEvery)
	defer tick.Stop()
	for {
		if err := c.Freshen(ctx); err != nil && ctx.Err() == nil {
			c.log.Error("could not look for what rules answer with", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Freshen is one round of it. What WeChat does not take is tried again later, and goes through the outbox until then.
func (c *Courier) Freshen(ctx context.Context) error {
	stale, err := c.desk.StaleMedia(ctx, freshenMost)
	if err != nil {
		return err
	}
	for _, s := range stale {
		u, err := c.desk.TakeStale(ctx, s)
		if err != nil {
			return err
		}
		if u == nil {
			continue
		}
		if err := c.giveAhead(ctx, u, s); err != nil && ctx.Err() == nil {
			c.log.Warn("WeChat does not have what a rule answers with", "appid", s.AppID, "upload", s.Upload, "err", err)
		}
	}
	return nil
}

func (c *Courier) giveAhead(ctx context.Context, u *desk.Upload, s desk.Stale) error {
	ctx, stop := context.WithTimeout(ctx, loadTime)
	defer stop()
	return c.tokens.Do(ctx, s.AppID, func(token string) error {
		_, err := c.upload(ctx, token, u, s.AppID, s.Kind)
		return err
	})
}

// noted: that it could not be written down is no reason not to send it.
func (c *Courier) noted(err error) error {
	if err != nil {
		c.log.Error("could not note what WeChat calls an upload", "err", err)
	}
	return nil
}

// notNow is trouble of ours before anything was sent: it is tried again.
func notNow(err error) error { return &wechat.TransportError{Err: err} }
