package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// startTimes is how often each start is timed.
const startTimes = 3

// readyTimes is how long Weir takes from its start to its readiness, with servers that are there and with own servers from
// nothing.
func (m *machine) readyTimes(ctx context.Context, say func(string, ...any)) ([]row, error) {
	say("timing starts")
	var configured, nothing []float64
	for n := range startTimes {
		took, err := m.startOnce(ctx, fmt.Sprintf("ready%d", n), m.environment)
		if err != nil {
			return nil, err
		}
		configured = append(configured, took.Seconds())
	}
	for n := range startTimes - 1 {
		dir := filepath.Join(m.dir, fmt.Sprintf("nothing%d", n))
		took, err := m.startOnce(ctx, fmt.Sprintf("own%d", n), func(addr string) []string {
			return []string{"WEIR_ADDR=" + addr, "WEIR_DATA_DIR=" + dir, "WEIR_LOG_LEVEL=warn"}
		})
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			return nil, err
		}
		nothing = append(nothing, took.Seconds())
	}
	return []row{
		{what: "READY AFTER START"},
		{"servers configured", fmt.Sprintf("%.2f s", median(configured)), "", "1 s", "0.3 s"},
		{"own servers from nothing", fmt.Sprintf("%.2f s", median(nothing)), "", "10 s", "4 s"},
	}, nil
}

func (m *machine) startOnce(ctx context.Context, name string, env func(string) []string) (time.Duration, error) {
	w, took, err := startWeir(ctx, m.dir, name, serve, env, time.Minute)
	if err != nil {
		return 0, err
	}
	return took, w.stop()
}

// serve is how Weir is started.
func serve(string) []string { return []string{"serve"} }
