package testkit

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Cluster is a Redis Cluster of three nodes without replicas, on loopback.
type Cluster struct {
	URL   string // as WEIR_REDIS_URL takes it
	Nodes []*Node
}

// Node is one of them. Its files are kept while it is dead, which are the names of the others and no data.
type Node struct {
	Addr string
	dir  string
	mu   sync.Mutex
	cmd  *exec.Cmd
}

// RedisCluster is the test process's Redis Cluster, started when a test first asks and ended by Main. Tests share it: each uses
// companies of its own. One that hurts it asks OwnRedisCluster.
func RedisCluster(t testing.TB) *Cluster {
	t.Helper()
	servers.redis.Do(func() { servers.redisCluster, servers.redisErr = startCluster() })
	if servers.redisErr != nil {
		t.Fatalf("testkit: %v", servers.redisErr)
	}
	return servers.redisCluster
}

// OwnRedisCluster starts a Redis Cluster for t alone and ends it with t. It takes a second or two.
func OwnRedisCluster(t testing.TB) *Cluster {
	t.Helper()
	c, err := startCluster()
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(c.end)
	return c
}

func startCluster() (c *Cluster, err error) {
	dir, err := servers.folder()
	if err != nil {
		return nil, err
	}
	c = &Cluster{}
	defer func(begun *Cluster) { // c is nil where it failed
		if err != nil {
			begun.end()
		}
	}(c)
	for range 3 {
		n := &Node{}
		if n.dir, err = os.MkdirTemp(dir, "c"); err != nil {
			return nil, err
		}
		if n.Addr, err = clusterAddress(); err != nil {
			return nil, err
		}
		if err := n.Start(); err != nil {
			return nil, err
		}
		c.Nodes = append(c.Nodes, n)
	}
	c.URL = (&url.URL{Scheme: "redis+cluster", Host: c.Nodes[0].Addr, RawQuery: "addr=" + c.Nodes[1].Addr + "&addr=" + c.Nodes[2].Addr}).String()
	return c, c.join()
}

// clusterAddress is a free port of which the one 10,000 above, which the nodes talk by, is free, too.
func clusterAddress() (string, error) {
	for port := 20000 + os.Getpid()%15000; port < 50000; port += 7 {
		free := true
		for _, p := range []int{port, port + 10000} {
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(p)))
			if free = free && err == nil; err == nil {
				_ = l.Close()
			}
		}
		if free {
			return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
		}
	}
	return "", fmt.Errorf("no port is free for a Redis Cluster")
}

// join gives each node a third of the slots and makes them known to each other.
func (c *Cluster) join() error {
	ctx, stop := context.WithTimeout(context.Background(), startWithin)
	defer stop()
	for i, n := range c.Nodes {
		rdb := n.client()
		err := rdb.ClusterAddSlotsRange(ctx, 16384*i/3, 16384*(i+1)/3-1).Err()
		if err == nil {
			err = rdb.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err()
		}
		host, port, _ := net.SplitHostPort(c.Nodes[0].Addr)
		if err == nil && i > 0 {
			err = rdb.ClusterMeet(ctx, host, port).Err()
		}
		_ = rdb.Close()
		if err != nil {
			return err
		}
	}
	return c.Wait(ctx)
}

// Wait returns when every node says that all slots are served. The error is ctx's.
func (c *Cluster) Wait(ctx context.Context) error {
	for _, n := range c.Nodes {
		rdb := n.client()
		defer func() { _ = rdb.Close() }()
		for {
			info, _ := rdb.ClusterInfo(ctx).Result()
			if strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3") && strings.Contains(info, "cluster_size:3") {
				break
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("the Redis Cluster does not get ready: %w", ctx.Err())
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	return nil
}

func (n *Node) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: n.Addr, MaxRetries: -1})
}

// Start starts a node (again), empty, and returns when it answers.
func (n *Node) Start() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, port, _ := net.SplitHostPort(n.Addr)
	n.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", n.dir, "--loglevel", "warning",
		"--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no")
	n.cmd.SysProcAttr = dieWithParent()
	if err := n.cmd.Start(); err != nil {
		return err
	}
	rdb := n.client()
	defer func() { _ = rdb.Close() }()
	for end := time.Now().Add(startWithin); rdb.Ping(context.Background()).Err() != nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("a node of the Redis Cluster never answered")
		}
	}
	return nil
}

// Kill ends a node as a power cut would.
func (n *Node) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd != nil && n.cmd.Process != nil {
		_ = n.cmd.Process.Signal(syscall.SIGKILL)
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

func (c *Cluster) end() {
	for _, n := range c.Nodes {
		n.Kill()
		_ = os.RemoveAll(n.dir)
	}
}
