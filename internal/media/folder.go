package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder keeps things as files under a root.
type Folder struct{ root string }

// NewFolder uses a folder, which is made where there is none.
func NewFolder(root string) (*Folder, error) {
	if root == "" {
		return nil, errors.New("the media folder has no name")
	}
	root, err := filepath.Abs(root)
	if err == nil {
		err = os.MkdirAll(root, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("media folder: %w", err)
	}
	return &Folder{root}, nil
}

func (f *Folder) path(key string) (string, error) {
	return filepath.Join(f.root, filepath.FromSlash(key)), check(key)
}

// Put writes beside the place and moves it there, so that nobody reads half of it.
func (f *Folder) Put(_ context.Context, key string, r io.Reader, size int64) (err error) {
	to, err := f.path(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(to), ".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	n, err := io.Copy(tmp, r)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, not %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}

type folderFile struct {
	*os.File
	info Info
}

func (f folderFile) Info() Info { return f.info }

// Get opens the file.
func (f *Folder) Get(_ context.Context, key string) (File, error) {
	at, err := f.path(key)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(at)
	if err != nil {
		return nil, none(err)
	}
	i, err := file.Stat()
	if err == nil && !i.Mode().IsRegular() {
		err = ErrNone
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return folderFile{file, Info{i.Size(), i.ModTime()}}, nil
}

// Stat asks for the file.
func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	at, err := f.path(key)
	if err != nil {
		return Info{}, err
	}
	i, err := os.Stat(at)
	if err != nil {
		return Info{}, none(err)
	}
	return Info{i.Size(), i.ModTime()}, nil
}

// Delete removes the file.
func (f *Folder) Delete(_ context.Context, key string) error {
	at, err := f.path(key)
	if err != nil {
		return err
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func none(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	return err
}
