package simulator

import (
	"bytes"
	_ "embed"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

const (
	mediaLife = 3 * 24 * time.Hour
	maxMedia  = 200      // of an account: the oldest are forgotten, as if they had died
	maxUpload = 12 << 20 // bytes
)

// What customers send where the act brings nothing of its own: a picture and a video of two seconds, both drawn by ffmpeg's test
// sources, and three seconds of silence.
var (
	//go:embed sample/sample.jpg
	samplePicture []byte
	//go:embed sample/sample.mp4
	sampleVideo []byte
	sampleVoice = append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3C, 0x91, 0x17, 0x16, 0xBE, 0x66, 0x79, 0xE1, 0xE0, 0x01, 0xE7, 0xAF, 0xF0}, make([]byte, 19)...), 150)...)
)

// medium is what stands behind a media id.
type medium struct {
	id   string
	kind string // image, voice, video, thumb
	data []byte
	at   time.Time
}

// typeOf is the Content-Type that WeChat gives: by what the sender called it, right or wrong.
func (m *medium) typeOf() (contentType, name string) {
	switch m.kind {
	case "voice":
		return "audio/amr", m.id + ".amr"
	case "video":
		return "video/mp4", m.id + ".mp4"
	}
	return "image/jpeg", m.id + ".jpg"
}

// keepMedia puts what an act brings behind the ids that its document names. s.mu is held.
func (a *account) keepMedia(act Act, fields []Field, now time.Time) {
	for _, f := range fields {
		m := medium{id: f.Text, kind: act.Kind, data: act.Data, at: now}
		switch {
		case f.Name == "ThumbMediaId":
			m.kind, m.data = "image", samplePicture
		case f.Name != "MediaId":
			continue
		case m.data != nil:
		case act.Kind == ActImage:
			m.data = samplePicture
		case act.Kind == ActVoice:
			m.data = sampleVoice
		case act.Kind == ActVideo, act.Kind == ActShortVideo:
			m.data = sampleVideo
		default:
			continue
		}
		if m.kind == ActShortVideo {
			m.kind = ActVideo
		}
		a.addMedium(m)
	}
}

func (a *account) addMedium(m medium) { a.media = bounded(append(a.media, m), maxMedia) }

// medium finds what is alive behind an id.
func (a *account) medium(id string, now time.Time) *medium {
	for i := range a.media {
		if m := &a.media[i]; m.id == id && now.Sub(m.at) < mediaLife {
			return m
		}
	}
	return nil
}

// knows says whether all the ids are alive.
func (a *account) knows(ids []string, now time.Time) *failure {
	for _, id := range ids {
		if a.medium(id, now) == nil {
			return failed(40007)
		}
	}
	return nil
}

// KillMedia makes every media id of an account one that has died, as after three days.
func (s *Simulator) KillMedia(appid string) error {
	return s.withAccount(appid, func(a *account) error {
		a.media = nil
		return nil
	})
}

func (s *Simulator) postKillMedia(r *http.Request) (any, error) { return nil, s.KillMedia(s.appid(r)) }

// GET /cgi-bin/media/get. A video is answered with an address, anything else with its bytes.
func (c *call) mediaGet() (any, *failure) {
	m := c.account.medium(c.query.Get("media_id"), c.config.Now())
	if m == nil || take(&c.account.faults.DeadMedia) {
		return nil, failed(40007)
	}
	if m.kind == "video" {
		return map[string]string{"video_url": "http://" + c.host + "/cgi-bin/media/video?id=" + m.id}, nil
	}
	c.send200(m)
	return nil, nil
}

// GET /cgi-bin/media/get/jssdk: the finer copy of a voice message, which here is the same.
func (c *call) mediaGetHD() (any, *failure) {
	m := c.account.medium(c.query.Get("media_id"), c.config.Now())
	if m == nil || m.kind != "voice" {
		return nil, failed(40007)
	}
	c.send200(m)
	return nil, nil
}

// GET /cgi-bin/media/video: where a video_url leads. It asks for no token.
func (c *call) mediaVideo() (any, *failure) {
	for _, a := range c.accounts {
		if m := a.medium(c.query.Get("id"), c.config.Now()); m != nil {
			c.account = a
			c.send200(m)
			return nil, nil
		}
	}
	return nil, failed(40007)
}

func (c *call) send200(m *medium) {
	contentType, name := m.typeOf()
	c.file, c.fileType, c.fileName = m.data, contentType, name
	c.entry.Answer = contentType
}

// uploads is what WeChat takes of each type (api_uploadtempmedia), in bytes.
var uploads = map[string]int{"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}

// POST /cgi-bin/media/upload
func (c *call) mediaUpload() (any, *failure) {
	kind := c.query.Get("type")
	most, known := uploads[kind]
	if !known {
		return nil, failed(40004)
	}
	data, name := formFile(c.contentType, c.body, "media")
	switch {
	case data == nil:
		return nil, failed(41005)
	case len(data) > most:
		return nil, failed(map[string]int{"image": 40009, "voice": 40010, "video": 40011, "thumb": 40012}[kind])
	case !strings.Contains(name, "."):
		return nil, failed(40005)
	}
	now := c.config.Now()
	m := medium{id: mediaID(), kind: kind, data: data, at: now}
	c.account.addMedium(m)
	c.entry.Content = kind + " " + name
	field := "media_id"
	if kind == "thumb" {
		field = "thumb_media_id"
	}
	return map[string]any{"type": kind, field: m.id, "created_at": now.Unix()}, nil
}

// formFile reads one file of a multipart form; nil: there is none.
func formFile(contentType string, body []byte, field string) (data []byte, name string) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, ""
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := r.NextPart()
		if err != nil {
			return nil, ""
		}
		if part.FormName() != field {
			continue
		}
		if data, err = io.ReadAll(part); err != nil {
			return nil, ""
		}
		return data, part.FileName()
	}
}

func (c *call) writeFile(w http.ResponseWriter) {
	w.Header().Set("Content-Type", c.fileType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.fileName}))
	_, _ = w.Write(c.file)
}
