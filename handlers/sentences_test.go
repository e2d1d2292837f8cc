package handlers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"weir/internal/wechat"
	"weir/views/words"
)

// named are the keys of sentences that the code names, as string literals.
var named = regexp.MustCompile(`(?:refuse|Refuse)\((?:desk\.)?\w+, "([a-z0-9.-]+)"|missing\(err, "([a-z0-9.-]+)"\)|Sentence\("([a-z0-9.-]+)"|Reason: "([a-z0-9.-]+)"|return (?:he\.Code|http\.Status\w+), "([a-z-]+)"`)

func TestEveryRefusalHasASentenceInBothLanguages(t *testing.T) {
	keys := map[string]string{}
	for _, dir := range []string{".", "../internal/desk", "../internal/courier", "../internal/platform"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(src), -1) {
				keys[strings.Join(m[1:], "")] = f
			}
		}
	}
	if len(keys) < 20 {
		t.Fatalf("only %d keys were found: this test no longer sees them", len(keys))
	}
	for _, code := range wechat.Codes() {
		keys[wechat.Explain(&wechat.APIError{Code: code})] = "wechat"
		keys[wechat.Explain(&wechat.TokenError{Err: &wechat.APIError{Code: code}})] = "wechat"
	}
	for _, tag := range []string{"zh-CN", "en"} {
		for key, file := range keys {
			if !words.For(tag).Knows(key) {
				t.Errorf("%s has no sentence for %q, which %s says", tag, key, file)
			}
		}
	}
}
