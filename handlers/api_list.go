package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"weir/internal/desk"
)

// Page is which part of a list is asked for.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"how many at most"`
	Cursor string `query:"cursor" maxLength:"128" doc:"next of the page before"`
}

// List is one page of a list.
type List[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"the cursor of the next page; null: this is the last"`
}

// pageOf cuts a list that was read one longer than its page, to know whether there is more.
func pageOf[T any](items []T, limit int, cursor func(last T) string) List[T] {
	l := List[T]{Items: items}
	if l.Items == nil {
		l.Items = []T{}
	}
	if len(items) > limit {
		l.Items = items[:limit]
		next := cursor(l.Items[limit-1])
		l.Next = &next
	}
	return l
}

// A cursor says where a page ended. Its first byte says of which list, so that none is taken for another's.
func cursor(list byte, place []byte) string {
	return base64.RawURLEncoding.EncodeToString(append([]byte{list}, place...))
}

// place reads a cursor into size bytes; all zero: from the start. A negative size is any.
func place(cursor string, list byte, size int) ([]byte, error) {
	if cursor == "" {
		return make([]byte, max(0, size)), nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) == 0 || size >= 0 && len(b) != 1+size || b[0] != list {
		return nil, desk.Refuse(desk.Invalid, "list.cursor")
	}
	return b[1:], nil
}

func numberBytes(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func numberAt(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }

// Optional is a parameter, or a field of a body, that may be left out; a field may also be null, which is something else.
type Optional[T any] struct {
	Value T
	Set   bool
	Null  bool
}

// Schema makes it look like its value.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema { return huma.SchemaFromType(r, typeOf[T]()) }

// Receiver and OnParamSet let huma set it as a parameter.
func (o *Optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet is called with the parameter.
func (o *Optional[T]) OnParamSet(set bool, _ any) { o.Set = set }

// UnmarshalJSON is called when the field is there.
func (o *Optional[T]) UnmarshalJSON(b []byte) error {
	o.Set = true
	if bytes.Equal(b, []byte("null")) {
		o.Null = true
		return nil
	}
	return json.Unmarshal(b, &o.Value)
}

func (o *Optional[T]) pointer() *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
