package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// A Box seals small secrets with AES-256-GCM. What it seals is laid out as
//
//	format (1 byte, 1) · key id (4 bytes) · nonce (12 bytes) · ciphertext and tag
//
// The key id says which key opens it, so a new key can be put before the old ones and the rows sealed again at leisure.
// A Box is safe for concurrent use.
type Box struct {
	current key
	all     map[keyID]key
}

type keyID [4]byte

type key struct {
	id   keyID
	aead cipher.AEAD
}

const (
	format    = 1
	headerLen = 1 + len(keyID{})
	nonceLen  = 12
)

// ErrSealed means that a secret cannot be opened: its key is not among the Box's, it was sealed for another context, or
// it was altered. Which of them is not told.
var ErrSealed = errors.New("secret: cannot be opened with this key and context")

// New makes a Box that seals with current and opens what current or any of former sealed. The keys given are not used
// as they are: what encrypts is derived from them, so that they may serve other purposes too.
func New(current [32]byte, former ...[32]byte) *Box {
	b := &Box{current: derive(current), all: map[keyID]key{}}
	for _, f := range former {
		k := derive(f)
		b.all[k.id] = k
	}
	b.all[b.current.id] = b.current
	return b
}

func derive(master [32]byte) key {
	material, err := hkdf.Key(sha256.New, master[:], nil, "weir secret box 1", 32+len(keyID{}))
	must(err)
	block, err := aes.NewCipher(material[:32])
	must(err)
	aead, err := cipher.NewGCM(block)
	must(err)
	return key{id: keyID(material[32:]), aead: aead}
}

// must is for errors that only wrong lengths cause, and the lengths are constants.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// Seal encrypts plain. The context says what it is and whose, for example "account:wx4a14a2375e93cb7b:secret"; it is not
// kept, and Open wants the same again, so that a sealed value moved to another row or column does not open.
func (b *Box) Seal(plain []byte, context string) []byte {
	out := make([]byte, headerLen+nonceLen, headerLen+nonceLen+len(plain)+b.current.aead.Overhead())
	out[0] = format
	copy(out[1:], b.current.id[:])
	_, _ = rand.Read(out[headerLen:]) // never fails: crypto/rand ends the program first
	return b.current.aead.Seal(out, out[headerLen:], plain, additional(out[:headerLen], context))
}

// Open decrypts what Seal made for the same context. Its error is ErrSealed.
func (b *Box) Open(sealed []byte, context string) ([]byte, error) {
	k, ok := b.keyOf(sealed)
	if !ok {
		return nil, ErrSealed
	}
	nonce, text := sealed[headerLen:headerLen+nonceLen], sealed[headerLen+nonceLen:]
	plain, err := k.aead.Open(nil, nonce, text, additional(sealed[:headerLen], context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Stale reports whether sealed should be opened and sealed again, because a former key sealed it.
func (b *Box) Stale(sealed []byte) bool {
	k, ok := b.keyOf(sealed)
	return ok && k.id != b.current.id
}

func (b *Box) keyOf(sealed []byte) (key, bool) {
	if len(sealed) < headerLen+nonceLen || sealed[0] != format {
		return key{}, false
	}
	k, ok := b.all[keyID(sealed[1:headerLen])]
	return k, ok
}

func additional(header []byte, context string) []byte {
	return append(append(make([]byte, 0, len(header)+len(context)), header...), context...)
}
