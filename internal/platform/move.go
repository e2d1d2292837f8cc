package platform

import (
	"context"
	"errors"
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Move gives an account to another company, with what opens it. Its customers, sessions and messages so far stay with the company that
// had it, which sends nothing through it any more; the new company begins anew. The errors are sentences for the operator.
func Move(ctx context.Context, s *store.Store, appid string, to id.ID, now time.Time) error {
	from, err := s.Outside().AppIDCompany(ctx, appid)
	switch {
	case errors.Is(err, store.ErrNone):
		return fmt.Errorf("no company here has account %s: look at its AppID again", appid)
	case err != nil:
		return err
	case from == to:
		return fmt.Errorf("account %s belongs to company %s already", appid, to)
	}
	return s.TxAcross(ctx, []id.ID{from, to}, func(q *store.Queries) error {
		if _, err := q.CompanyGet(ctx, to); errors.Is(err, store.ErrNone) {
			return fmt.Errorf("there is no company %s here: make it first, with weir provision", to)
		} else if err != nil {
			return err
		}
		return move(ctx, q, appid, from, to, now)
	})
}

func move(ctx context.Context, q *store.Queries, appid string, from, to id.ID, now time.Time) error {
	n, err := q.AppIDMoves(ctx, store.AppIDMovesParams{AppID: appid, CompanyID: from})
	if err != nil {
		return err
	}
	if n == "" {
		return fmt.Errorf("account %s was moved by somebody else just now", appid)
	}
	a, err := q.AccountGet(ctx, store.AccountGetParams{CompanyID: from, AppID: appid})
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error {
			return q.AccountTake(ctx, store.AccountTakeParams{CompanyID: to, AppID: appid, Name: a.Name, Mode: a.Mode, Secret: a.Secret, Token: a.Token, AESKey: a.AESKey,
				PreviousAESKey: a.PreviousAESKey, Via: a.Via, ComponentAppID: a.ComponentAppID, RefreshToken: a.RefreshToken, Functions: a.Functions, AuthorisedAt: a.AuthorisedAt,
				UnauthorisedAt: a.UnauthorisedAt})
		},
		func() error { return q.AppIDMove(ctx, store.AppIDMoveParams{AppID: appid, CompanyID: to}) },
		func() error {
			return q.AccountLeave(ctx, store.AccountLeaveParams{CompanyID: from, AppID: appid, At: now, Never: never})
		},
		func() error {
			_, err := q.MessagesStrand(ctx, store.MessagesStrandParams{CompanyID: from, AppID: appid})
			return err
		},
		func() error { _, err := q.SeatsFill(ctx, to); return err },
		func() error { return q.CompanyTouch(ctx, from) },
		func() error { return q.CompanyTouch(ctx, to) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("move account %s: %w", appid, err)
		}
	}
	return nil
}
