package queue

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Open is the Redis of a URL, in one of three ways; WEIR_REDIS_URL of package config has their forms. It connects when it is
// first used. The error repeats nothing of the URL, which may hold a password.
func Open(rawURL, clientName string) (*Redis, error) {
	scheme, rest, _ := strings.Cut(rawURL, "://")
	base, kind, _ := strings.Cut(scheme, "+")
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errURL
	}
	q := u.Query()
	switch {
	case kind == "sentinel" || kind == "" && q.Has("master_name"):
		return openSentinel(base+"://"+rest, clientName)
	case kind == "cluster" || kind == "" && q.Has("addr"):
		return openCluster(base+"://"+rest, clientName)
	case kind != "":
		return nil, errURL
	}
	o, err := redis.ParseURL(rawURL)
	if err != nil {
		return nil, errURL
	}
	o.ClientName = clientName
	return Databases(*o), nil
}

var errURL = fmt.Errorf("the URL of Redis cannot be read: it should look like redis://:password@host:6379, redis+cluster://host:6379?addr=host2:6379 or redis+sentinel://host:26379?master_name=name")

func openCluster(url, clientName string) (*Redis, error) {
	o, err := redis.ParseClusterURL(url)
	if err != nil {
		return nil, errURL
	}
	o.ClientName = clientName
	o.DialTimeout = dialTimeout(o.DialTimeout)
	c := redis.NewClusterClient(o)
	r := Cluster(c)
	r.close = c.Close
	return r, nil
}

func openSentinel(url, clientName string) (*Redis, error) {
	o, err := redis.ParseFailoverURL(url)
	if err != nil || o.MasterName == "" {
		return nil, errURL
	}
	o.ClientName, o.MaxRetries = clientName, -1
	o.DialTimeout = dialTimeout(o.DialTimeout)
	return Opened(func(db int) redis.UniversalClient {
		o := *o
		o.DB = db
		return redis.NewFailoverClient(&o)
	}), nil
}

func dialTimeout(asked time.Duration) time.Duration {
	if asked == 0 {
		return 2 * time.Second
	}
	return asked
}
