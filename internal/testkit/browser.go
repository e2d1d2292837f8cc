package testkit

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
)

// Browser starts a Chromium of the test's own. A machine without one fails the test: pages are tried in a real browser.
func Browser(t testing.TB) *rod.Browser {
	t.Helper()
	b, stop, err := StartBrowser()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return b
}

// StartBrowser starts a Chromium without a window, which looks for nothing on the network by itself. Stop ends it.
func StartBrowser() (b *rod.Browser, stop func(), err error) {
	bin, err := chromium()
	if err != nil {
		return nil, nil, err
	}
	l := launcher.New().Bin(bin).Leakless(false).NoSandbox(true).Headless(true) // no sandbox: CI is root
	for _, flag := range []string{"disable-gpu", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync", "disable-quic"} {
		l.Set(flags.Flag(flag))
	}
	url, err := l.Launch()
	if err != nil {
		return nil, nil, fmt.Errorf("%s does not start: %w", bin, err)
	}
	b = rod.New().ControlURL(url)
	if err := b.Connect(); err != nil {
		l.Kill()
		return nil, nil, err
	}
	return b, func() {
		_ = b.Close()
		l.Cleanup()
	}, nil
}

func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin, nil
		}
	}
	return "", fmt.Errorf("there is no Chromium on this machine: install it with `apt-get install chromium fonts-noto-cjk` (or `brew install --cask chromium`)")
}
