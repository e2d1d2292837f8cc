package login

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"weir/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// database4 is a Redis of the test's own.
func database4(t *testing.T) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	options.DB = 4
	rdb := redis.NewClient(options)
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// nowhere is a Redis that cannot be reached.
func nowhere(t *testing.T) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}
