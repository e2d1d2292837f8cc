package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"time"
)

// What may be sent to a customer (WECHAT, section 5), and how large a file may be that is made to fit, in bytes. WeChat's page says 10 MB
// of a picture in one place and 2 MB in another: what is larger than the smaller is made to fit it.
const (
	ImageMost    = 2 << 20
	VoiceMost    = 2 << 20
	VoiceLongest = time.Minute
	VideoMost    = 10 << 20
	CoverMost    = 64 << 10
	TakenMost    = 20 << 20
)

// The families of what may be sent.
const (
	Image = "image"
	Voice = "voice"
	Video = "video"
)

// Fitted is a file made into what may be sent, with what pages need of it.
type Fitted struct {
	Family        string
	Mime          string
	Data          []byte
	Width, Height int
	Length        time.Duration
	Thumb         []byte // a small picture of it
	Play          []byte // a voice message for browsers
	Cover         []byte // what WeChat shows before a video plays, or on a card
}

// An Unfit says why a file cannot be sent, and what can be done, by the key of a sentence.
type Unfit struct {
	Say  string
	Args []any
}

func (u *Unfit) Error() string { return u.Say }

// unfitVideo says that a video has nothing to be seen.
const unfitVideo = "upload.video-broken"

func unfit(say string, args ...any) error { return &Unfit{say, args} }

// Fit makes a file into what may be sent to a customer. What it is is seen by its bytes. Its error is an *Unfit where the file cannot
// be sent as it is.
func (t Tools) Fit(ctx context.Context, data []byte) (*Fitted, error) {
	kind := Look(data[:min(len(data), 512)], "").Type
	family, _, _ := strings.Cut(kind, "/")
	switch {
	case len(data) == 0:
		return nil, unfit("upload.empty")
	case len(data) > TakenMost:
		return nil, unfit("upload.large", TakenMost>>20)
	case family == "image":
		return fitImage(data, kind)
	case family == "audio":
		return t.fitVoice(ctx, data, kind)
	case kind == "video/mp4":
		f, err := t.fitVideo(ctx, data)
		if broken := (*Unfit)(nil); errors.As(err, &broken) && broken.Say == unfitVideo {
			if voice, err := t.fitVoice(ctx, data, kind); err == nil { // a phone's memo is an MP4 without pictures
				return voice, nil
			}
		}
		return f, err
	}
	return nil, unfit("upload.kind")
}

func fitImage(data []byte, kind string) (*Fitted, error) {
	from, err := decode(data)
	if err != nil {
		return nil, unfit("upload.picture")
	}
	f := &Fitted{Family: Image, Mime: kind, Data: data}
	switch {
	case kind == "image/gif" && len(data) > ImageMost: // made small, it would stand still
		return nil, unfit("upload.gif", ImageMost>>20)
	case len(data) > ImageMost, kind != "image/jpeg" && kind != "image/png" && kind != "image/gif":
		f.Mime = "image/jpeg"
		if f.Data, err = within(from, ImageMost, 4096); err != nil {
			return nil, err
		}
	}
	f.Width, f.Height, _ = Measure(f.Data)
	if kind == "image/jpeg" && orientation(f.Data) >= 5 { // what it says and what is seen differ
		f.Width, f.Height = f.Height, f.Width
	}
	if f.Thumb, err = redrawn(from, ThumbSide, 80); err != nil {
		return nil, err
	}
	f.Cover, err = within(from, CoverMost, 1040) // twice what a card shows
	return f, err
}

// within draws a picture as a JPEG of at most so many bytes: worse first, then smaller.
func within(from image.Image, most, side int) ([]byte, error) {
	for {
		for _, quality := range []int{88, 75, 60} {
			made, err := redrawn(from, side, quality)
			if err != nil || len(made) <= most {
				return made, err
			}
		}
		if side /= 2; side < 64 {
			return nil, ErrPicture
		}
	}
}

func (t Tools) fitVoice(ctx context.Context, data []byte, kind string) (*Fitted, error) {
	f := &Fitted{Family: Voice, Mime: kind, Data: data}
	length := voiceLength(data, kind)
	if length == 0 || len(data) > VoiceMost || kind != "audio/amr" && kind != PlayType {
		made, err := t.Playable(ctx, data, kind)
		switch {
		case errors.Is(err, ErrNoTool):
			return nil, unfit("upload.voice-kind")
		case err != nil:
			return nil, unfit("upload.voice-broken")
		}
		f.Mime, f.Data = PlayType, made
		length = voiceLength(made, PlayType)
	}
	switch {
	case length == 0:
		return nil, unfit("upload.voice-broken")
	case length >= VoiceLongest+time.Second: // a part of a second is an encoder's
		return nil, unfit("upload.voice-long", int(VoiceLongest.Seconds()), int(length.Seconds()))
	case len(f.Data) > VoiceMost:
		return nil, unfit("upload.voice-large", VoiceMost>>20)
	}
	f.Length = length
	if !Inline(f.Mime) {
		f.Play, _ = t.Playable(ctx, f.Data, f.Mime) // without, a colleague downloads it
	}
	return f, nil
}

func voiceLength(data []byte, kind string) time.Duration {
	switch kind {
	case "audio/amr":
		return VoiceLength(data)
	case PlayType:
		return mp3Length(data)
	}
	return 0
}

func (t Tools) fitVideo(ctx context.Context, data []byte) (*Fitted, error) {
	if len(data) > VideoMost {
		return nil, unfit("upload.video-large", VideoMost>>20)
	}
	f := &Fitted{Family: Video, Mime: "video/mp4", Data: data}
	poster, err := t.Poster(ctx, data, f.Mime)
	switch {
	case errors.Is(err, ErrNoTool): // WeChat takes no video without a cover
		f.Cover, err = within(plainCover(), CoverMost, ThumbSide)
		return f, err
	case err != nil:
		return nil, unfit(unfitVideo)
	}
	from, err := decode(poster)
	if err != nil {
		return nil, unfit(unfitVideo)
	}
	f.Thumb, f.Width, f.Height = poster, from.Bounds().Dx(), from.Bounds().Dy()
	f.Cover, err = within(from, CoverMost, ThumbSide)
	return f, err
}

// plainCover is dark.
func plainCover() image.Image {
	to := image.NewRGBA(image.Rect(0, 0, 320, 180))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.Gray{0x33}), image.Point{}, draw.Src)
	return to
}

// The suffixes of what is kept beside a medium under its key.
const (
	ThumbSuffix = ".thumb"
	PlaySuffix  = ".play"
	CoverSuffix = ".cover"
)

var suffixes = []string{"", ThumbSuffix, PlaySuffix, CoverSuffix}

// Keep puts a fitted file and what was made of it into a store.
func (f *Fitted) Keep(ctx context.Context, s Store, key string) error {
	for i, data := range [][]byte{f.Data, f.Thumb, f.Play, f.Cover} {
		if data == nil {
			continue
		}
		if err := s.Put(ctx, key+suffixes[i], bytes.NewReader(data), int64(len(data))); err != nil {
			return err
		}
	}
	return nil
}

// Remove removes all that is kept under a key.
func Remove(ctx context.Context, s Store, key string) (err error) {
	for _, suffix := range suffixes {
		err = errors.Join(err, s.Delete(ctx, key+suffix))
	}
	return err
}
