package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// cost is what one hash takes: OWASP's Password Storage Cheat Sheet, second choice for argon2id.
type cost struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

var today = cost{memory: 19 << 10, time: 2, threads: 1}

const (
	saltLen = 16
	hashLen = 32
	// atOnce bounds the memory that sign-ins take together: 2 × 19 MiB. Twenty unbounded ones were measured at 1.3 GiB.
	atOnce = 2
)

// ErrHash means that a stored hash is not an argon2id hash that this program could have made.
var ErrHash = errors.New("login: not an argon2id password hash")

// Passwords hashes and verifies passwords with argon2id, two at a time. It is safe for concurrent use.
type Passwords struct {
	slots  chan struct{}
	argon2 func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte
}

// NewPasswords is the one for the whole process: the bound on memory is its own.
func NewPasswords() *Passwords {
	return &Passwords{slots: make(chan struct{}, atOnce), argon2: argon2.IDKey}
}

// Hash is the password's hash as a PHC string ($argon2id$v=19$m=19456,t=2,p=1$salt$hash). It waits for its turn; the only
// error is ctx's.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	var salt [saltLen]byte
	_, _ = rand.Read(salt[:]) // never fails: crypto/rand ends the program first
	h := phc{cost: today, salt: salt[:]}
	var err error
	if h.sum, err = p.sum(ctx, h, password, hashLen); err != nil {
		return "", err
	}
	return h.String(), nil
}

// Verify reports whether the password is the one that was hashed, and if so whether it should be hashed anew because the
// cost has changed since. An empty hash stands for a user that does not exist: it takes as long as a wrong password and
// is never right. Errors are ctx's and ErrHash.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error) {
	h, parseErr := parsePHC(hash)
	if parseErr != nil {
		h = phc{cost: today, salt: make([]byte, saltLen), sum: make([]byte, hashLen)}
	}
	sum, err := p.sum(ctx, h, password, len(h.sum))
	switch {
	case err != nil:
		return false, false, err
	case hash == "":
		return false, false, nil
	case parseErr != nil:
		return false, false, parseErr
	}
	ok = subtle.ConstantTimeCompare(sum, h.sum) == 1
	return ok, ok && (h.cost != today || len(h.salt) != saltLen || len(h.sum) != hashLen), nil
}

// sum does the work when it is its turn. The same letters typed on different systems are the same password (NFKC).
func (p *Passwords) sum(ctx context.Context, h phc, password string, length int) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return p.argon2([]byte(norm.NFKC.String(password)), h.salt, h.time, h.memory, h.threads, uint32(length)), nil
}

// A phc is a hash in the PHC string format, github.com/P-H-C/phc-string-format.
type phc struct {
	cost
	salt, sum []byte
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// parsePHC refuses costs beyond all reason: a hash is data, and must not be able to take the machine's memory.
func parsePHC(s string) (h phc, err error) {
	var version int
	var salt, sum string
	n, err := fmt.Sscanf(spaced(s), "argon2id v=%d m=%d,t=%d,p=%d %s %s", &version, &h.memory, &h.time, &h.threads, &salt, &sum)
	if err != nil || n != 6 || version != argon2.Version {
		return phc{}, ErrHash
	}
	b64 := base64.RawStdEncoding.Strict()
	var errSalt, errSum error
	h.salt, errSalt = b64.DecodeString(salt)
	h.sum, errSum = b64.DecodeString(sum)
	switch {
	case errSalt != nil, errSum != nil, h.String() != s,
		h.memory > 256<<10, h.time < 1, h.time > 16, h.threads < 1, h.threads > 16,
		len(h.salt) < 8, len(h.sum) < 16, len(h.sum) > 64:
		return phc{}, ErrHash
	}
	return h, nil
}

// spaced puts blanks for the dollars, which is what Sscanf splits words at.
func spaced(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c == '$' {
			b[i] = ' '
		}
	}
	if len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return string(b)
}
