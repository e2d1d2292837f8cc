package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWhatBytesAreIsSeenByTheBytes(t *testing.T) {
	for _, tc := range []struct {
		name, head, said, want string
		inline                 bool
	}{
		{"a JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "", "image/jpeg", true},
		{"a PNG", "\x89PNG\r\n\x1a\n", "", "image/png", true},
		{"a GIF", "GIF89a", "", "image/gif", true},
		{"a BMP is known and downloaded", "BM\x00\x00\x00\x00", "", "image/bmp", false},
		{"AMR", "#!AMR\n\x3c", "", "audio/amr", false},
		{"AMR-WB", "#!AMR-WB\n\x3c", "", "audio/amr-wb", false},
		{"SILK, as WeChat's own voices", "\x02#!SILK_V3", "", "audio/silk", false},
		{"an MP3 without ID3", "\xff\xfb\x90\x00", "", "audio/mpeg", true},
		{"Ogg", "OggS\x00\x02", "", "audio/ogg", true},
		{"MP4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "", "video/mp4", true},
		{"WeChat's bare Speex is what WeChat says", "\x00\x01\x02\x03", "speex", "audio/speex", false},
		{"a word does not make HTML a voice", "<html><script>", "amr", Unknown, false},
		{"HTML", "<!DOCTYPE html><script>alert(1)</script>", "", Unknown, false},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "", Unknown, false},
		{"XML", `<?xml version="1.0"?><svg onload="x"/>`, "", Unknown, false},
		{"PDF", "%PDF-1.7", "", Unknown, false},
		{"a GIF that is a script too is a picture", "GIF89a/*<script>*/=1;alert(1)", "", "image/gif", true},
		{"nothing", "", "", Unknown, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Look([]byte(tc.head), tc.said); got.Type != tc.want || Inline(got.Type) != tc.inline {
				t.Errorf("it is %v, inline %v", got, Inline(got.Type))
			}
		})
	}
}

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming is a small PNG that says it is huge.
func claiming(t *testing.T, w, h uint32) []byte {
	b := picture(t, 1, 1)
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestThumbnails(t *testing.T) {
	for _, tc := range []struct {
		name string
		data []byte
		w, h int // 0: none
	}{
		{"a wide one", picture(t, 1120, 200), 560, 100},
		{"a tall one", picture(t, 10, 2800), 2, 560},
		{"a small one keeps its size", picture(t, 20, 10), 20, 10},
		{"a small file that claims to be huge is not decoded", claiming(t, 30_000, 30_000), 0, 0},
		{"many pixels within the sides are too many", claiming(t, 19_000, 19_000), 0, 0},
		{"half a picture", picture(t, 100, 100)[:60], 0, 0},
		{"no picture", []byte("<html>"), 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			thumb, err := Thumbnail(tc.data)
			if tc.w == 0 {
				if !errors.Is(err, ErrPicture) {
					t.Fatalf("err = %v", err)
				}
				return
			}
			w, h, err2 := Measure(thumb)
			if err != nil || err2 != nil || w != tc.w || h != tc.h || Look(thumb, "").Type != "image/jpeg" {
				t.Errorf("%d × %d, %v, %v", w, h, err, err2)
			}
		})
	}
}

// silence is so many frames of AMR at 12.2 kbit/s.
func silence(frames int) []byte {
	frame := append([]byte{0x3C, 0x91, 0x17, 0x16, 0xBE, 0x66, 0x79, 0xE1, 0xE0, 0x01, 0xE7, 0xAF, 0xF0}, make([]byte, 19)...)
	return append([]byte("#!AMR\n"), bytes.Repeat(frame, frames)...)
}

func TestHowLongAVoiceMessageIs(t *testing.T) {
	for _, tc := range []struct {
		name string
		data []byte
		want time.Duration
	}{
		{"fifty frames are a second", silence(50), time.Second},
		{"frames of another mode", append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x04}, make([]byte, 12)...), 100)...), 2 * time.Second},
		{"half a frame", silence(1)[:20], 0},
		{"nothing in it", []byte("#!AMR\n"), 0},
		{"something else", []byte("OggS"), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := VoiceLength(tc.data); got != tc.want {
				t.Errorf("it lasts %v", got)
			}
		})
	}
}

