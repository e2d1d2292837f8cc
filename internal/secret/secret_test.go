package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

var (
	keyA = [32]byte{1}
	keyB = [32]byte{2}
)

func TestBoxOpensOnlyWhatItSealedForTheContext(t *testing.T) {
	const context = "account:wx1:secret"
	box := New(keyA)
	sealed := box.Seal([]byte("AppSecret"), context)
	alter := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for _, tc := range []struct {
		name    string
		box     *Box
		sealed  []byte
		context string
		opens   bool
	}{
		{"as it was sealed", box, sealed, context, true},
		{"another box with the same key", New(keyA), sealed, context, true},
		{"a new key with the former beside it", New(keyB, keyA), sealed, context, true},
		{"another key", New(keyB), sealed, context, false},
		{"another account's row", box, sealed, "account:wx2:secret", false},
		{"no context", box, sealed, "", false},
		{"another format", box, alter(0), context, false},
		{"another key id", box, alter(1), context, false},
		{"nonce altered", box, alter(headerLen), context, false},
		{"text altered", box, alter(headerLen + nonceLen), context, false},
		{"tag altered", box, alter(len(sealed) - 1), context, false},
		{"cut short", box, sealed[:len(sealed)-1], context, false},
		{"only a header", box, sealed[:headerLen], context, false},
		{"nothing", box, nil, context, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			plain, err := tc.box.Open(tc.sealed, tc.context)
			if !tc.opens {
				if !errors.Is(err, ErrSealed) || plain != nil {
					t.Fatalf("opened: %q, %v", plain, err)
				}
				return
			}
			if err != nil || string(plain) != "AppSecret" {
				t.Fatalf("%q, %v", plain, err)
			}
		})
	}
}

func TestBoxSealsTheSameDifferently(t *testing.T) {
	box := New(keyA)
	if bytes.Equal(box.Seal([]byte("x"), "c"), box.Seal([]byte("x"), "c")) {
		t.Error("equal secrets can be told from their sealed form")
	}
}

func TestBoxOfAnEmptySecret(t *testing.T) {
	box := New(keyA)
	if plain, err := box.Open(box.Seal(nil, "c"), "c"); err != nil || len(plain) != 0 {
		t.Errorf("%q, %v", plain, err)
	}
}

func TestStaleIsWhatAFormerKeySealed(t *testing.T) {
	sealed, rotated := New(keyA).Seal([]byte("x"), "c"), New(keyB, keyA)
	if New(keyA).Stale(sealed) || !rotated.Stale(sealed) || rotated.Stale(rotated.Seal(nil, "c")) {
		t.Error("stale is wrong about who sealed")
	}
}

func TestRedactedIsNeverPrinted(t *testing.T) {
	type config struct{ Secret Redacted }
	secret := Redacted("hunter2")
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", secret, "b", config{secret}, "c", []Redacted{secret})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "a", secret, "b", config{secret}, "c", map[string]Redacted{"k": secret})
	out := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %[1]v"} {
		out += fmt.Sprintf(verb+verb+verb, secret, config{secret}, &config{secret})
	}
	b, err := json.Marshal(config{secret})
	if err != nil {
		t.Fatal(err)
	}
	out += string(b) + fmt.Sprint(fmt.Errorf("with %v", secret))
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2")} {
		if strings.Contains(out, leak) {
			t.Errorf("leaked %s in %s", leak, out)
		}
	}
	if !strings.Contains(out, "[redacted]") {
		t.Error("nothing was printed, so nothing was tested")
	}
	if secret.Reveal() != "hunter2" {
		t.Error("and it cannot be had at all")
	}
}

func TestTokens(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || len(a) != 57 {
		t.Errorf("tokens %q, %q", a, b)
	}
	// FIPS 180-2, appendix B.1
	if got := fmt.Sprintf("%x", HashToken("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("hash %s", got)
	}
	if !Equal(a, a) || Equal(a, b) || Equal(a, a[:10]) || Equal("", a) {
		t.Error("Equal is wrong")
	}
}
