package wechat

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanXML is a scanner for the XML that WeChat writes: elements, text, CDATA, the five entities and character references.
// It is not a general parser on purpose: no document type, no entity of one's own, no namespace, nothing fetched. encoding/xml
// makes it 120 allocations and 23 µs per encrypted callback instead of 9 and 5 (BenchmarkOpen), and stumbles over control
// characters.
func scanXML(doc string, visit func(field) error) error {
	x := xmlScanner{rest: doc, visit: visit}
	for x.rest != "" {
		if err := x.next(); err != nil {
			return err
		}
	}
	if x.depth != 0 || x.elements == 0 {
		return errSyntax
	}
	return nil
}

type xmlScanner struct {
	rest     string
	visit    func(field) error
	elements int
	depth    int
	open     [maxDepth + 1]element // open[1] is the root
}

// element collects an open element's own text: one piece costs nothing, several are joined.
type element struct {
	name, first string
	joined      []byte
}

func (e *element) value() string {
	if e.joined != nil {
		return string(e.joined)
	}
	return e.first
}

func (x *xmlScanner) next() error {
	lt := strings.IndexByte(x.rest, '<')
	if lt < 0 {
		lt = len(x.rest)
	}
	if lt > 0 {
		text := x.rest[:lt]
		x.rest = x.rest[lt:]
		return x.text(text)
	}
	switch {
	case strings.HasPrefix(x.rest, "</"):
		return x.endTag()
	case strings.HasPrefix(x.rest, "<![CDATA["):
		return x.cdata()
	case strings.HasPrefix(x.rest, "<!--"):
		return x.skip("<!--", "-->")
	case strings.HasPrefix(x.rest, "<?"):
		return x.skip("<?", "?>")
	case strings.HasPrefix(x.rest, "<!"):
		return errDoctype
	}
	return x.startTag()
}

func (x *xmlScanner) text(s string) error {
	if x.depth == 0 {
		if strings.Trim(s, " \t\r\n") != "" {
			return errSyntax
		}
		return nil
	}
	s = lineEnds(s) // before the references: &#13; is a carriage return that is meant
	if strings.IndexByte(s, '&') >= 0 {
		s = unescape(s)
	}
	x.add(s)
	return nil
}

func (x *xmlScanner) cdata() error {
	body := x.rest[len("<![CDATA["):]
	end := strings.Index(body, "]]>")
	if end < 0 || x.depth == 0 {
		return errSyntax
	}
	x.rest = body[end+len("]]>"):]
	x.add(lineEnds(body[:end]))
	return nil
}

func (x *xmlScanner) skip(start, end string) error {
	_, rest, ok := strings.Cut(x.rest[len(start):], end)
	if !ok {
		return errSyntax
	}
	x.rest = rest
	return nil
}

func (x *xmlScanner) startTag() error {
	name, rest := cutName(x.rest[1:])
	if name == "" {
		return errSyntax
	}
	if x.elements++; x.elements > maxElements {
		return errMany
	}
	if x.depth == 0 && x.elements > 1 {
		return errSyntax // a second root
	}
	rest, empty, err := skipAttrs(rest)
	if err != nil {
		return err
	}
	if x.depth++; x.depth > maxDepth {
		return errDeep
	}
	x.open[x.depth] = element{name: name}
	x.rest = rest
	if empty {
		return x.close()
	}
	return nil
}

func (x *xmlScanner) endTag() error {
	name, rest := cutName(x.rest[2:])
	rest = trimSpace(rest)
	if x.depth == 0 || name != x.open[x.depth].name || !strings.HasPrefix(rest, ">") {
		return errSyntax
	}
	x.rest = rest[1:]
	return x.close()
}

func (x *xmlScanner) close() error {
	d := x.depth
	x.depth--
	if d == 2 || d == 3 {
		return x.visit(field{d, x.open[d-1].name, x.open[d].name, x.open[d].value()})
	}
	return nil
}

// add takes text into the innermost element.
func (x *xmlScanner) add(s string) {
	if s == "" || x.depth != 2 && x.depth != 3 {
		return
	}
	e := &x.open[x.depth]
	switch {
	case e.joined != nil:
		e.joined = append(e.joined, s...)
	case e.first != "":
		e.joined = append(append(make([]byte, 0, 2*(len(e.first)+len(s))), e.first...), s...)
	default:
		e.first = s
	}
}

// lineEnds makes every line end a line feed, as XML 1.0, section 2.11, wants it.
func lineEnds(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// skipAttrs reads to the end of a start tag. Attributes mean nothing to WeChat's documents.
func skipAttrs(s string) (rest string, empty bool, err error) {
	for range maxAttrs + 1 {
		s = trimSpace(s)
		switch {
		case strings.HasPrefix(s, ">"):
			return s[1:], false, nil
		case strings.HasPrefix(s, "/>"):
			return s[2:], true, nil
		}
		if s, err = skipAttr(s); err != nil {
			return "", false, err
		}
	}
	return "", false, errMany
}

func skipAttr(s string) (rest string, err error) {
	name, s := cutName(s)
	s = trimSpace(s)
	if name == "" || !strings.HasPrefix(s, "=") {
		return "", errSyntax
	}
	s = trimSpace(s[1:])
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return "", errSyntax
	}
	value, rest, ok := strings.Cut(s[1:], s[:1])
	if !ok || strings.IndexByte(value, '<') >= 0 {
		return "", errSyntax
	}
	return rest, nil
}

func trimSpace(s string) string { return strings.TrimLeft(s, " \t\r\n") }

func cutName(s string) (name, rest string) {
	i := 0
	for i < len(s) && isName(s[i], i == 0) {
		i++
	}
	return s[:i], s[i:]
}

func isName(c byte, first bool) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == ':', c >= utf8.RuneSelf:
		return true
	}
	return !first && ('0' <= c && c <= '9' || c == '-' || c == '.')
}

// unescape resolves the entities of XML itself and character references. Any other ampersand stays as it is: only a document
// type could give it a meaning.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		text, n := entity(s)
		b.WriteString(text)
		s = s[n:]
	}
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// entity resolves the reference at the start of s and returns how long it was.
func entity(s string) (text string, n int) {
	const longest = 64 // leading zeros are allowed
	end := strings.IndexByte(s[:min(len(s), longest)], ';')
	if end < 0 {
		return "&", 1
	}
	name := s[1:end]
	if text, ok := entities[name]; ok {
		return text, end + 1
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return "&", 1
	}
	base := 10
	if hexDigits, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hexDigits, 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return "&", 1
	}
	switch r := rune(code); {
	case code <= utf8.MaxRune && utf16.IsSurrogate(r):
		return string(utf8.RuneError), end + 1 // half a character, like bad UTF-8
	case code <= utf8.MaxRune && inXML(r):
		return string(r), end + 1
	}
	return "", end + 1 // a reference cannot bring back what cleaning took out
}