func TestAVoiceMessageBecomesWhatBrowsersPlay(t *testing.T) {
	tools := FindTools()
	if !tools.HaveFFmpeg() {
		t.Skip("there is no ffmpeg here: .ci/install test installs it")
	}
	mp3, err := tools.Playable(t.Context(), silence(100), "audio/amr")
	if err != nil || Look(mp3, "").Type != PlayType {
		t.Fatalf("%v: %x", err, mp3[:min(len(mp3), 16)])
	}
	if _, err := tools.Playable(t.Context(), silence(100)[:3], "audio/amr"); err == nil {
		t.Error("a broken one was made into something")
	}
}

func TestFFmpegOpensNothingBesideWhatItIsGiven(t *testing.T) {
	tools := FindTools()
	if !tools.HaveFFmpeg() {
		t.Skip("there is no ffmpeg here: .ci/install test installs it")
	}
	asked := make(chan struct{}, 1)
	outside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
	}))
	defer outside.Close()
	playlist := "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + outside.URL + "/x\n#EXT-X-ENDLIST\n"
	for _, mime := range []string{"video/mp4", "audio/amr", "video/webm"} {
		if _, err := tools.Poster(t.Context(), []byte(playlist), mime); err == nil {
			t.Errorf("%s: a playlist was taken for a video", mime)
		}
	}
	select {
	case <-asked:
		t.Error("ffmpeg asked another server")
	default:
	}
}

func TestWithoutFFmpegThereIsOnlyTheDownload(t *testing.T) {
	if _, err := (Tools{}).Playable(t.Context(), silence(50), "audio/amr"); !errors.Is(err, ErrNoTool) {
		t.Errorf("err = %v", err)
	}
	if _, err := FindTools().Playable(t.Context(), []byte("x"), "audio/silk"); !errors.Is(err, ErrNoTool) {
		t.Errorf("a type that ffmpeg does not read: %v", err)
	}
}

// bucket is enough of S3 for one client: PUT, GET with Range, HEAD, DELETE.
func bucket(t *testing.T) string {
	var mu sync.Mutex
	things := map[string][]byte{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		switch r.Method {
		case http.MethodPut:
			things[r.URL.Path] = unchunked(r)
			w.Header().Set("ETag", `"x"`)
		case http.MethodDelete:
			delete(things, r.URL.Path)
			w.WriteHeader(http.StatusNoContent)
		default:
			data, ok := things[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("ETag", `"x"`)
			http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(data))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// unchunked takes off the framing of an upload that is signed piece by piece (aws-chunked).
func unchunked(r *http.Request) []byte {
	all, _ := io.ReadAll(r.Body)
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return all
	}
	var out []byte
	for {
		head, rest, ok := bytes.Cut(all, []byte("\r\n"))
		size, _, _ := bytes.Cut(head, []byte(";"))
		var n int
		for _, c := range bytes.ToLower(size) {
			n = n*16 + strings.IndexByte("0123456789abcdef", c)
		}
		if !ok || n <= 0 || n > len(rest) {
			return out
		}
		out, all = append(out, rest[:n]...), rest[min(len(rest), n+2):]
	}
}

func TestStores(t *testing.T) {
	for name, at := range map[string]string{
		"folder": "file:" + t.TempDir() + "/media",
		"s3":     "s3://key:secret@bucket/some/prefix?region=cn-north-1&path_style=true&endpoint=" + bucket(t),
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(at)
			if err != nil {
				t.Fatal(err)
			}
			kept(t, s)
		})
	}
}

