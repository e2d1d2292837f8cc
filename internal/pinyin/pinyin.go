// Package pinyin knows how Chinese is typed: how the characters of a text are read, and where a text is what somebody typed, be it
// in characters, in full pinyin or in initials. The readings come from a dictionary and are kept beside the text, so that finding
// needs none. It knows nothing of what the texts are.
package pinyin

import (
	"slices"
	"strings"
	"unicode"

	dictionary "github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// readingsMost are those of a character that count. The dictionary has more, which nobody types: 说 is yue in old books.
const readingsMost = 2

// Readings are how each character of a text is read, with a blank between: where a character has two readings a slash joins them, the
// likelier first, and a character that is not Chinese stands for itself. A blank of the text is an underscore.
//
//	Readings("重开 VIP") = "zhong/chong kai _ v i p"
func Readings(text string) string {
	all := make([]string, 0, len(text)/3)
	args := dictionary.Args{Style: dictionary.Normal, Heteronym: true}
	for _, r := range text {
		if read := dictionary.SinglePinyin(r, args); len(read) > 0 {
			all = append(all, strings.Join(read[:min(len(read), readingsMost)], "/"))
		} else if unicode.IsSpace(r) {
			all = append(all, "_")
		} else {
			all = append(all, Fold(string(r)))
		}
	}
	return strings.Join(all, " ")
}

// Initials are the first letters of readings, the likeliest of each.
func Initials(readings string) string {
	var out strings.Builder
	for _, read := range strings.Split(readings, " ") {
		if r := []rune(read); len(r) > 0 && (unicode.IsLetter(r[0]) || unicode.IsDigit(r[0])) {
			out.WriteRune(r[0])
		}
	}
	return out.String()
}

// Fold makes what people take for the same the same: width, compatibility forms, case.
func Fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return strings.ToLower(norm.NFKC.String(width.Fold.String(s)))
		}
	}
	return s
}

// Span is a piece of a text, in characters: from one to before another.
type Span struct{ From, To int }

// Hit is where a text is what was typed.
type Hit struct {
	Span
	// Letters were typed, and read as characters: the text does not hold them itself.
	Letters bool
}

// Find is the first place where a text is what was typed: the text itself, or where typed letters are its pinyin, whole or only
// initials, or some of both ("tuikuan", "tk", "tuik"). readings are the text's own. Width and case make no difference.
func Find(text, readings, typed string) (Hit, bool) {
	typed = Fold(strings.TrimSpace(typed))
	if typed == "" {
		return Hit{}, false
	}
	if s, ok := Within(text, typed); ok {
		return Hit{Span: s}, true
	}
	letters := []rune(strings.ReplaceAll(typed, " ", ""))
	reads := strings.Split(readings, " ")
	if len(reads) != len([]rune(text)) || slices.ContainsFunc(letters, func(r rune) bool { return r > unicode.MaxASCII }) {
		return Hit{}, false
	}
	for from := range reads {
		if to, ok := spells(reads, from, letters); ok {
			return Hit{Span{from, to}, true}, true
		}
	}
	return Hit{}, false
}

// Within is the first place where a text holds a piece. Width and case make no difference.
func Within(text, piece string) (Span, bool) {
	want := []rune(Fold(piece))
	have := make([]rune, 0, len(text)) // folded, and of each the character of the text that it came from
	var from []int
	for i, r := range []rune(text) {
		if plain(r) {
			have, from = append(have, r), append(from, i)
			continue
		}
		for _, f := range Fold(string(r)) {
			have, from = append(have, f), append(from, i)
		}
	}
	if len(want) == 0 {
		return Span{}, false
	}
	for i := 0; i+len(want) <= len(have); i++ {
		if slices.Equal(have[i:i+len(want)], want) {
			return Span{from[i], from[i+len(want)-1] + 1}, true
		}
	}
	return Span{}, false
}

// plain characters are folded already: nearly all there are, and Fold takes its time.
func plain(r rune) bool {
	return r < unicode.MaxASCII && (r < 'A' || r > 'Z') || r >= 0x4E00 && r <= 0x9FFF
}

// spells says whether letters can be read as the characters from a place on, and before which they end. Each character takes the
// beginning of one of its readings: its first letter, or all of it, or as far as was typed yet. Blanks take none. It goes over the
// characters once, with all the places in the letters that can be reached: to try each way by itself could take for ever.
func spells(reads []string, from int, letters []rune) (to int, ok bool) {
	reached := []int{0}
	for at := from; at < len(reads) && len(reached) > 0; at++ {
		if reads[at] == "_" {
			if at == from {
				return 0, false
			}
			continue
		}
		var next []int
		for _, read := range strings.Split(reads[at], "/") {
			for _, done := range reached {
				for _, n := range begins([]rune(read), letters[done:]) {
					if done+n == len(letters) {
						return at + 1, true
					}
					if !slices.Contains(next, done+n) {
						next = append(next, done+n)
					}
				}
			}
		}
		reached = next
	}
	return 0, false
}

// begins are how many of the letters a reading can take. "tu" is no way to write 退 with 款 behind it.
func begins(read, letters []rune) (out []int) {
	same := 0
	for same < len(read) && same < len(letters) && read[same] == letters[same] {
		same++
	}
	for n := 1; n <= same; n++ {
		if n == 1 || n == len(read) || n == len(letters) {
			out = append(out, n)
		}
	}
	return out
}
