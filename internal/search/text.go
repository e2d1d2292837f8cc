package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Most is how many characters of what is searched for count.
const Most = 64

// folded is a text as it is compared, and where in the text each of its characters came from.
type folded struct {
	chars []rune
	from  []int // where the character's source begins, in bytes
	to    []int // and ends
}

// fold makes alike what people take for the same: ＡＢＣ, abc and ABC, ﾊﾟ and パ, é in one piece or two. What separates words is one space.
func fold(s string) folded {
	var f folded
	var it norm.Iter
	it.InitString(norm.NFKC, s)
	for !it.Done() {
		from := it.Pos()
		segment := it.Next()
		for _, c := range string(segment) {
			if unicode.IsSpace(c) || unicode.IsControl(c) {
				c = ' '
			}
			f.chars, f.from, f.to = append(f.chars, unicode.ToLower(c)), append(f.from, from), append(f.to, it.Pos())
		}
	}
	return f
}

// Pairs are the pairs of neighbouring characters of a text, each once; none has a space in it.
func Pairs(s string) []string { return pairs(fold(s).chars, map[string]bool{}) }

func pairs(chars []rune, had map[string]bool) (out []string) {
	for i := 1; i < len(chars); i++ {
		if chars[i-1] == ' ' || chars[i] == ' ' {
			continue
		}
		if p := string(chars[i-1 : i+1]); !had[p] {
			had[p] = true
			out = append(out, p)
		}
	}
	return out
}

// A Term is what is searched for: words that must all be there, wherever.
type Term struct{ words [][]rune }

// NewTerm reads what somebody typed.
func NewTerm(s string) Term {
	chars := fold(s).chars
	chars = chars[:min(len(chars), Most)]
	var t Term
	for _, w := range strings.Fields(string(chars)) {
		t.words = append(t.words, []rune(w))
	}
	return t
}

// Empty says whether nothing is searched for.
func (t Term) Empty() bool { return len(t.words) == 0 }

// String is the term as it is compared.
func (t Term) String() string {
	all := make([]string, len(t.words))
	for i, w := range t.words {
		all[i] = string(w)
	}
	return strings.Join(all, " ")
}

// Pairs are those that every text has that holds the term. A term of single characters has none: only reading finds it.
func (t Term) Pairs() (out []string) {
	had := map[string]bool{}
	for _, w := range t.words {
		out = append(out, pairs(w, had)...)
	}
	return out
}

// In says whether a text holds every word of the term.
func (t Term) In(s string) bool {
	f := fold(s)
	for _, w := range t.words {
		if index(f.chars, w, 0) < 0 {
			return false
		}
	}
	return !t.Empty()
}

// Part is a piece of a text that is shown; Found ones are what was searched for.
type Part struct {
	Text  string
	Found bool
}

// Excerpt is a text in one line, from a little before the first word that is found in it: so many characters. What is left out at an end is shown by a dot of
// three.
func (t Term) Excerpt(s string, before, most int) []Part {
	f := fold(s)
	marked := t.mark(f.chars)
	first := 0
	for i, is := range marked {
		if is {
			first = i
			break
		}
	}
	from := max(0, first-before)
	if len(f.chars)-from < most {
		from = max(0, min(from, len(f.chars)-most))
	}
	to := min(len(f.chars), from+most)
	var out []Part
	if from > 0 {
		out = append(out, Part{Text: "…"})
	}
	for i := from; i < to; {
		end := i + 1
		for end < to && marked[end] == marked[i] {
			end++
		}
		out = append(out, Part{line(s[f.from[i]:f.to[end-1]]), marked[i]})
		i = end
	}
	if to < len(f.chars) {
		out = append(out, Part{Text: "…"})
	}
	return out
}

// mark says of each character whether it belongs to a word of the term.
func (t Term) mark(chars []rune) []bool {
	marked := make([]bool, len(chars))
	for _, w := range t.words {
		for i := index(chars, w, 0); i >= 0; i = index(chars, w, i+len(w)) {
			for j := range w {
				marked[i+j] = true
			}
		}
	}
	return marked
}

// line puts a text into one line.
func line(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
}

// index is where a word begins in a text, from a place on; -1: it does not.
func index(chars, word []rune, from int) int {
	for i := from; i+len(word) <= len(chars); i++ {
		j := 0
		for j < len(word) && chars[i+j] == word[j] {
			j++
		}
		if j == len(word) {
			return i
		}
	}
	return -1
}
