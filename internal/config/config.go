// Package config reads Weir's settings from the environment, once, into one checked struct. Nothing reads the
// environment later.
//
// WEIR_REDIS_URL says where Redis is in one of these forms; rediss in place of redis is the same over TLS. The form is the one that
// go-redis reads, whose other options (dial_timeout, pool_size and so on) may follow.
//
//	redis://user:password@host:6379                                  one server, of which databases 0, 1, 2 and 4 are used
//	unix:///run/redis.sock                                           the same on a socket
//	redis+cluster://user:password@host1:6379?addr=host2:6379&addr=…  a Redis Cluster; any of its nodes, the more the better
//	redis://user:password@host1:6379?addr=host2:6379                 the same: more than one address is a cluster
//	redis+sentinel://host1:26379?master_name=weir&addr=host2:26379   the master that Sentinels name
//
// A cluster has one database, so its number stands before each key: queue:… of database 2 is 2:queue:…
package config

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"

	"weir/internal/secret"
)

// Config is every setting of an installation, checked. It may be printed and logged: secrets come out as "[redacted]".
type Config struct {
	Addr               string          // host:port to listen on
	BaseURL            string          // how browsers and WeChat reach Weir: scheme and host, no slash at the end
	DatabaseURL        secret.Redacted // PostgreSQL; empty: Weir's own in the data folder
	DatabaseReplicaURL secret.Redacted // a read replica, in which is searched
	RedisURL           secret.Redacted // Redis; empty: Weir's own in the data folder
	DataDir            string          // the data folder
	SecretKey          secret.Redacted // 64 hex digits; empty: the one kept in the data folder (see Key)
	WeChatAPIURL       string          // WeChat's API, no slash at the end
	MediaURL           string          // where media are kept, file:… or s3:…
	MediaMost          int64           // the largest medium that is fetched, bytes
	LogLevel           slog.Level
	TrustedProxies     []netip.Prefix // whose X-Forwarded-For is believed; none by default

	Unknown []string // variables that begin like Weir's and are none, sorted: misspelt, most likely
}

// Secure reports whether browsers reach Weir by https, so that cookies may insist on it.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// variables is the environment as it is written. All are strings, so that every fault is ours to word.
type variables struct {
	Addr               string `env:"WEIR_ADDR" envDefault:"127.0.0.1:8080"`
	BaseURL            string `env:"WEIR_BASE_URL"`
	DatabaseURL        string `env:"WEIR_DATABASE_URL"`
	DatabaseReplicaURL string `env:"WEIR_DATABASE_REPLICA_URL"`
	RedisURL           string `env:"WEIR_REDIS_URL"`
	DataDir            string `env:"WEIR_DATA_DIR" envDefault:"./data"`
	SecretKey          string `env:"WEIR_SECRET_KEY"`
	WeChatAPIURL       string `env:"WEIR_WECHAT_API_URL" envDefault:"https://api.weixin.qq.com"`
	MediaURL           string `env:"WEIR_MEDIA_URL"`
	MediaMost          string `env:"WEIR_MEDIA_MAX_MB" envDefault:"20"`
	LogLevel           string `env:"WEIR_LOG_LEVEL" envDefault:"info"`
	TrustedProxies     string `env:"WEIR_TRUSTED_PROXIES"`
}

// Load reads the settings out of environ, name to value (see Environ). An empty variable is an unset one. The error
// joins one sentence for every fault; no sentence repeats a secret.
func Load(environ map[string]string) (Config, error) {
	var v variables
	if err := env.ParseWithOptions(&v, env.Options{Environment: trimmed(environ)}); err != nil {
		return Config{}, err
	}
	var f faults
	c := Config{
		Addr:               f.addr(v.Addr),
		DatabaseURL:        f.server("WEIR_DATABASE_URL", v.DatabaseURL, "postgres", "postgresql"),
		DatabaseReplicaURL: f.server("WEIR_DATABASE_REPLICA_URL", v.DatabaseReplicaURL, "postgres", "postgresql"),
		RedisURL:           f.server("WEIR_REDIS_URL", v.RedisURL, "redis", "rediss", "unix", "redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel"),
		DataDir:            v.DataDir,
		SecretKey:          f.key(v.SecretKey),
		WeChatAPIURL:       f.site("WEIR_WECHAT_API_URL", v.WeChatAPIURL, true),
		MediaURL:           f.media(v.MediaURL, v.DataDir),
		MediaMost:          f.megabytes("WEIR_MEDIA_MAX_MB", v.MediaMost),
		LogLevel:           f.level(v.LogLevel),
		TrustedProxies:     f.proxies(v.TrustedProxies),
		Unknown:            unknown(environ),
	}
	c.BaseURL = f.site("WEIR_BASE_URL", cmp.Or(v.BaseURL, "http://"+local(c.Addr)), false)
	if len(f.all) > 0 {
		return Config{}, errors.Join(f.all...)
	}
	return c, nil
}

