package media

import (
	"bytes"
	"net/http"
	"strings"
)

// Unknown is the type of what is none of ours: it is only ever downloaded.
const Unknown = "application/octet-stream"

// Kind is what some bytes are.
type Kind struct {
	Type      string // a MIME type without parameters; Unknown where it is none of ours
	Extension string // with its dot
}

// known are the types that are called by their name. Whatever else there is (SVG, HTML, PDF, archives) is Unknown.
var known = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
	"audio/amr": ".amr", "audio/amr-wb": ".awb", "audio/silk": ".silk", "audio/mpeg": ".mp3", "audio/ogg": ".ogg", "audio/wav": ".wav",
	"audio/speex": ".speex", "audio/x-speex": ".spx", "video/mp4": ".mp4", "video/webm": ".webm",
}

// inline are those that a browser may show in its place. Each is drawn by the browser's own decoder and none can hold a script.
var inline = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true,
	"audio/mpeg": true, "audio/ogg": true, "audio/wav": true, "video/mp4": true, "video/webm": true}

// Inline says whether a browser may show this type in its place. All others are handed out as downloads.
func Inline(mime string) bool { return inline[mime] }

// Extension is what the name of a file of a type ends in.
func Extension(mime string) string {
	if ext := known[mime]; ext != "" {
		return ext
	}
	return ".bin"
}

// Look says what bytes are, by the bytes. head is their beginning, 512 bytes or all there are; said is what the sender calls a voice
// message (WeChat's Format), which is believed only where the bytes cannot tell: WeChat's Speex has no beginning of its own (audio/speex, which nothing here
// reads; in an Ogg it is audio/x-speex).
func Look(head []byte, said string) Kind {
	mime := look(head)
	if mime == Unknown && strings.EqualFold(said, "speex") {
		mime = "audio/speex"
	}
	return Kind{mime, Extension(mime)}
}

func look(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("#!AMR-WB\n")):
		return "audio/amr-wb"
	case bytes.HasPrefix(head, []byte("#!AMR\n")):
		return "audio/amr"
	case bytes.HasPrefix(head, []byte("\x02#!SILK_V3")), bytes.HasPrefix(head, []byte("#!SILK_V3")):
		return "audio/silk"
	case len(head) > 36 && bytes.HasPrefix(head, []byte("OggS")) && bytes.HasPrefix(head[28:], []byte("Speex   ")): // no browser plays it
		return "audio/x-speex"
	case len(head) > 1 && head[0] == 0xFF && head[1]&0xE6 == 0xE2: // an MPEG audio frame, layer III, without ID3
		return "audio/mpeg"
	}
	mime, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch mime {
	case "audio/wave":
		mime = "audio/wav"
	case "application/ogg":
		mime = "audio/ogg"
	}
	if known[mime] == "" {
		return Unknown
	}
	return mime
}
