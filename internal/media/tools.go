package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Tools are programs that this machine may have.
type Tools struct{ ffmpeg string }

// ErrNoTool says that this machine has no ffmpeg, or that ffmpeg does not read this type.
var ErrNoTool = errors.New("media: there is nothing here that reads it")

// toolTime is how long ffmpeg may take. A voice message lasts at most a minute and a video is at most 10 MB.
const toolTime = 40 * time.Second

// maxMade is how large what ffmpeg makes may be, in bytes.
const maxMade = 8 << 20

// FindTools looks for ffmpeg, once.
func FindTools() Tools {
	p, _ := exec.LookPath("ffmpeg")
	return Tools{p}
}

// HaveFFmpeg says whether there is one.
func (t Tools) HaveFFmpeg() bool { return t.ffmpeg != "" }

// demuxers name to ffmpeg what it reads: it does not guess, because some formats it knows are lists of other files and addresses.
var demuxers = map[string]string{"audio/amr": "amr", "audio/amr-wb": "amr", "audio/ogg": "ogg", "audio/x-speex": "ogg", "audio/wav": "wav", "audio/mpeg": "mp3", "video/mp4": "mov", "video/webm": "matroska"}

// PlayType is the type of what Playable makes.
const PlayType = "audio/mpeg"

// Playable makes a voice message into an MP3, which every browser plays. ErrNoTool: it can only be downloaded.
func (t Tools) Playable(ctx context.Context, data []byte, mime string) ([]byte, error) {
	return t.run(ctx, data, mime, "out.mp3", "-vn", "-ac", "1", "-ar", "24000", "-b:a", "48k", "-f", "mp3")
}

// Poster is the first picture of a video, as a JPEG.
func (t Tools) Poster(ctx context.Context, data []byte, mime string) ([]byte, error) {
	scale := fmt.Sprintf("scale='min(%d,iw)':'min(%d,ih)':force_original_aspect_ratio=decrease", ThumbSide, ThumbSide)
	return t.run(ctx, data, mime, "out.jpg", "-an", "-frames:v", "1", "-vf", scale, "-f", "image2", "-update", "1", "-c:v", "mjpeg")
}

// run gives ffmpeg a folder of its own: an MP4 must be read back and forth, which a pipe cannot be.
func (t Tools) run(ctx context.Context, data []byte, mime, out string, args ...string) ([]byte, error) {
	demuxer := demuxers[mime]
	if t.ffmpeg == "" || demuxer == "" {
		return nil, ErrNoTool
	}
	dir, err := os.MkdirTemp("", "weir-media-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, "in"), data, 0o600); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, toolTime)
	defer stop()
	all := append([]string{"-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-threads", "1", "-f", demuxer, "-i", "in"}, args...)
	all = append(all, "-threads", "1", "-map_metadata", "-1", "-fs", fmt.Sprint(maxMade), "-y", out)
	cmd := exec.CommandContext(ctx, t.ffmpeg, all...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, []string{"PATH=/usr/bin:/bin"}, 2*time.Second
	var said bytes.Buffer
	cmd.Stderr = &limited{&said, 2 << 10}
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %q", err, said.String())
	}
	made, err := os.ReadFile(filepath.Join(dir, out))
	if err == nil && len(made) == 0 {
		err = errors.New("ffmpeg made nothing")
	}
	return made, err
}

// limited takes some bytes and swallows the rest.
type limited struct {
	to   *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.to.Write(p[:n])
	l.left -= n
	return len(p), nil
}
