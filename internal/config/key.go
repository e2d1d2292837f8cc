package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keyFile is the key's name in the data folder.
const keyFile = "secret.key"

// Key is the installation's secret key: the configured one or else the one that is kept in the data folder, which is
// made the first time. Without it no sealed secret can be opened, so it belongs into the backup.
func (c Config) Key() ([32]byte, error) {
	if c.SecretKey != "" {
		return parseKey(c.SecretKey.Reveal())
	}
	path := filepath.Join(c.DataDir, keyFile)
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil {
			key, err = readKey(path)
		}
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("the secret key: %w", err)
	}
	return key, nil
}

func readKey(path string) ([32]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return [32]byte{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return [32]byte{}, fmt.Errorf("%s can be read by others: chmod 600 it, or set WEIR_SECRET_KEY", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return [32]byte{}, err
	}
	key, err := parseKey(strings.TrimSpace(string(b)))
	if err != nil {
		return key, fmt.Errorf("%s is damaged (64 hex digits are expected): restore it from a backup", path)
	}
	return key, nil
}

func parseKey(s string) (key [32]byte, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(key) {
		return key, errors.New("not 64 hex digits")
	}
	return [32]byte(b), nil
}

// makeKey writes a new key beside its place, to the disk, and links it there. A link never replaces: when two processes
// make one at once, both go on with the first.
func makeKey(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand ends the program first
	_, err = fmt.Fprintf(f, "%x\n", key)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir last through a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
