package wechat

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// What WeChat sends needs 5 levels and some dozens of elements; what a stranger sends stops here.
const (
	maxDepth    = 16
	maxElements = 1000
	maxAttrs    = 16
)

var (
	errDeep    = errors.New("nested too deeply")
	errMany    = errors.New("too many elements")
	errSyntax  = errors.New("neither XML nor JSON")
	errDoctype = errors.New("declarations such as DOCTYPE are refused")
)

// field is one leaf or container of a document: depth 2 for the fields of the root, 3 for the fields of those.
type field struct {
	depth        int
	parent, name string
	value        string // its own text, without that of its children
}

// scan calls visit for every field of depth 2 and 3, in the order in which they end. doc must be clean.
func scan(doc string, visit func(field) error) error {
	if isJSON(doc) {
		return scanJSON(doc, visit)
	}
	return scanXML(doc, visit)
}

func isJSON(doc string) bool {
	return strings.HasPrefix(strings.TrimLeft(doc, " \t\r\n"), "{")
}

func scanJSON(doc string, visit func(field) error) error {
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber() // a MsgId has up to 19 digits, more than a float64 holds
	w := jsonWalker{d: d, visit: visit}
	if err := w.value(1, "", ""); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errSyntax // something after the object
	}
	return nil
}

type jsonWalker struct {
	d        *json.Decoder
	visit    func(field) error
	elements int
}

func (w *jsonWalker) value(depth int, parent, name string) error {
	if depth > maxDepth {
		return errDeep
	}
	if w.elements++; w.elements > maxElements {
		return errMany
	}
	t, err := w.d.Token()
	if err != nil {
		return errSyntax
	}
	var text string
	switch t := t.(type) {
	case json.Delim:
		if err := w.inside(t, depth, name); err != nil {
			return err
		}
	case string:
		text = clean(t) // an escape can spell what the document may not contain
	case json.Number:
		text = t.String()
	case bool:
		text = map[bool]string{false: "false", true: "true"}[t]
	}
	if depth == 2 || depth == 3 {
		return w.visit(field{depth, parent, name, text})
	}
	return nil
}

// inside walks an object or an array; the items of an array are nameless.
func (w *jsonWalker) inside(open json.Delim, depth int, name string) error {
	for w.d.More() {
		child := ""
		if open == '{' {
			t, err := w.d.Token()
			if err != nil {
				return errSyntax
			}
			child, _ = t.(string)
		}
		if err := w.value(depth+1, name, child); err != nil {
			return err
		}
	}
	if _, err := w.d.Token(); err != nil {
		return errSyntax
	}
	return nil
}