// Environ is os.Environ() as Load takes it.
func Environ(environ []string) map[string]string { return env.ToMap(environ) }

func trimmed(environ map[string]string) map[string]string {
	out := make(map[string]string, len(environ))
	for name, value := range environ {
		if value = strings.TrimSpace(value); value != "" {
			out[name] = value
		}
	}
	return out
}

// unknown lists the WEIR_ variables that mean nothing, in order.
func unknown(environ map[string]string) []string {
	known := map[string]bool{}
	for f := range reflect.TypeFor[variables]().Fields() {
		known[f.Tag.Get("env")] = true
	}
	var names []string
	for name := range environ {
		if strings.HasPrefix(name, "WEIR_") && !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// faults collects what is wrong, so that it is all said at once.
type faults struct{ all []error }

func (f *faults) add(format string, args ...any) { f.all = append(f.all, fmt.Errorf(format, args...)) }

// megabytes is a size in bytes.
func (f *faults) megabytes(name, s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > 1024 {
		f.add("%s is %q: it must be a whole number of megabytes from 1 to 1024", name, s)
	}
	return n << 20
}

func (f *faults) addr(s string) string {
	_, port, err := net.SplitHostPort(s)
	if n, errPort := strconv.Atoi(port); err != nil || errPort != nil || n < 0 || n > 65535 {
		f.add("WEIR_ADDR is %q: it must be a host and a port, like 127.0.0.1:8080", s)
	}
	return s
}

// local is the address as a browser on this machine writes it.
func local(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// server checks a URL that may hold a password, and so is not repeated.
func (f *faults) server(name, s string, schemes ...string) secret.Redacted {
	if s == "" {
		return ""
	}
	if u, err := url.Parse(s); err != nil || !slices.Contains(schemes, u.Scheme) {
		f.add("%s is not a URL that begins with %s://", name, strings.Join(schemes, ":// or "))
	}
	return secret.Redacted(s)
}

func (f *faults) key(s string) secret.Redacted {
	if b, err := hex.DecodeString(s); s != "" && (err != nil || len(b) != 32) {
		f.add("WEIR_SECRET_KEY must be 64 hex digits; `openssl rand -hex 32` makes one")
	}
	return secret.Redacted(s)
}

// site checks an http or https URL; only where path is true may it have one.
func (f *faults) site(name, s string, path bool) string {
	s = strings.TrimRight(s, "/")
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		f.add("%s must be a URL like https://desk.example.com, without user, query or fragment", name)
	case u.Path != "" && !path:
		f.add("%s is %q: Weir serves a host of its own and no path of another, so there must be no path", name, s)
	}
	return s
}

func (f *faults) media(s, dataDir string) string {
	if s == "" {
		return (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(filepath.Join(dataDir, "media"))}).String()
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "file" && u.Scheme != "s3" {
		f.add("WEIR_MEDIA_URL must be a URL that begins with file: or s3:")
	}
	return s
}

func (f *faults) level(s string) slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s)); err != nil {
		f.add("WEIR_LOG_LEVEL is %q: it must be debug, info, warn or error", s)
	}
	return l
}

func (f *faults) proxies(s string) []netip.Prefix {
	var all []netip.Prefix
	for one := range strings.SplitSeq(s, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		p, err := netip.ParsePrefix(one)
		if ip, errIP := netip.ParseAddr(one); errIP == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			f.add("WEIR_TRUSTED_PROXIES has %q: each entry must be an address range like 10.0.0.0/8, separated by commas", one)
			continue
		}
		all = append(all, p.Masked())
	}
	return all
}
