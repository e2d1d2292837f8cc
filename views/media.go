package views

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"weir/views/words"
)

// MediaState is what became of a picture, a voice message or a video.
type MediaState string

// The states of a medium.
const (
	MediaComing  MediaState = ""
	MediaKept    MediaState = "kept"
	MediaFailed  MediaState = "failed"
	MediaExpired MediaState = "expired"
)

// small is the small picture, or the large one where there is no small one.
func (m Message) small() string {
	if m.ThumbURL != "" {
		return m.ThumbURL
	}
	return m.PlayURL
}

func mediaName(w *words.Words, k Kind) string {
	switch k {
	case Voice:
		return w.OfMedia().Voice
	case Video:
		return w.OfMedia().Video
	}
	return w.OfMedia().Image
}

func mediaIcon(k Kind) string {
	switch k {
	case Voice:
		return "mic"
	case Video:
		return "video"
	}
	return "image"
}

func voiceLabel(w *words.Words, m Message) string {
	if m.Length == 0 {
		return w.KindVoice
	}
	return words.Put(w.OfMedia().VoiceLasts, playTime(m.Length))
}

// fileSize is for people: 1 kB is 1000 bytes.
func fileSize(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// posterAttributes keep a video's place before anything of it has come.
func posterAttributes(m Message) templ.Attributes {
	a := imageAttributes(m)
	if m.ThumbURL != "" {
		a["poster"] = m.ThumbURL
	}
	return a
}
