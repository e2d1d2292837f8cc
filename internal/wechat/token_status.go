package wechat

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// statusLife is how long what happened to an account's token is remembered.
const statusLife = 7 * 24 * time.Hour

// TokenStatus is how it stands with the access token of an account. Zero times are never.
type TokenStatus struct {
	Renews  time.Time // when another is fetched; zero: there is none now
	Fetched time.Time // when one was last fetched
	Refused time.Time // when WeChat last gave none
	Code    int       // and why; 0: it was not reached
	IP      string    // the address that is missing in the list, where that is why
}

// Status tells of an account's token, without fetching one. The error is Redis's.
func (t *Tokens) Status(ctx context.Context, appid string) (TokenStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	pipe := t.rdb.Pipeline()
	life, news := pipe.PTTL(ctx, t.key(appid)), pipe.HGetAll(ctx, t.newsKey(appid))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return TokenStatus{}, err
	}
	kept := news.Val()
	s := TokenStatus{Fetched: unix(kept["fetched"]), Refused: unix(kept["refused"]), IP: kept["ip"]}
	s.Code, _ = strconv.Atoi(kept["code"])
	if life.Val() > 0 {
		s.Renews = t.now().Add(life.Val())
	}
	return s, nil
}

// fetchAndTell fetches a token and remembers how it went. Redis may be away: then it is not remembered.
func (t *Tokens) fetchAndTell(ctx context.Context, appid string) (string, error) {
	token, err := t.fetch(ctx, appid)
	if err != nil && ctx.Err() != nil {
		return token, err
	}
	now := strconv.FormatInt(t.now().Unix(), 10)
	news := []any{"fetched", now}
	if err != nil {
		news = []any{"refused", now, "code", Code(err), "ip", MissingIP(err)}
	}
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), redisTimeout)
	defer cancel()
	pipe := t.rdb.Pipeline()
	pipe.HSet(short, t.newsKey(appid), news...)
	pipe.Expire(short, t.newsKey(appid), statusLife)
	_, _ = pipe.Exec(short)
	return token, err
}

func (t *Tokens) newsKey(appid string) string { return t.key(appid) + ":news" }

func unix(s string) time.Time {
	sec, err := strconv.ParseInt(s, 10, 64)
	if err != nil || sec <= 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}
