package courier

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"weir/internal/desk"
	"weir/internal/media"
	"weir/internal/wechat"
)

const (
	fetchers   = 4               // media that are fetched at once
	fetchTime  = 3 * time.Minute // shorter than a claim lasts
	fetchWait  = 5 * time.Second // before the second try; each further wait is three times as long
	fetchPause = time.Hour       // and this at most
)

// Fetcher fetches what customers sent, as soon as it came: WeChat forgets it after three days. Each medium is claimed in PostgreSQL, so
// that of all processes one fetches it; what a process left behind when it died is fetched by another. Its message never waits for it.
type Fetcher struct {
	desk   *desk.Desk
	client *wechat.Client
	tokens *wechat.Tokens
	store  media.Store
	tools  media.Tools
	most   int64 // bytes of a medium
	log    *slog.Logger
	done   *prometheus.CounterVec
	bell   chan struct{}
	quiet  quiet // accounts that may download no more today
}

// NewFetcher makes a fetcher of media of at most so many bytes (WeChat lets customers send 10 MB); reg may be nil.
func NewFetcher(d *desk.Desk, client *wechat.Client, tokens *wechat.Tokens, store media.Store, tools media.Tools, most int64, log *slog.Logger, reg prometheus.Registerer) *Fetcher {
	f := &Fetcher{desk: d, client: client, tokens: tokens, store: store, tools: tools, most: most, log: log, bell: make(chan struct{}, 1),
		done: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "weir_media_total", Help: "Media fetched from WeChat, by what became of them."}, []string{"outcome"})}
	if reg != nil {
		reg.MustRegister(f.done)
	}
	return f
}

// Wake says that there may be something to fetch. It never blocks.
func (f *Fetcher) Wake() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// Run fetches until the context ends; what is under way then is finished, or found again by another process.
func (f *Fetcher) Run(ctx context.Context) {
	work := make(chan desk.MediaName)
	var all sync.WaitGroup
	for range fetchers {
		all.Go(func() {
			for n := range work {
				f.fetch(ctx, n)
			}
		})
	}
	defer all.Wait()
	defer close(work)
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	for {
		if !f.round(ctx, work) {
			select {
			case <-ctx.Done():
				return
			case <-f.bell:
			case <-tick.C:
			}
		}
	}
}

// round hands out what is due; more says that there may be more at once.
func (f *Fetcher) round(ctx context.Context, work chan<- desk.MediaName) (more bool) {
	due, err := f.desk.MediaDue(ctx, fetchers*4)
	if err != nil && ctx.Err() == nil {
		f.log.Error("could not look for media to fetch", "err", err)
	}
	for _, n := range due {
		select {
		case work <- n:
		case <-ctx.Done():
			return false
		}
	}
	return len(due) >= fetchers*4 && ctx.Err() == nil
}

// fetch takes one medium all the way. What it cannot settle is claimed for a while yet, and then comes back.
func (f *Fetcher) fetch(ctx context.Context, n desk.MediaName) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), fetchTime)
	defer stop()
	e, err := f.desk.TakeMedia(ctx, n)
	if e == nil {
		if err != nil {
			f.log.Error("could not take a medium to fetch", "message", n.Message, "err", err)
		}
		return
	}
	outcome, err := f.settle(ctx, e)
	if err != nil {
		f.log.Error("could not keep what became of a medium", "message", n.Message, "err", err)
		return
	}
	f.done.WithLabelValues(outcome).Inc()
}

func (f *Fetcher) settle(ctx context.Context, e *desk.MediaErrand) (outcome string, err error) {
	if left := f.quiet.left(e.Message.AppID, time.Now()); left > 0 {
		return "again", f.desk.RetryMedia(ctx, e, left, wechat.MediaLife)
	}
	facts, err := f.keep(ctx, e)
	if err == nil {
		return "kept", f.desk.KeepMedia(ctx, e, facts)
	}
	f.log.Warn("a medium was not fetched", "message", e.Message.ID, "appid", e.Message.AppID, "attempt", e.Attempts, "err", err)
	var said *wechat.APIError
	class := wechat.Classify(err)
	switch {
	case errors.Is(err, wechat.ErrMediaTooLarge):
		return "failed", f.desk.LoseMedia(ctx, e, desk.MediaFailed)
	case errors.As(err, &said) && class == wechat.Permanent:
		if time.Since(e.Message.CreatedAt) > wechat.MediaLife {
			return "expired", f.desk.LoseMedia(ctx, e, desk.MediaExpired)
		}
		return "failed", f.desk.LoseMedia(ctx, e, desk.MediaFailed)
	}
	wait := pause(e.Attempts, rand.Float64)
	if class == wechat.DailyQuota {
		wait, _ = wechat.RetryAfter(class, 1, time.Now(), rand.Float64)
		f.quiet.keep(e.Message.AppID, wait, time.Now())
	}
	return "again", f.desk.RetryMedia(ctx, e, wait, wechat.MediaLife)
}

