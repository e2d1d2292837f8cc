package wechat

import (
	"strings"
	"unicode/utf8"
)

const bom = "\ufeff"

// clean makes s storable anywhere: a byte order mark in front is taken off, bad UTF-8 becomes U+FFFD, and characters that
// XML 1.0 does not have (NUL, most control characters, U+FFFE, U+FFFF) are dropped. A customer can type some of them, and
// must not make a message undeliverable by it.
func clean(s string) string {
	s = strings.TrimPrefix(s, bom)
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s { // range yields U+FFFD for each bad byte
		if inXML(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isClean(s string) bool {
	ascii := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s) && !strings.Contains(s, "\ufffe") && !strings.Contains(s, "\uffff")
}

// inXML is Char of XML 1.0, section 2.2.
func inXML(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r <= 0xD7FF:
		return true
	case r <= 0xFFFD:
		return r >= 0xE000
	}
	return r >= 0x10000 && r <= utf8.MaxRune
}
