// Package id makes and shows the ids of Weir: UUIDv7 (RFC 9562), which grow with time, shown as 32 hex digits.
package id

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// An ID names a company, a session, a message or any other thing that Weir made. The zero ID names nothing.
type ID [16]byte

// New makes an ID that is greater than those made before it in this process.
func New() ID { return ID(uuid.Must(uuid.NewV7())) }

// At is the smallest ID that could have been made at t: what is not less than it was made at t or later.
func At(t time.Time) ID {
	ms := uint64(t.UnixMilli())
	return ID{byte(ms >> 40), byte(ms >> 32), byte(ms >> 24), byte(ms >> 16), byte(ms >> 8), byte(ms), 0x70, 0, 0x80}
}

// Parse reads 32 hex digits; dashes between them are accepted.
func Parse(s string) (ID, error) {
	if len(s) == 32 {
		var x ID
		if _, err := hex.Decode(x[:], []byte(s)); err == nil {
			return x, nil
		}
	} else if len(s) == 36 {
		if u, err := uuid.Parse(s); err == nil {
			return ID(u), nil
		}
	}
	return ID{}, fmt.Errorf("an id is 32 hex digits, and %.40q is not", s)
}

// Zero says whether x names nothing.
func (x ID) Zero() bool { return x == ID{} }

// Time is when x was made, to the millisecond.
func (x ID) Time() time.Time {
	return time.UnixMilli(int64(x[0])<<40 | int64(x[1])<<32 | int64(x[2])<<24 | int64(x[3])<<16 | int64(x[4])<<8 | int64(x[5]))
}

func (x ID) String() string {
	var b [32]byte
	hex.Encode(b[:], x[:])
	return string(b[:])
}

// MarshalText and UnmarshalText make IDs the 32 digits in JSON.
func (x ID) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// UnmarshalText accepts what Parse accepts.
func (x *ID) UnmarshalText(b []byte) (err error) {
	*x, err = Parse(string(b))
	return err
}

// UUIDValue and ScanUUID let pgx send and read IDs in binary.
func (x ID) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: x, Valid: true}, nil }

// ScanUUID reads NULL as the zero ID.
func (x *ID) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		*x = ID{}
		return nil
	}
	*x = v.Bytes
	return nil
}
