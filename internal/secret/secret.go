// Package secret keeps secrets: sealed where they are stored, hashed where they need only be recognised, and blacked out
// where somebody would print them. It knows nothing of what they are for.
package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// Redacted is a string that is not to be seen: however it is printed, logged or marshalled, only "[redacted]" comes out.
// (Not as the key of a map, where encoding/json takes strings as they are.)
type Redacted string

// Reveal is the string itself.
func (r Redacted) Reveal() string { return string(r) }

// String says only whether there is anything.
func (r Redacted) String() string {
	if r == "" {
		return ""
	}
	return "[redacted]"
}

// Format implements fmt.Formatter, so that no verb gets past String.
func (r Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue implements slog.LogValuer.
func (r Redacted) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText implements encoding.TextMarshaler, which JSON, XML and YAML ask.
func (r Redacted) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// NewToken makes an API token: "weir_" and 52 characters, 256 random bits and more. It is shown once and stored hashed.
func NewToken() string { return "weir_" + rand.Text() + rand.Text() }

// HashToken is what is stored of an API token: its SHA-256. A token is random and long, so it needs neither salt nor a slow
// hash, and can be looked up by its hash.
func HashToken(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

// Equal compares without telling by its time where a and b differ, or that their lengths do.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
