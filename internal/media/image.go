package media

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/gif" // the formats that are decoded
	"image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// What a picture may be at most before it is decoded: a small file can claim to be a huge one. 4 bytes a pixel.
const (
	maxPixels = 36_000_000
	maxSide   = 20_000
)

// ThumbSide is the longest side of a thumbnail, in pixels: a bubble is at most 220 by 280, and screens have two pixels for one.
const ThumbSide = 560

// ErrPicture says that a picture cannot be drawn here: it is broken, too large, or of a format that is not read.
var ErrPicture = errors.New("media: the picture cannot be drawn")

// Measure says how large a picture is, in pixels, without decoding it.
func Measure(data []byte) (width, height int, err error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return 0, 0, ErrPicture
	}
	return c.Width, c.Height, nil
}

// Thumbnail is a picture made small, as a JPEG on white. Of an animation it is the first frame.
func Thumbnail(data []byte) ([]byte, error) {
	from, err := decode(data)
	if err != nil {
		return nil, err
	}
	return redrawn(from, ThumbSide, 80)
}

// decode reads a picture that is not too large to be read, and turns it as its camera was held. Of an animation it is the first frame.
func decode(data []byte) (image.Image, error) {
	w, h, err := Measure(data)
	if err != nil {
		return nil, err
	}
	if w > maxSide || h > maxSide || w*h > maxPixels {
		return nil, ErrPicture
	}
	from, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, ErrPicture
	}
	return turned(from, orientation(data)), nil
}

// redrawn is a picture whose longest side is at most side, as a JPEG on white.
func redrawn(from image.Image, side, quality int) ([]byte, error) {
	w, h := fit(from.Bounds().Dx(), from.Bounds().Dy(), side)
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	err := jpeg.Encode(&out, to, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

// fit keeps the shape and makes the longest side at most side.
func fit(w, h, side int) (int, int) {
	if w <= side && h <= side {
		return w, h
	}
	if w >= h {
		return side, max(1, h*side/w)
	}
	return max(1, w*side/h), side
}