// pause grows with the attempts, and differs from one medium to the next.
func pause(attempt int, jitter func() float64) time.Duration {
	d := fetchWait
	for range min(attempt-1, 10) {
		d = min(3*d, fetchPause)
	}
	return d/2 + time.Duration(jitter()*float64(d/2))
}

// keep downloads a medium, keeps it and makes what pages need of it.
func (f *Fetcher) keep(ctx context.Context, e *desk.MediaErrand) (facts desk.MediaFacts, err error) {
	m := &e.Message
	data, err := f.download(ctx, m)
	if err != nil {
		return facts, err
	}
	kind := media.Look(data[:min(len(data), 512)], m.Data.Format)
	facts.Mime, facts.Size = kind.Type, int64(len(data))
	if err := f.put(ctx, m.Key(), data); err != nil {
		return facts, err
	}
	switch m.Type {
	case desk.TypeImage:
		facts.Width, facts.Height, _ = media.Measure(data)
		thumb, err := media.Thumbnail(data)
		facts.Thumb, err = f.extra(ctx, m, media.ThumbSuffix, thumb, err)
		return facts, err
	case desk.TypeVideo:
		poster, err := f.poster(ctx, m, data, kind.Type)
		facts.Width, facts.Height, _ = media.Measure(poster)
		facts.Thumb, err = f.extra(ctx, m, media.ThumbSuffix, poster, err)
		return facts, err
	case desk.TypeVoice:
		facts.Length = media.VoiceLength(data)
		if media.Inline(kind.Type) {
			return facts, nil
		}
		mp3, err := f.tools.Playable(ctx, data, kind.Type)
		made, err := f.extra(ctx, m, media.PlaySuffix, mp3, err)
		if made {
			facts.Play = media.PlayType
		}
		return facts, err
	}
	return facts, nil
}

// poster is the picture that a video begins with: WeChat's own, which needs no ffmpeg, or else what ffmpeg makes.
func (f *Fetcher) poster(ctx context.Context, m *desk.Message, data []byte, mime string) ([]byte, error) {
	if m.Data.ThumbID != "" {
		if small, err := f.ask(ctx, m, m.Data.ThumbID, false); err == nil {
			if made, err := media.Thumbnail(small); err == nil {
				return made, nil
			}
		}
	}
	return f.tools.Poster(ctx, data, mime)
}

// extra keeps what was made of a medium. That it could not be made is no reason not to keep the medium.
func (f *Fetcher) extra(ctx context.Context, m *desk.Message, suffix string, made []byte, err error) (bool, error) {
	if err != nil {
		if !errors.Is(err, media.ErrNoTool) {
			f.log.Warn("nothing could be made of a medium", "message", m.ID, "what", suffix, "err", err)
		}
		return false, nil
	}
	return true, f.put(ctx, m.Key()+suffix, made)
}

func (f *Fetcher) put(ctx context.Context, key string, data []byte) error {
	return f.store.Put(ctx, key, bytes.NewReader(data), int64(len(data)))
}

// download asks by the media id, then by what else there is: a picture's own address, a voice message's finer copy.
func (f *Fetcher) download(ctx context.Context, m *desk.Message) ([]byte, error) {
	data, err := f.ask(ctx, m, m.Data.MediaID, false)
	var said *wechat.APIError
	if !errors.As(err, &said) {
		return data, err
	}
	switch {
	case m.Data.PicURL != "":
		if data, err2 := f.client.Picture(ctx, m.Data.PicURL, f.most); err2 == nil {
			return data, nil
		}
	case m.Data.HD != "":
		if data, err2 := f.ask(ctx, m, m.Data.HD, true); err2 == nil {
			return data, nil
		}
	}
	return nil, err
}

func (f *Fetcher) ask(ctx context.Context, m *desk.Message, mediaID string, hd bool) (data []byte, err error) {
	err = f.tokens.Do(ctx, m.AppID, func(token string) (err error) {
		data, err = f.client.Media(ctx, token, mediaID, hd, f.most)
		return err
	})
	return data, err
}

// Forget removes what was kept of a message.
func (f *Fetcher) Forget(ctx context.Context, key string) error {
	return media.Remove(ctx, f.store, key)
}

// MediaNews says whether a change brings something to fetch.
func MediaNews(c *desk.Change) bool {
	for i := range c.Messages {
		switch m := &c.Messages[i]; m.Type {
		case desk.TypeImage, desk.TypeVoice, desk.TypeVideo:
			if m.Opercode == desk.FromCustomer {
				return true
			}
		}
	}
	for i := range c.Updated {
		m := &c.Updated[i]
		if m.Opercode == desk.FromCustomer && m.Data.Media == desk.MediaComing && m.Data.MediaID != "" {
			return true // a person asked for another try
		}
	}
	return false
}
