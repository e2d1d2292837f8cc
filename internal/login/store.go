package login

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// store is scs's store in Redis. It is ours because theirs takes a single server only, and because a session that is
// ended must stay ended: a request that was under way when its session was revoked saves it once more when it answers.
// So an ended session leaves an empty value behind, which Commit respects, for longer than any request lasts.
type store struct {
	rdb    redis.UniversalClient
	prefix string
	now    func() time.Time
}

// tombstone is how long an ended session is remembered as ended.
const tombstone = time.Hour

func (s *store) key(hash string) string { return s.prefix + "login:" + hash }

// FindCtx implements scs.CtxStore.
func (s *store) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	b, err := s.rdb.Get(ctx, s.key(hash)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return b, len(b) > 0, err
}

// commit saves KEYS[1] = ARGV[1] for ARGV[2] ms, unless it was ended.
var commit = redis.NewScript(`
if redis.call('GET', KEYS[1]) == '' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

// CommitCtx implements scs.CtxStore. The time that is left is told and not the time of the end: Redis's clock may differ.
func (s *store) CommitCtx(ctx context.Context, hash string, b []byte, expiry time.Time) error {
	left := expiry.Sub(s.now()).Milliseconds()
	if left <= 0 {
		return s.DeleteCtx(ctx, hash)
	}
	return commit.Run(ctx, s.rdb, []string{s.key(hash)}, b, left).Err()
}

// DeleteCtx implements scs.CtxStore.
func (s *store) DeleteCtx(ctx context.Context, hash string) error {
	return s.rdb.Set(ctx, s.key(hash), "", tombstone).Err()
}

// Find implements scs.Store; scs calls FindCtx.
func (s *store) Find(hash string) ([]byte, bool, error) { return s.FindCtx(context.Background(), hash) }

// Commit implements scs.Store; scs calls CommitCtx.
func (s *store) Commit(hash string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), hash, b, expiry)
}

// Delete implements scs.Store; scs calls DeleteCtx.
func (s *store) Delete(hash string) error { return s.DeleteCtx(context.Background(), hash) }
