//go:build !unix

package private

import (
	"context"
	"errors"
)

// An Option changes how Postgres runs.
type Option func()

// Volatile gives up crash safety for speed.
func Volatile() Option { return func() {} }

// Postgres is not offered on this system.
func Postgres(context.Context, string, ...Option) (*Server, error) {
	return nil, errors.New("own PostgreSQL: not offered on this system; set WEIR_DATABASE_URL")
}

// Redis is not offered on this system.
func Redis(context.Context, string) (*Server, error) {
	return nil, errors.New("own Redis: not offered on this system; set WEIR_REDIS_URL")
}