func kept(t *testing.T, s Store) {
	ctx := t.Context()
	const key = "company/2026-07/message"
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNone) {
		t.Fatalf("before anything is kept: %v", err)
	}
	if _, err := s.Stat(ctx, key); !errors.Is(err, ErrNone) {
		t.Fatalf("before anything is kept: %v", err)
	}
	for _, text := range []string{"first", "0123456789"} {
		if err := s.Put(ctx, key, strings.NewReader(text), int64(len(text))); err != nil {
			t.Fatal(err)
		}
	}
	f, err := s.Get(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Range", "bytes=3-5")
	http.ServeContent(w, r, "", f.Info().Modified, f)
	if w.Code != http.StatusPartialContent || w.Body.String() != "345" {
		t.Errorf("a range is %d %q", w.Code, w.Body)
	}
	if i, err := s.Stat(ctx, key); err != nil || i.Size != 10 || i.Modified.IsZero() {
		t.Errorf("Stat: %+v, %v", i, err)
	}
	for range 2 { // gone twice is gone
		if err := s.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNone) {
		t.Errorf("after it was removed: %v", err)
	}
	for _, bad := range []string{"", "/etc/passwd", "../x", "a/../../x", "a//b", "a\x00b"} {
		if err := s.Put(ctx, bad, strings.NewReader("x"), 1); err == nil {
			t.Errorf("%q was taken for a key", bad)
		}
	}
}

func TestHalfAThingIsNotKept(t *testing.T) {
	s, err := NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(context.Background(), "a/b", strings.NewReader("half"), 8); err == nil {
		t.Fatal("4 bytes of 8 were kept")
	}
	if _, err := s.Get(context.Background(), "a/b"); !errors.Is(err, ErrNone) {
		t.Errorf("err = %v", err)
	}
}

func TestAWrongAddressOfTheStoreIsSaidWithoutItsSecret(t *testing.T) {
	for _, at := range []string{"s3://key:hunter2@/x", "s3://key:hunter2@bucket?endpoint=ftp://x", "gs://key:hunter2@x", "s3://key:hunter2@bu cket"} {
		if _, err := Open(at); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestASpeexInAnOggIsMadePlayableAndABareOneIsADownload(t *testing.T) {
	head := append([]byte("OggS\x00\x02"), make([]byte, 22)...)
	head = append(head, "Speex   1.2.1"...)
	if k := Look(head, "amr"); k.Type != "audio/x-speex" || Inline(k.Type) || k.Extension != ".spx" {
		t.Errorf("%+v", k)
	}
	tools := FindTools()
	if _, err := tools.Playable(t.Context(), []byte{0, 1, 2, 3}, "audio/speex"); !errors.Is(err, ErrNoTool) {
		t.Errorf("bare frames: %v", err)
	}
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("there is no ffmpeg here")
	}
	file := filepath.Join(t.TempDir(), "voice.spx")
	if out, err := exec.CommandContext(t.Context(), ffmpeg, "-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-ar", "16000", "-c:a", "libspeex", file).CombinedOutput(); err != nil {
		t.Skipf("this ffmpeg makes no Speex: %s", out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kind := Look(data[:512], "speex")
	mp3, err := tools.Playable(t.Context(), data, kind.Type)
	if err != nil || Look(mp3, "").Type != PlayType {
		t.Errorf("%+v, %d bytes, %v", kind, len(mp3), err)
	}
}

func TestAStoreThatCannotBeUsedSaysSo(t *testing.T) {
	folder, err := NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := Try(t.Context(), folder); err != nil {
		t.Errorf("a folder: %v", err)
	}
	if _, err := folder.Stat(t.Context(), "weir-check"); !errors.Is(err, ErrNone) {
		t.Errorf("what was tried is still there: %v", err)
	}
	for name, bucket := range map[string]string{"of none": "", "that refuses": `<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>`} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, bucket)
		}))
		defer s.Close()
		store, err := Open("s3://key:hunter2@wrong?region=x&path_style=true&endpoint=" + s.URL)
		if err != nil {
			t.Fatal(err)
		}
		if err := Try(t.Context(), store); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a bucket %s: %v", name, err)
		}
	}
}
