package login

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestVerify(t *testing.T) {
	p := NewPasswords()
	mine, err := p.Hash(t.Context(), "密码ﬁ hunter2")
	if err != nil {
		t.Fatal(err)
	}
	// From the reference implementation's test.c: argon2id, version 0x13, password "password", salt "somesalt".
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, tc := range []struct {
		name, hash, password string
		ok, rehash           bool
		err                  error
	}{
		{"the password", mine, "密码ﬁ hunter2", true, false, nil},
		{"the same letters, typed on another system", mine, "密码fi hunter2", true, false, nil},
		{"another password", mine, "密码ﬁ hunter3", false, false, nil},
		{"no password", mine, "", false, false, nil},
		{"a hash of another cost is right and due", reference, "password", true, true, nil},
		{"a hash of another cost, and another password", reference, "Password", false, false, nil},
		{"a user that does not exist", "", "", false, false, nil},
		{"not a hash", "hunter2", "hunter2", false, false, ErrHash},
		{"another algorithm", strings.Replace(mine, "argon2id", "argon2i", 1), "密码ﬁ hunter2", false, false, ErrHash},
		{"more memory than there is", strings.Replace(mine, "m=19456", "m=4194304", 1), "x", false, false, ErrHash},
		{"no passes", strings.Replace(mine, "t=2", "t=0", 1), "x", false, false, ErrHash},
		{"no threads", strings.Replace(mine, "p=1", "p=0", 1), "x", false, false, ErrHash},
		{"more after the hash", mine + "$x", "密码ﬁ hunter2", false, false, ErrHash},
		{"cut short", mine[:len(mine)-30], "密码ﬁ hunter2", false, false, ErrHash},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ok, rehash, err := p.Verify(t.Context(), tc.hash, tc.password)
			if ok != tc.ok || rehash != tc.rehash || !errors.Is(err, tc.err) {
				t.Errorf("%v, %v, %v; want %v, %v, %v", ok, rehash, err, tc.ok, tc.rehash, tc.err)
			}
		})
	}
}

func TestAHashIsSaltedAndSaysItsCost(t *testing.T) {
	p := NewPasswords()
	a, errA := p.Hash(t.Context(), "x")
	b, errB := p.Hash(t.Context(), "x")
	if errA != nil || errB != nil || a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s, %v; %s, %v", a, errA, b, errB)
	}
}

func TestAnUnknownUserCostsWhatAWrongPasswordCosts(t *testing.T) {
	p := NewPasswords()
	known, err := p.Hash(t.Context(), "right")
	if err != nil {
		t.Fatal(err)
	}
	// The work is compared and not the time, which on a busy machine says nothing.
	var work []string
	p.argon2 = func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte {
		work = append(work, fmt.Sprint(len(password), len(salt), time, memory, threads, length))
		return make([]byte, length) // which is what the hash of nobody is
	}
	for _, hash := range []string{known, "", "not a hash"} {
		if ok, _, _ := p.Verify(t.Context(), hash, "wrong"); ok {
			t.Errorf("%q: signed in", hash)
		}
	}
	if len(work) != 3 || work[0] != work[1] || work[0] != work[2] {
		t.Errorf("known, unknown and broken cost %q", work)
	}
}

func TestNoMoreThanTwoHashesAtOnce(t *testing.T) {
	p := NewPasswords()
	for range atOnce { // two are under way
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Hash(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third did not wait: %v", err)
	}
	if _, _, err := p.Verify(ctx, "", "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third did not wait: %v", err)
	}
	<-p.slots
	if _, err := p.Hash(t.Context(), "x"); err != nil {
		t.Errorf("it never had its turn: %v", err)
	}
}
