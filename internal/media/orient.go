package media

import (
	"bytes"
	"image"
	"image/color"

	"github.com/bep/imagemeta"
)

// orientation is how a JPEG says that its camera was held (EXIF, tag 0x0112): 1 to 8; 1 where it says nothing.
func orientation(data []byte) (held int) {
	held = 1
	if look(data[:min(len(data), 512)]) != "image/jpeg" {
		return held
	}
	const tag = "Orientation"
	_, _ = imagemeta.Decode(imagemeta.Options{R: bytes.NewReader(data), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF, // a broken one says nothing
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == tag },
		HandleTag: func(t imagemeta.TagInfo) error {
			if n, ok := t.Value.(uint16); ok && n >= 1 && n <= 8 {
				held = int(n)
			}
			return imagemeta.ErrStopWalking
		}})
	return held
}

// turned is a picture as it is meant to be seen. Nothing is copied: each pixel is looked up where it lies.
func turned(from image.Image, held int) image.Image {
	if held == 1 {
		return from
	}
	return &turnedImage{from, held}
}

type turnedImage struct {
	image.Image
	held int
}

// Bounds begin at zero; a quarter turn swaps the sides.
func (t *turnedImage) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	if t.held >= 5 {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// At looks a pixel up where it lies in the picture as it was stored.
func (t *turnedImage) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, bottom := b.Dx()-1, b.Dy()-1
	switch t.held {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, bottom-y
	case 4:
		y = bottom - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, bottom-x
	case 7:
		x, y = right-y, bottom-x
	case 8:
		x, y = right-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}
