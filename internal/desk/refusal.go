package desk

import "errors"

// Kind is what sort of "no" a Refusal is.
type Kind int

// The kinds of refusal.
const (
	Invalid Kind = iota + 1 // what was asked makes no sense as it stands
	Missing                 // there is no such thing, as far as the asker may know
	Taken                   // somebody was there first, or it was done already
	Denied                  // the asker may not
)

// A Refusal is a "no" that can be explained to the person who asked. Any other error is the desk's own trouble: it is
// logged, and the person is told nothing.
type Refusal struct {
	Kind Kind
	Say  string // the key of one sentence for the reader, in the reader's language
	Args []any  // what the sentence names
}

func (r *Refusal) Error() string { return "refused: " + r.Say }

func refuse(kind Kind, say string, args ...any) error { return &Refusal{kind, say, args} }

// Refuse makes a Refusal, for those who ask in the desk's name.
func Refuse(kind Kind, say string, args ...any) error { return refuse(kind, say, args...) }

// KindOf is the kind of refusal that err is; zero: it is none.
func KindOf(err error) Kind {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Kind
	}
	return 0
}
