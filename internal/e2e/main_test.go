package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"weir/internal/testkit"
)

var shots = flag.String("shots", "", "folder for pictures of the pages")

func TestMain(m *testing.M) {
	code := run(m)
	testkit.Stop()
	os.Exit(code)
}

func run(m *testing.M) int {
	flag.Parse()
	dir, err := os.MkdirTemp("", "weir-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	defer func() { closeBrowser() }() // the one there is then, not now
	binary = sync.OnceValues(func() (string, error) { return build(dir) })
	return m.Run()
}

// binary is the weir that is tested, built by the first test that asks.
var binary func() (string, error)

func build(dir string) (string, error) {
	path := filepath.Join(dir, "weir")
	args := []string{"build", "-o", path}
	if race {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "weir/cmd/weir")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}
