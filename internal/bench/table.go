package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A row is one figure with its baseline, what must be reached and what is aimed at.
type row struct{ what, figure, baseline, floor, aim string }

// write prints rows with their columns aligned. An empty figure is a headline.
func write(w io.Writer, rows []row) {
	rows = append([]row{{"", "measured", "baseline, same run", "floor", "aim"}}, rows...)
	var width [5]int
	for _, r := range rows {
		for i, cell := range r.cells() {
			if r.figure != "" {
				width[i] = max(width[i], utf8.RuneCountInString(cell))
			}
		}
	}
	fmt.Fprintln(w)
	for _, r := range rows {
		var line strings.Builder
		for i, cell := range r.cells() {
			line.WriteString(cell + strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(cell))+3))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
	fmt.Fprintln(w)
}

func (r row) cells() []string { return []string{r.what, r.figure, r.baseline, r.floor, r.aim} }

// at is the time that a part of sorted times does not exceed.
func at(sorted []time.Duration, part float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

// quantiles are p50 and p99, in milliseconds.
func quantiles(sorted []time.Duration) string {
	if len(sorted) == 0 {
		return "none"
	}
	return fmt.Sprintf("%.2f / %.2f ms", ms(at(sorted, 0.5)), ms(at(sorted, 0.99)))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(of))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func mega(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/(1<<20)) }
