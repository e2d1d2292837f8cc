package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Field is one element of a callback's document.
type Field struct {
	Name     string
	Text     string
	Number   bool // written without CDATA or quotes
	Children []Field
}

func appendDocument(b []byte, format Format, fields []Field) []byte {
	if format == JSON {
		return appendJSON(b, fields)
	}
	b = append(b, "<xml>"...)
	b = appendXML(b, fields)
	return append(b, "</xml>"...)
}

// appendXML writes a customer's text as it is, control characters and all: WeChat cleans nothing, so the desk must.
func appendXML(b []byte, fields []Field) []byte {
	for _, f := range fields {
		b = append(append(append(b, '<'), f.Name...), '>')
		switch {
		case len(f.Children) > 0:
			b = appendXML(b, f.Children)
		case f.Number:
			b = append(b, f.Text...)
		default:
			b = append(b, "<![CDATA["...)
			b = append(b, strings.ReplaceAll(f.Text, "]]>", "]]]]><![CDATA[>")...)
			b = append(b, "]]>"...)
		}
		b = append(append(append(b, "</"...), f.Name...), '>')
	}
	return b
}

func appendJSON(b []byte, fields []Field) []byte {
	b = append(b, '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.Name), ':')
		switch {
		case len(f.Children) > 0:
			b = appendJSON(b, f.Children)
		case f.Number:
			b = append(b, f.Text...)
		default:
			b = appendString(b, f.Text)
		}
	}
	return append(b, '}')
}

func appendString(b []byte, s string) []byte {
	return append(b, plainJSON(s)...)
}

// plainJSON encodes without turning < > & into \u003c and the like, and without a line end.
func plainJSON(v any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // of our own plain values: cannot happen
		return []byte(`{"errcode":-1,"errmsg":"system error"}`)
	}
	return bytes.TrimRight(buf.Bytes(), "\n")
}
