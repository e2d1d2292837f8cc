//go:build unix

package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// oldest is the first major version of PostgreSQL that Weir's schema is written for.
const oldest = 15

// An installation is a folder with PostgreSQL's programs in it.
type installation struct {
	bin   string
	major int
}

func (in installation) program(name string) string { return filepath.Join(in.bin, name) }

// choose picks the newest installation, or the one whose version made the cluster that is there. It looks and changes nothing.
func (c *cluster) choose(ctx context.Context) (installation, error) {
	made, err := c.madeBy()
	if err != nil {
		return installation{}, err
	}
	var best installation
	var seen []string
	for _, in := range c.find(ctx) {
		seen = append(seen, strconv.Itoa(in.major))
		if in.major == made || made == 0 && in.major > best.major {
			best = in
		}
	}
	switch {
	case ctx.Err() != nil: // programs may be there and not have been asked
		return best, fmt.Errorf("looking for PostgreSQL: %w", ctx.Err())
	case len(seen) == 0:
		return best, fmt.Errorf("no PostgreSQL was found: install one (%s), or name one by WEIR_DATABASE_URL", howTo("postgresql", "postgresql@16"))
	case made != 0 && best.major == 0:
		return best, fmt.Errorf("%s was made by PostgreSQL %d, and only %s is installed: install version %[2]d, or upgrade the folder with pg_upgrade (nothing was changed)",
			c.data, made, strings.Join(seen, ", "))
	case best.major < oldest:
		return best, fmt.Errorf("PostgreSQL %d or later is needed, and only %s is installed (%s)", oldest, strings.Join(seen, ", "), howTo("postgresql", "postgresql@16"))
	}
	return best, nil
}

// madeBy is the major version that made the cluster, 0 where there is none.
func (c *cluster) madeBy() (int, error) {
	b, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err == nil {
		return strconv.Atoi(strings.TrimSpace(string(b)))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	if _, err := os.Lstat(c.data); err == nil {
		return 0, fmt.Errorf("%s is there and is not PostgreSQL's: move it away (nothing was changed)", c.data)
	}
	return 0, nil
}

// howTo is the command that installs a package.
func howTo(apt, brew string) string {
	if runtime.GOOS == "darwin" {
		return "brew install " + brew
	}
	return "apt-get install " + apt
}

// installed finds PostgreSQL in PATH and where Debian, Red Hat, Homebrew, Postgres.app and its own `make install` put it.
func installed(ctx context.Context) []installation {
	var found []installation
	known := map[string]bool{}
	for _, bin := range folders(
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	) {
		program, err := filepath.EvalSymlinks(filepath.Join(bin, "postgres"))
		if err != nil || known[program] {
			continue
		}
		known[program] = true
		if _, err := exec.LookPath(filepath.Join(bin, "initdb")); err != nil {
			continue // a client, or half an installation
		}
		if v := version(ctx, program); v != "" {
			major, _, _ := strings.Cut(v, ".")
			n, _ := strconv.Atoi(major)
			found = append(found, installation{bin: filepath.Dir(program), major: n})
		}
	}
	return found
}

// folders is those of PATH, then those that the patterns match.
func folders(patterns ...string) []string {
	all := filepath.SplitList(os.Getenv("PATH"))
	for _, p := range patterns {
		matches, _ := filepath.Glob(p)
		all = append(all, matches...)
	}
	return all
}

var versionNumber = regexp.MustCompile(`\d+(\.\d+)?`)

// version is the first two numbers of what `program --version` says, empty if it says none.
func version(ctx context.Context, program string) string {
	cmd := exec.CommandContext(ctx, program, "--version")
	cmd.Env, cmd.Dir = environment(), "/"
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return versionNumber.FindString(string(out))
}
