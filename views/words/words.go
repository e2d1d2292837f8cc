// Package words holds every word that Weir's pages say, in Chinese and in English, and the few rules by which the two
// differ: times, ages, counts. Views take a [Words] and never spell a word themselves; the desk names sentences by key.
package words

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Languages are the tags of the languages that Weir speaks.
const (
	Chinese = "zh-CN"
	English = "en"
)

// For returns the words of a language tag: Chinese for "zh-CN", English for everything else.
func For(tag string) *Words {
	if tag == Chinese {
		return &chinese
	}
	return &english
}

// Negotiate chooses the language of a page. The person's own setting wins, then the first of the browser's preferences
// (an Accept-Language header) that Weir speaks. Simplified Chinese is meant by zh, zh-CN, zh-SG, zh-Hans; Traditional
// Chinese readers are better served in English until it is written for them, as is everyone else.
func Negotiate(setting, accept string) string {
	if setting == Chinese || setting == English {
		return setting
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return English
	}
	for _, tag := range tags {
		base, _ := tag.Base()
		script, _ := tag.Script()
		switch {
		case base.String() == "en":
			return English
		case base.String() == "zh" && script.String() == "Hans":
			return Chinese
		}
	}
	return English
}

// Sentence returns the sentence of a key, such as the key of a refusal, with its arguments put in. An unknown key gives
// the general sentence: a person is never shown a key.
func (w *Words) Sentence(key string, args ...any) string {
	format, ok := w.sentences[key]
	if !ok {
		return w.sentences["trouble"]
	}
	return put(format, args)
}

// Knows says whether a key has a sentence of its own.
func (w *Words) Knows(key string) bool {
	_, ok := w.sentences[key]
	return ok
}

// Undelivered says why WeChat did not take a message, by WeChat's code (WECHAT errcode; 0 where none came back), and what
// to do about it. A code without its own sentence gets the general one.
func (w *Words) Undelivered(code int) string {
	if key := "wechat." + strconv.Itoa(code); w.Knows(key) {
		return w.Sentence(key)
	}
	return w.Sentence("wechat.other")
}

// Refused says why WeChat did not do something other than take a message, with its code.
func (w *Words) Refused(code int) string {
	key := "wechat." + strconv.Itoa(code)
	if !w.Knows(key) {
		key = "wechat.refused"
	}
	return put(w.OfChannels().WithCode, []any{w.Sentence(key), code})
}

// MenuRefused says why WeChat did not take a menu, where it means something else there than for a message.
func (w *Words) MenuRefused(code int) string {
	if key := "menu." + strconv.Itoa(code); w.Knows(key) {
		return put(w.OfChannels().WithCode, []any{w.Sentence(key), code})
	}
	return w.Refused(code)
}

// put fills {} in order. Not fmt: a stray argument must not print %!s(MISSING) at a person, and a customer who is called {}
// is not a gap.
func put(format string, args []any) string {
	var out strings.Builder
	for i, part := range strings.Split(format, "{}") {
		if i > 0 && i <= len(args) {
			fmt.Fprint(&out, args[i-1])
		}
		out.WriteString(part)
	}
	return out.String()
}
