//go:build unix

package private

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Redis starts a Redis or Valkey that keeps its files in dir/redis, appending what it is told to disk every second. Where
// neither is installed it runs one inside this process, which keeps nothing; Note says so. It returns when the server
// has loaded its files and answers. ctx bounds the start only. Every error is a sentence for the operator.
func Redis(ctx context.Context, dir string) (*Server, error) {
	f, err := hold(dir, "redis", nil)
	if err != nil {
		return nil, fmt.Errorf("own Redis: %w", err)
	}
	s, err := openRedis(ctx, f, installedRedis())
	if err != nil {
		f.free()
		return nil, fmt.Errorf("own Redis: %w", err)
	}
	return s, nil
}

// installedRedis is the path of redis-server or valkey-server, empty where there is neither.
func installedRedis() string {
	for _, name := range []string{"redis-server", "valkey-server"} {
		for _, bin := range folders("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/*/bin", "/home/linuxbrew/.linuxbrew/bin") {
			if path, err := exec.LookPath(filepath.Join(bin, name)); err == nil && filepath.IsAbs(path) {
				return path
			}
		}
	}
	return ""
}

func openRedis(ctx context.Context, f *folder, program string) (*Server, error) {
	if program == "" {
		return inProcess(f)
	}
	if err := settleRedis(ctx, filepath.Join(f.usedSocket(), "redis")); err != nil {
		return nil, err
	}
	socket, err := f.socket("redis")
	if err != nil {
		return nil, err
	}
	socket = filepath.Join(socket, "redis")
	ch, err := runRedis(ctx, f, program, socket)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(filepath.Base(program), "-")
	s := &Server{
		Kind: name + " " + version(ctx, program),
		URL:  (&url.URL{Scheme: "unix", Path: socket}).String(),
		stop: func(ctx context.Context) error {
			defer f.free()
			return ch.end(ctx, syscall.SIGTERM)
		},
	}
	s.watch(ch.exited)
	return s, nil
}

func runRedis(ctx context.Context, f *folder, program, socket string) (*child, error) {
	log, err := f.openLog()
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, redisArgs(socket)...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = log, log, f.path
	ch, err := launch(cmd, syscall.SIGTERM, nil)
	if err != nil {
		return nil, err
	}
	if err := awaitRedis(ctx, ch, socket); err != nil {
		_ = ch.end(ctx, syscall.SIGTERM)
		return nil, fmt.Errorf("%s %w: %s (all of it is in %s)", program, err, lastLine([]byte(readFrom(log, before))), log.Name())
	}
	return ch, nil
}

func redisArgs(socket string) []string {
	return []string{
		"--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--protected-mode", "yes",
		"--dir", ".", "--databases", "16", "--daemonize", "no", "--loglevel", "warning",
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
	}
}

// awaitRedis returns when the server answers. Until then it has no socket, or says that it is loading.
func awaitRedis(ctx context.Context, ch *child, socket string) error {
	for {
		reply, _ := ask(socket, "PING")
		if reply == "+PONG" {
			return nil
		}
		select {
		case <-ch.exited:
			return errors.New("ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("did not get ready in time (%w) %s", ctx.Err(), reply)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// settleRedis ends a server that a killed Weir left behind on the last run's socket. A server closes its socket after it
// has written its files.
func settleRedis(ctx context.Context, socket string) error {
	for {
		if _, err := os.Stat(socket); err != nil {
			return nil
		}
		_, err := ask(socket, "SHUTDOWN NOSAVE") // the append-only file is written all the same
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil // it was killed
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return fmt.Errorf("the Redis of an earlier Weir does not end: %w", err)
		}
	}
}

// ask sends one command on a connection of its own and returns the first line of the reply. A client's pool would
// retry and log, where here a refusal is news that is waited for.
func ask(socket, command string) (string, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprint(conn, command, "\r\n"); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line), err
}
