package config

import (
	"bytes"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

const hexKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestDefaults(t *testing.T) {
	got, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Addr: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080", DataDir: "./data",
		WeChatAPIURL: "https://api.weixin.qq.com", MediaURL: "file:data/media", MediaMost: 20 << 20, LogLevel: slog.LevelInfo,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestEverySettingIsRead(t *testing.T) {
	got, err := Load(map[string]string{
		"WEIR_ADDR": ":9000", "WEIR_BASE_URL": "https://desk.example.com/", "WEIR_DATABASE_URL": "postgres://u:p@h/weir",
		"WEIR_DATABASE_REPLICA_URL": "postgresql://r/weir", "WEIR_REDIS_URL": "rediss://h:6379", "WEIR_DATA_DIR": "/var/lib/weir",
		"WEIR_SECRET_KEY": hexKey, "WEIR_WECHAT_API_URL": "http://127.0.0.1:1/api", "WEIR_MEDIA_URL": "s3://bucket", "WEIR_MEDIA_MAX_MB": "64",
		"WEIR_LOG_LEVEL": "Debug", "WEIR_TRUSTED_PROXIES": "10.1.2.3/8, 100.64.0.0/10,::1,", "HOME": "/root", "WEIR_DATABSE_URL": "x",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Addr: ":9000", BaseURL: "https://desk.example.com", DatabaseURL: "postgres://u:p@h/weir",
		DatabaseReplicaURL: "postgresql://r/weir", RedisURL: "rediss://h:6379", DataDir: "/var/lib/weir",
		SecretKey: hexKey, WeChatAPIURL: "http://127.0.0.1:1/api", MediaURL: "s3://bucket", MediaMost: 64 << 20, LogLevel: slog.LevelDebug,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("::1/128")},
		Unknown:        []string{"WEIR_DATABSE_URL"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
	if !got.Secure() {
		t.Error("https is not secure")
	}
}

func TestEveryFaultIsSaidAtOnceAndNoSecretWithIt(t *testing.T) {
	_, err := Load(map[string]string{
		"WEIR_ADDR": "8080", "WEIR_BASE_URL": "desk.example.com", "WEIR_DATABASE_URL": "mysql://u:hunter2@h", "WEIR_DATABASE_REPLICA_URL": "host=h password=hunter2",
		"WEIR_REDIS_URL": "http://:hunter2@h:x", "WEIR_SECRET_KEY": "hunter2", "WEIR_WECHAT_API_URL": "https://u:hunter2@h",
		"WEIR_MEDIA_URL": "ftp://u:hunter2@h", "WEIR_MEDIA_MAX_MB": "much", "WEIR_LOG_LEVEL": "loud", "WEIR_TRUSTED_PROXIES": "10.0.0.0/8,everyone",
	})
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 11 {
		t.Errorf("%d sentences, want 11:\n%v", len(lines), err)
	}
	for f := range reflect.TypeFor[variables]().Fields() {
		if name := f.Tag.Get("env"); name != "WEIR_DATA_DIR" && !strings.Contains(err.Error(), name+" ") {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a secret is said: %v", err)
	}
}

func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		name, variable, value string
		ok                    bool
	}{
		{"an empty variable is an unset one", "WEIR_ADDR", " ", true},
		{"any free port", "WEIR_ADDR", "127.0.0.1:0", true},
		{"IPv6", "WEIR_ADDR", "[::]:8080", true},
		{"a port too high", "WEIR_ADDR", ":65536", false},
		{"no other site's path", "WEIR_BASE_URL", "https://example.com/desk", false},
		{"a secret key too short", "WEIR_SECRET_KEY", hexKey[:62], false},
		{"a Redis socket", "WEIR_REDIS_URL", "unix:///run/redis.sock", true},
		{"a Redis Cluster", "WEIR_REDIS_URL", "redis+cluster://h1:6379?addr=h2:6379", true},
		{"a Redis Cluster by its addresses, over TLS", "WEIR_REDIS_URL", "rediss://h1:6379?addr=h2:6379", true},
		{"Redis by Sentinel", "WEIR_REDIS_URL", "redis+sentinel://h1:26379?master_name=weir", true},
		{"a Redis of no kind we know", "WEIR_REDIS_URL", "redis+ring://h1:6379", false},
		{"a PostgreSQL socket", "WEIR_DATABASE_URL", "postgres:///weir?host=/run/postgresql", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Load(map[string]string{tc.variable: tc.value}); (err == nil) != tc.ok {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestBaseURLFollowsTheAddress(t *testing.T) {
	for addr, want := range map[string]string{
		":9000": "http://127.0.0.1:9000", "0.0.0.0:80": "http://127.0.0.1:80", "[::]:80": "http://127.0.0.1:80",
		"[::1]:80": "http://[::1]:80", "desk:80": "http://desk:80",
	} {
		if c, err := Load(map[string]string{"WEIR_ADDR": addr}); err != nil || c.BaseURL != want {
			t.Errorf("%s: %s, %v; want %s", addr, c.BaseURL, err, want)
		}
	}
}

func TestAConfigCanBePrinted(t *testing.T) {
	c, err := Load(map[string]string{"WEIR_SECRET_KEY": hexKey, "WEIR_DATABASE_URL": "postgres://u:hunter2@h/weir", "WEIR_REDIS_URL": "redis://:hunter2@h"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", c)
	fmt.Fprintf(&out, "%v %+v %#v %v", c, c, &c, []Config{c})
	if strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), hexKey) {
		t.Errorf("a secret is printed: %s", &out)
	}
	if !strings.Contains(out.String(), c.Addr) {
		t.Error("nothing is printed, so nothing was tested")
	}
}

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	c := Config{DataDir: filepath.Join(t.TempDir(), "data")}
	keys := make([][32]byte, 20)
	var wg sync.WaitGroup
	for i := range keys { // twenty processes at their first start
		wg.Go(func() {
			var err error
			if keys[i], err = c.Key(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] || k == [32]byte{} {
			t.Fatal("the processes have different keys, or none")
		}
	}
	files, err := os.ReadDir(c.DataDir)
	if err != nil || len(files) != 1 {
		t.Errorf("left in the folder: %v, %v", files, err)
	}
	info, err := os.Stat(filepath.Join(c.DataDir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAConfiguredKeyLeavesTheFolderAlone(t *testing.T) {
	c := Config{DataDir: filepath.Join(t.TempDir(), "data"), SecretKey: hexKey}
	key, err := c.Key()
	if err != nil || key[31] != 0x1f {
		t.Errorf("key %x, %v", key, err)
	}
	if _, err := os.Stat(c.DataDir); err == nil {
		t.Error("a folder was made")
	}
}

func TestADoubtfulKeyIsRefusedAndKept(t *testing.T) {
	for _, tc := range []struct {
		name, content string
		mode          fs.FileMode
		say           string
	}{
		{"damaged", "abc", 0o600, "damaged"},
		{"empty", "", 0o600, "damaged"},
		{"readable by others", hexKey, 0o644, "chmod 600"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := Config{DataDir: t.TempDir()}
			path := filepath.Join(c.DataDir, keyFile)
			if err := os.WriteFile(path, []byte(tc.content), tc.mode); err != nil {
				t.Fatal(err)
			}
			_, err := c.Key()
			if err == nil || !strings.Contains(err.Error(), tc.say) || strings.Contains(err.Error(), hexKey) {
				t.Errorf("err = %v", err)
			}
			if b, _ := os.ReadFile(path); string(b) != tc.content {
				t.Errorf("it was replaced by %q", b)
			}
		})
	}
}
