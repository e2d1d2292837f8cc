package courier

import (
	"context"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"weir/internal/wechat"
)

const (
	typingEvery = 10 * time.Second // of one customer, on however many processes
	typists     = 16               // calls at once; what comes meanwhile is left out
	typingTime  = 5 * time.Second
)

// Typist shows customers that somebody is writing to them. It is a courtesy: what goes wrong is left out, and nothing is kept of it.
type Typist struct {
	client *wechat.Client
	tokens *wechat.Tokens
	redis  redis.Cmdable
	prefix string // of keys, in a cluster
	log    *slog.Logger
	turns  chan struct{}
}

// NewTypist makes one; redis is database 4.
func NewTypist(client *wechat.Client, tokens *wechat.Tokens, r redis.Cmdable, prefix string, log *slog.Logger) *Typist {
	return &Typist{client: client, tokens: tokens, redis: r, prefix: prefix, log: log, turns: make(chan struct{}, typists)}
}

// Typing tells a customer, at most every ten seconds. It does not wait for WeChat.
func (t *Typist) Typing(appid, openid string) {
	select {
	case t.turns <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-t.turns }()
		ctx, stop := context.WithTimeout(context.Background(), typingTime)
		defer stop()
		if err := t.tell(ctx, appid, openid); err != nil {
			t.log.Debug("a customer was not told that somebody is writing", "appid", appid, "err", err)
		}
	}()
}

func (t *Typist) tell(ctx context.Context, appid, openid string) error {
	first, err := t.redis.SetNX(ctx, t.prefix+"typing:"+appid+":"+openid, 1, typingEvery).Result()
	if err != nil || !first {
		return err
	}
	return t.tokens.Do(ctx, appid, func(token string) error { return t.client.Typing(ctx, token, openid, true) })
}
