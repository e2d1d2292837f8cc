package desk

import (
	"context"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Online are those agents of some companies whose Presence is online now, in one question for all of them.
func (d *Desk) Online(ctx context.Context, companies []id.ID) (map[id.ID][]int64, error) {
	rows, err := d.store.Across(companies).AgentsOnline(ctx, companies)
	out := make(map[id.ID][]int64)
	for _, r := range rows {
		out[r.CompanyID] = append(out[r.CompanyID], r.UID)
	}
	return out, err
}

// HeardLast are the last messages that the customers of some sessions of a company wrote, as many as most of each session.
// oldest has each session's OldestAt.
func (d *Desk) HeardLast(ctx context.Context, company id.ID, sessions []id.ID, oldest []time.Time, most int) ([]Message, error) {
	rows, err := d.store.Of(company).MessagesHeardLast(ctx, store.MessagesHeardLastParams{CompanyID: company, SessionIDs: sessions, OldestAts: oldest, Max: int32(most)})
	return messagesOf(rows), err
}
