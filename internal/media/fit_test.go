package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"golang.org/x/image/bmp"
)

// noisy is a picture that does not become small by itself.
func noisy(w, h int) image.Image {
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range to.Pix {
		to.Pix[i] = byte(r.Uint32())
	}
	return to
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mp3 is so many frames of silence of MPEG 1 layer III, 128 kbit/s and 44.1 kHz: 1152 samples each.
func mp3(frames int) []byte {
	return bytes.Repeat(append([]byte{0xFF, 0xFB, 0x90, 0x00}, make([]byte, 413)...), frames)
}

func unfitFor(err error) string {
	var no *Unfit
	if errors.As(err, &no) {
		return no.Say
	}
	return ""
}

func TestWhatWeChatTakesIsLeftAsItIsAndTheRestIsMadeToFit(t *testing.T) {
	small := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, noisy(100, 50), nil) })
	animation := encoded(t, func(b *bytes.Buffer) error {
		frame := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{color.White, color.Black})
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}})
	})
	for _, tc := range []struct {
		name   string
		data   []byte
		family string
		mime   string
		same   bool // the bytes are left as they are
		w, h   int
		length time.Duration
		unfit  string
	}{
		{"a JPEG", small, Image, "image/jpeg", true, 100, 50, 0, ""},
		{"a PNG", picture(t, 30, 20), Image, "image/png", true, 30, 20, 0, ""},
		{"an animation", animation, Image, "image/gif", true, 20, 10, 0, ""},
		{"a BMP becomes a JPEG", encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, noisy(40, 30)) }), Image, "image/jpeg", false, 40, 30, 0, ""},
		{"a PNG of more than 2 MB becomes a JPEG of less", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, noisy(1000, 900)) }), Image, "image/jpeg", false, 1000, 900, 0, ""},
		{"an animation of more than 2 MB", append(bytes.Clone(animation), make([]byte, ImageMost)...), "", "", false, 0, 0, 0, "upload.gif"},
		{"a small file that claims to be a huge picture", claiming(t, 30_000, 30_000), "", "", false, 0, 0, 0, "upload.picture"},
		{"half a picture", small[:len(small)/4], "", "", false, 0, 0, 0, "upload.picture"},
		{"AMR", silence(100), Voice, "audio/amr", true, 0, 0, 2 * time.Second, ""},
		{"MP3", mp3(100), Voice, "audio/mpeg", true, 0, 0, 2612244800, ""},
		{"a voice message of more than a minute", silence(3100), "", "", false, 0, 0, 0, "upload.voice-long"},
		{"a page", []byte("<!DOCTYPE html><script>alert(1)</script>"), "", "", false, 0, 0, 0, "upload.kind"},
		{"an SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "", "", false, 0, 0, 0, "upload.kind"},
		{"a PDF", []byte("%PDF-1.7"), "", "", false, 0, 0, 0, "upload.kind"},
		{"nothing", nil, "", "", false, 0, 0, 0, "upload.empty"},
		{"too much", append(bytes.Clone(small), make([]byte, TakenMost)...), "", "", false, 0, 0, 0, "upload.large"},
		{"a video of more than 10 MB", append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, VideoMost)...), "", "", false, 0, 0, 0, "upload.video-large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, err := Tools{}.Fit(t.Context(), tc.data)
			if tc.unfit != "" {
				if unfitFor(err) != tc.unfit {
					t.Fatalf("err = %v, want %s", err, tc.unfit)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if f.Family != tc.family || f.Mime != tc.mime || f.Width != tc.w || f.Height != tc.h || f.Length.Round(time.Millisecond) != tc.length.Round(time.Millisecond) {
				t.Errorf("it is %s %s, %d × %d, %v", f.Family, f.Mime, f.Width, f.Height, f.Length)
			}
			if bytes.Equal(f.Data, tc.data) != tc.same || Look(f.Data, "").Type != tc.mime {
				t.Errorf("%d bytes of %s became %d of %s", len(tc.data), tc.mime, len(f.Data), Look(f.Data, "").Type)
			}
			if tc.family == Image && (len(f.Data) > ImageMost || len(f.Cover) == 0 || len(f.Cover) > CoverMost || len(f.Thumb) == 0) {
				t.Errorf("%d bytes, a cover of %d and a thumbnail of %d", len(f.Data), len(f.Cover), len(f.Thumb))
			}
		})
	}
}

