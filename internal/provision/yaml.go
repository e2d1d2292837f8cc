package provision

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"weir/internal/secret"
)

// parse makes a tree of a YAML document, and reads on where a stricter parser would stop, so that all faults are found.
func parse(doc []byte, f *Faults) ast.Node {
	if !utf8.Valid(doc) {
		f.add(0, "The file is not UTF-8. Save it as UTF-8.")
		return nil
	}
	file, err := parser.ParseBytes(doc, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var at yaml.Error
		line := 0
		if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
			line = at.GetToken().Position.Line
		}
		f.add(line, "This is not YAML: %s.", yamlMessage(err))
		return nil
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		f.add(0, "The file is empty. It should begin with companies:.")
		return nil
	case 1:
		return bodies[0]
	}
	f.add(lineOf(bodies[1]), "The file holds several documents. Put everything into one.")
	return nil
}

// yamlMessage is what the parser found, without the lines of the file, which may hold secrets.
func yamlMessage(err error) string {
	var at yaml.Error
	if errors.As(err, &at) {
		return at.GetMessage()
	}
	return "it cannot be read"
}

func lineOf(n ast.Node) int {
	switch v := n.(type) {
	case *ast.MappingNode:
		if len(v.Values) > 0 {
			return lineOf(v.Values[0])
		}
	case *ast.MappingValueNode:
		return v.Key.GetToken().Position.Line
	case *ast.SequenceNode:
		if len(v.Values) > 0 {
			return lineOf(v.Values[0])
		}
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// A table is one mapping of a file: what it is called in a fault, and its fields.
type table struct {
	faults *Faults
	what   string // for example "an agent"
	line   int
	fields map[string]ast.Node
}

// read makes a table of a node, and faults whatever is not among the known fields.
func (f *Faults) read(n ast.Node, what string, known ...string) *table {
	t := &table{faults: f, what: what, line: lineOf(n), fields: map[string]ast.Node{}}
	m, ok := n.(ast.MapNode)
	if !ok {
		f.add(t.line, "Here should be %s: fields such as %s, each with a value.", what, strings.Join(known[:min(3, len(known))], ", "))
		return t
	}
	for i := m.MapRange(); i.Next(); {
		line := lineOf(i.KeyValue())
		key, ok := i.Key().(*ast.StringNode)
		switch {
		case !ok:
			f.add(line, "%s has a field whose name cannot be read. Write it as a plain word; << and & are not read here.", begin(what))
		case !slices.Contains(known, key.Value):
			f.add(line, "%s has no field %q. It has: %s.", begin(what), key.Value, strings.Join(known, ", "))
		case t.fields[key.Value] != nil:
			f.add(line, "%s says %s twice. Keep one.", begin(what), key.Value)
		default:
			t.fields[key.Value] = i.Value()
		}
	}
	return t
}

func begin(what string) string { return strings.ToUpper(what[:1]) + what[1:] }

// field is the node of a field; nil: it was not said.
func (t *table) field(name string) ast.Node {
	n := t.fields[name]
	if tag, ok := n.(*ast.TagNode); ok {
		n = tag.Value
	}
	if n == nil {
		return nil
	}
	return n
}

// at is the line of a field, or of the table where it was not said.
func (t *table) at(name string) int {
	if n := t.field(name); n != nil {
		return lineOf(n)
	}
	return t.line
}

func (t *table) fault(name, say string, args ...any) { t.faults.add(t.at(name), say, args...) }

// need faults a field that was not said.
func (t *table) need(name, why string) bool {
	if t.field(name) != nil {
		return true
	}
	t.faults.add(t.line, "%s needs %s: %s.", begin(t.what), name, why)
	return false
}

// text is a field that is text; "": it was not said, or is faulty. What looks like a number is text too, as it was written.
func (t *table) text(name string) string {
	n := t.field(name)
	if n == nil {
		return ""
	}
	s, ok := scalar(n)
	switch {
	case !ok:
		t.fault(name, "%s of %s should be text. Put it into quotes.", name, t.what)
	case strings.IndexByte(s, 0) >= 0:
		t.fault(name, "%s of %s holds a NUL character, which cannot be kept. Take it out.", name, t.what)
	case strings.TrimSpace(s) == "":
		t.fault(name, "%s of %s is empty. Say what it is, or leave the line out.", name, t.what)
	default:
		return s
	}
	return ""
}

func scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// short is text of so many characters at most.
func (t *table) short(name string, most int) string {
	s := t.text(name)
	if utf8.RuneCountInString(s) > most {
		t.fault(name, "%s of %s has more than %d characters. Make it shorter.", name, t.what, most)
		return ""
	}
	return s
}

// secret is text that is not to be seen: it must fit into a header or an address, and have no accidental space.
func (t *table) secret(name string, most int) secret.Redacted {
	s := t.text(name)
	if len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		t.fault(name, "%s of %s should be letters, digits and signs without spaces, at most %d of them. Copy it again.", name, t.what, most)
		return ""
	}
	return secret.Redacted(s)
}

// choice is one of some words; "": it was not said, or is faulty.
func (t *table) choice(name string, of ...string) string {
	s := t.text(name)
	if s != "" && !slices.Contains(of, s) {
		t.fault(name, "%s of %s is %q. It should be %s.", name, t.what, s, or(of))
		return ""
	}
	return s
}

func or(of []string) string {
	if len(of) < 2 {
		return strings.Join(of, "")
	}
	return strings.Join(of[:len(of)-1], ", ") + " or " + of[len(of)-1]
}

// number is a whole number; nil: it was not said, or is faulty.
func (t *table) number(name string, least, most int64) *int64 {
	n := t.field(name)
	if n == nil {
		return nil
	}
	i, ok := whole(n)
	if !ok || i < least || i > most {
		t.fault(name, "%s of %s should be a whole number from %d to %s.", name, t.what, least, upTo(most))
		return nil
	}
	return &i
}

func upTo(most int64) string {
	if most == math.MaxInt64 {
		return "2^63 - 1"
	}
	return strconv.FormatInt(most, 10)
}

func whole(n ast.Node) (int64, bool) {
	if tag, ok := n.(*ast.TagNode); ok {
		n = tag.Value
	}
	if _, ok := n.(*ast.IntegerNode); !ok {
		return 0, false
	}
	i, err := strconv.ParseInt(n.GetToken().Value, 10, 64)
	return i, err == nil
}

// seconds is a duration as Go writes it, in whole seconds, of which there is at least one; nil: it was not said, or is faulty.
func (t *table) seconds(name string) *int64 { return t.duration(name, time.Second) }

// secondsOrNone is a time that may be 0s: none.
func (t *table) secondsOrNone(name string) *int64 { return t.duration(name, 0) }

func (t *table) duration(name string, least time.Duration) *int64 {
	if t.field(name) == nil {
		return nil
	}
	s := t.text(name)
	if s == "" {
		return nil
	}
	const most = 100 * 366 * 24 * time.Hour
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		t.fault(name, "%s is %q, which is no duration. Write it like 30s, 90m or 48h; a day is 24h.", name, s)
	case d < least || d%time.Second != 0 || d > most:
		t.fault(name, "%s is %q. It should be whole seconds, at least %v, at most a hundred years.", name, s, least)
	default:
		n := int64(d / time.Second)
		return &n
	}
	return nil
}

// list is a field that is a list; nil: it was not said, or is faulty.
func (t *table) list(name string) []ast.Node {
	switch n := t.field(name).(type) {
	case nil:
	case *ast.SequenceNode:
		return n.Values
	default:
		t.fault(name, "%s of %s should be a list: lines that begin with -, or values in [ ].", name, t.what)
	}
	return nil
}

// texts is a list of texts.
func (t *table) texts(name string) []string {
	var out []string
	for _, n := range t.list(name) {
		s, ok := scalar(n)
		if !ok || strings.IndexByte(s, 0) >= 0 {
			t.faults.add(lineOf(n), "Each of the %s of %s should be text. Put it into quotes.", name, t.what)
			continue
		}
		out = append(out, s)
	}
	return out
}
