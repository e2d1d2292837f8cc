package desk

import (
	"context"

	"weir/internal/store"
)

// An Overtaken is the refusal of a reply that was begun before the customer's latest messages were read: it is held back, and these are shown
// to whoever wrote it. Sent again with Read as far as Seq, it goes.
type Overtaken struct {
	Messages []Message // the first of them, in order
	Seq      int32     // the place of the session's last message
}

func (o *Overtaken) Error() string { return "the customer wrote meanwhile" }

// overtakenMost is how many messages are shown with a reply that is held back.
const overtakenMost = 3

// unread holds a reply back that does not know what the customer has said since it was begun. Of what colleagues and rules said nothing
// is: it is the customer who would be answered past.
func (x *changing) unread(ctx context.Context, r *Reply) error {
	s := x.session
	if r.Read == nil || *r.Read >= s.LastSeq {
		return nil
	}
	rows, err := x.q.MessagesHeardAfter(ctx, store.MessagesHeardAfterParams{CompanyID: s.CompanyID, SessionID: &s.SessionID, After: r.Read, Since: s.OldestAt, Max: overtakenMost})
	if err != nil || len(rows) == 0 {
		return err
	}
	return &Overtaken{messagesOf(rows), s.LastSeq}
}
