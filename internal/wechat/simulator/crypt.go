package simulator

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

const (
	randomSize = 16 // bytes before the length
	headSize   = randomSize + 4
	padTo      = 32 // PKCS#7 to a multiple of this, although AES has blocks of 16
)

// Signature is WeChat's hex SHA-1 over the parts, sorted by their bytes and joined without a separator: token, timestamp and
// nonce in every mode, and the encrypted text where there is one.
func Signature(parts ...string) string {
	sorted := slices.Sorted(slices.Values(parts))
	h := sha1.New()
	for _, p := range sorted {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sealer encrypts and decrypts for one account. It may be used by many goroutines.
type sealer struct {
	block cipher.Block
	iv    []byte
	appid string
}

// newSealer takes an EncodingAESKey of 43 characters. The last one's spare bits need not be zero: WeChat's own demo key has some.
func newSealer(appid, aesKey string) (*sealer, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("an EncodingAESKey has 43 letters and digits")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &sealer{block: block, iv: key[:aes.BlockSize], appid: appid}, nil
}

// appendPlain appends what is encrypted: 16 random bytes, the length of the document, the document, the appid, the padding.
func (s *sealer) appendPlain(dst []byte, random [randomSize]byte, document []byte) []byte {
	start := len(dst)
	dst = append(dst, random[:]...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(document)))
	dst = append(dst, document...)
	dst = append(dst, s.appid...)
	pad := padTo - (len(dst)-start)%padTo
	for range pad {
		dst = append(dst, byte(pad))
	}
	return dst
}

// seal encrypts a document. AES-256-CBC, base64.
func (s *sealer) seal(random [randomSize]byte, document []byte) string {
	plain := s.appendPlain(nil, random, document)
	cipher.NewCBCEncrypter(s.block, s.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// open decrypts what seal or the desk encrypted, and insists on everything that WeChat could insist on.
func (s *sealer) open(encrypted string) ([]byte, error) {
	text, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil {
		return nil, fmt.Errorf("encrypted text is not base64: %w", err)
	}
	if len(text) == 0 || len(text)%padTo != 0 {
		return nil, fmt.Errorf("encrypted text has %d bytes, not a multiple of %d", len(text), padTo)
	}
	cipher.NewCBCDecrypter(s.block, s.iv).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > padTo || !bytes.Equal(text[len(text)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("padding is wrong: another key?")
	}
	text = text[:len(text)-pad]
	if len(text) < headSize {
		return nil, errors.New("decrypted text is too short")
	}
	size := binary.BigEndian.Uint32(text[randomSize:headSize])
	rest := text[headSize:]
	if uint64(size) > uint64(len(rest)) {
		return nil, fmt.Errorf("decrypted text says %d bytes and has %d", size, len(rest))
	}
	if tail := string(rest[size:]); tail != s.appid {
		return nil, fmt.Errorf("encrypted for %q, not for %q", tail, s.appid)
	}
	return rest[:size], nil
}
