package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"time"
)

// ErrNone says that there is nothing under a key.
var ErrNone = errors.New("media: there is no such thing")

// Info is what a store knows of a thing.
type Info struct {
	Size     int64 // bytes
	Modified time.Time
}

// File is a thing being read. Seeking in one that lies far away costs a request for what comes behind.
type File interface {
	io.ReadSeekCloser
	Info() Info
}

// Store keeps bytes under keys such as "company/2026-07/message". All methods may be called at the same time.
type Store interface {
	// Put keeps size bytes of r, all of them or, after an error, none. What was there before is replaced.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Get opens a thing; ErrNone where there is none.
	Get(ctx context.Context, key string) (File, error)
	// Stat says how large it is; ErrNone where there is none.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete removes it. That there is none is no error.
	Delete(ctx context.Context, key string) error
}

// Open opens the store that a URL names: file:/path/of/a/folder, or s3://bucket/prefix?endpoint=https://host&region=… with the keys in
// the user part (s3://key:secret@bucket) or in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Nothing is asked of an S3 store yet.
func Open(at string) (Store, error) {
	u, err := url.Parse(at)
	if err != nil {
		return nil, errors.New("the media URL cannot be read") // it may hold a secret, and err repeats it
	}
	switch u.Scheme {
	case "file":
		return NewFolder(cmpOr(u.Path, u.Opaque))
	case "s3":
		return newS3(u)
	}
	return nil, fmt.Errorf("media are kept at file: or s3:, not at %q", u.Scheme)
}

// Try keeps something, reads it and removes it: a wrong bucket, a wrong key or a folder that may not be written to is said at once, and not
// when the first picture comes.
func Try(ctx context.Context, s Store) error {
	const key, said = "weir-check", "weir"
	if err := s.Put(ctx, key, strings.NewReader(said), int64(len(said))); err != nil {
		return fmt.Errorf("nothing can be kept there: %w", err)
	}
	if _, err := s.Stat(ctx, key); err != nil {
		return fmt.Errorf("what is kept there cannot be read: %w", err)
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("what is kept there cannot be removed: %w", err)
	}
	return nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// check refuses keys that are none: they are made of ids, never of what people say, and this stands behind it.
func check(key string) error {
	if key == "" || strings.HasPrefix(key, "/") || path.Clean(key) != key || strings.HasPrefix(key, "..") || strings.ContainsAny(key, "\\\x00") {
		return fmt.Errorf("media: %q is no key", key)
	}
	return nil
}
