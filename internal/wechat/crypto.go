package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
)

const (
	keyChars  = 43 // an EncodingAESKey: base64 of 32 bytes without its "="
	padBlock  = 32 // PKCS#7 to 32 although AES works in 16: a pad is 1..32 (encryption page)
	headBytes = 16 // random bytes in front of every plaintext
	sizeBytes = 4  // length of the message, big-endian
)

// Key is an EncodingAESKey, ready for use. It never prints itself. The zero Key is no key.
type Key struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
}

var (
	errKey     = errors.New("an EncodingAESKey has 43 letters and digits; copy it from the account's basic configuration page")
	errNoKey   = errors.New("no EncodingAESKey is set")
	errCipher  = errors.New("the ciphertext is not one of this key")
	errForeign = errors.New("the message belongs to another appid")
)

// ParseKey reads the 43 characters of an EncodingAESKey.
func ParseKey(encodingAESKey string) (Key, error) {
	if len(encodingAESKey) != keyChars {
		return Key{}, errKey
	}
	// Not Strict: WeChat's own keys may end in a character whose lowest bits are set.
	raw, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(raw) != 32 {
		return Key{}, errKey
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return Key{}, errKey
	}
	k := Key{block: block}
	copy(k.iv[:], raw)
	return k, nil
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.block == nil }

// Format keeps the key out of every verb of fmt.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.redacted()) }

// LogValue keeps the key out of logs.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.redacted()) }

func (k Key) redacted() string {
	if k.IsZero() {
		return "no key"
	}
	return "key (redacted)"
}

// Encrypt appends to dst the Encrypt field that WeChat would make of msg for appid: base64 of AES-256-CBC over
// random(16) ‖ length ‖ msg ‖ appid. It reads 16 bytes of random; nil means crypto/rand. dst and msg must not overlap.
func (k Key) Encrypt(dst, msg []byte, appid string, random io.Reader) ([]byte, error) {
	if k.IsZero() {
		return dst, errNoKey
	}
	if random == nil {
		random = rand.Reader
	}
	plain := getBuffer()
	defer putBuffer(plain)
	b := slices.Grow((*plain)[:0], headBytes+sizeBytes+len(msg)+len(appid)+padBlock)[:headBytes]
	*plain = b // a grown buffer goes back to the pool
	if _, err := io.ReadFull(random, b); err != nil {
		return dst, fmt.Errorf("reading random bytes: %w", err)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(msg)))
	b = append(b, msg...)
	b = append(b, appid...)
	b = pad(b)
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	return base64.StdEncoding.AppendEncode(dst, b), nil
}

// Decrypt opens an Encrypt field and returns the message and the appid behind it, which the caller must compare.
func (k Key) Decrypt(encrypted string) (msg []byte, appid string, err error) {
	msg, id, err := k.decrypt(nil, encrypted)
	return msg, string(id), err
}

// decrypt works in buf where it is large enough; msg and id are parts of it.
func (k Key) decrypt(buf []byte, encrypted string) (msg, id []byte, err error) {
	if k.IsZero() {
		return nil, nil, errNoKey
	}
	b, err := base64.StdEncoding.AppendDecode(buf[:0], []byte(encrypted))
	if err != nil || len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return nil, nil, errCipher
	}
	cipher.NewCBCDecrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	b, ok := unpad(b)
	if !ok || len(b) < headBytes+sizeBytes {
		return nil, nil, errCipher
	}
	b = b[headBytes:]
	size := binary.BigEndian.Uint32(b)
	b = b[sizeBytes:]
	if uint64(size) > uint64(len(b)) {
		return nil, nil, errCipher
	}
	return b[:size], b[size:], nil
}

func pad(b []byte) []byte {
	n := padBlock - len(b)%padBlock
	return append(b, bytes.Repeat([]byte{byte(n)}, n)...)
}

// unpad is strict. It need not be constant in time: nobody gets here without a valid signature over the ciphertext.
func unpad(b []byte) ([]byte, bool) {
	if len(b) == 0 {
		return nil, false
	}
	n := int(b[len(b)-1])
	if n < 1 || n > padBlock || n > len(b) {
		return nil, false
	}
	for _, c := range b[len(b)-n:] {
		if int(c) != n {
			return nil, false
		}
	}
	return b[:len(b)-n], true
}

// Sign is WeChat's signature: the SHA-1, in lower-case hex, of the parts sorted by bytes and joined. The parts are token,
// timestamp and nonce for "signature", and these and Encrypt for "msg_signature" (message push page).
func Sign(parts ...string) string {
	sorted := slices.Sorted(slices.Values(parts))
	sum := sha1.Sum([]byte(strings.Join(sorted, "")))
	return hex.EncodeToString(sum[:])
}

// sign is Sign for the callback's hot path: no garbage.
func sign(parts [4]string) (hexSum [2 * sha1.Size]byte) {
	for i := 1; i < len(parts); i++ {
		for j := i; j > 0 && parts[j] < parts[j-1]; j-- {
			parts[j], parts[j-1] = parts[j-1], parts[j]
		}
	}
	buf := getBuffer()
	defer putBuffer(buf)
	b := (*buf)[:0]
	for _, p := range parts {
		b = append(b, p...)
	}
	*buf = b
	sum := sha1.Sum(b)
	hex.Encode(hexSum[:], sum[:])
	return hexSum
}