// held is a JPEG, its left half red and its right half blue, that says how its camera was held.
func held(t *testing.T, orientation uint16) []byte {
	t.Helper()
	to := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.RGBA{0xFF, 0, 0, 0xFF}
			if x >= 32 {
				c = color.RGBA{0, 0, 0xFF, 0xFF}
			}
			to.Set(x, y, c)
		}
	}
	plain := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, to, &jpeg.Options{Quality: 95}) })
	tiff := []byte("MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(tiff[18:], orientation)
	app1 := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(app1) + 2)}, app1...)
	return append(out, plain[2:]...)
}

func TestAPictureStandsAsItsCameraWasHeld(t *testing.T) {
	for _, tc := range []struct {
		orientation uint16
		w, h        int
		redX, redY  int // a point that must be red in the thumbnail
	}{{1, 64, 32, 8, 16}, {3, 64, 32, 56, 16}, {6, 32, 64, 16, 8}, {8, 32, 64, 16, 56}} {
		f, err := Tools{}.Fit(t.Context(), held(t, tc.orientation))
		if err != nil {
			t.Fatal(err)
		}
		thumb, err := decode(f.Thumb)
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := thumb.At(tc.redX, tc.redY).RGBA()
		if f.Width != tc.w || f.Height != tc.h || thumb.Bounds().Dx() != tc.w || r < 0xC000 || b > 0x4000 {
			t.Errorf("held %d: %d × %d, the thumbnail %v, red %x and blue %x", tc.orientation, f.Width, f.Height, thumb.Bounds(), r, b)
		}
	}
}

func TestHowLongAnMP3Is(t *testing.T) {
	tagged := append([]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello"), mp3(50)...)
	for _, tc := range []struct {
		name string
		data []byte
		want time.Duration
	}{
		{"fifty frames", mp3(50), 1306 * time.Millisecond},
		{"behind a tag", tagged, 1306 * time.Millisecond},
		{"MPEG 2, 24 kHz, 48 kbit/s", bytes.Repeat(append([]byte{0xFF, 0xF3, 0x64, 0xC0}, make([]byte, 140)...), 100), 2400 * time.Millisecond},
		{"no frame", []byte("hello, world"), 0},
		{"nothing", nil, 0},
	} {
		if got := mp3Length(tc.data).Round(time.Millisecond); got != tc.want {
			t.Errorf("%s lasts %v", tc.name, got)
		}
	}
}

func TestFFmpegMakesVoicesAndCovers(t *testing.T) {
	tools := FindTools()
	if !tools.HaveFFmpeg() {
		t.Skip("there is no ffmpeg here: .ci/install test installs it")
	}
	wav := append([]byte("RIFF\x24\x7d\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x7d\x00\x00"), make([]byte, 32000)...)
	f, err := tools.Fit(t.Context(), wav)
	if err != nil || f.Mime != PlayType || f.Length < 1900*time.Millisecond || f.Length > 2300*time.Millisecond {
		t.Errorf("two seconds of WAV: %+v, %v", f, err)
	}
	if f, err := tools.Fit(t.Context(), silence(100)); err != nil || f.Mime != "audio/amr" || Look(f.Play, "").Type != PlayType {
		t.Errorf("AMR has nothing for browsers: %v", err)
	}
	video, err := os.ReadFile("../wechat/simulator/sample/sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	f, err = tools.Fit(t.Context(), video)
	if err != nil || f.Family != Video || f.Width == 0 || len(f.Thumb) == 0 || len(f.Cover) == 0 || len(f.Cover) > CoverMost {
		t.Errorf("a video: %v", err)
	}
	if _, err := tools.Fit(t.Context(), append(bytes.Clone(video[:64]), make([]byte, 4096)...)); unfitFor(err) != "upload.video-broken" {
		t.Errorf("a broken video: %v", err)
	}
	if f, err := (Tools{}).Fit(context.Background(), video); err != nil || len(f.Cover) == 0 || f.Thumb != nil {
		t.Errorf("a video without ffmpeg has a plain cover: %v", err)
	}
	if _, err := (Tools{}).Fit(context.Background(), wav); unfitFor(err) != "upload.voice-kind" {
		t.Errorf("WAV without ffmpeg: %v", err)
	}
}
