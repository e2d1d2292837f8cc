package handlers

import (
	"context"
	"time"

	"weir/internal/desk"
)

// AccountState is an account as other programs see it: how it is, and nothing that is secret.
type AccountState struct {
	AppID        string          `json:"appid"`
	Name         string          `json:"name"`
	Mode         string          `json:"mode" enum:"plain,compatible,safe"`
	State        string          `json:"state" enum:"fine,paused,stopped,refused,unconnected,expired,expiring,slow" doc:"the worst that is known of it"`
	PausedAt     *time.Time      `json:"paused_at" doc:"since when messages that come in go nowhere; null: it is not paused"`
	Stopped      *AccountStopped `json:"stopped" doc:"why nothing is sent; null: it is sent"`
	HeardAt      *time.Time      `json:"heard_at" doc:"when WeChat's last callback was taken"`
	RefusedAt    *time.Time      `json:"refused_at" doc:"when one was last refused"`
	Refused      string          `json:"refused" doc:"why: bad_signature, undecryptable, unencrypted, stale, foreign, malformed, too_large"`
	Verification string          `json:"verification" doc:"WeChat's last event about the account's verification: verify_expired, annual_renew …"`
	ExpiresAt    *time.Time      `json:"verification_expires_at"`
	Unsent       Unsent          `json:"unsent"`
}

// AccountStopped is why nothing is sent.
type AccountStopped struct {
	Since   time.Time  `json:"since"`
	Code    int        `json:"wechat_code"`
	IP      string     `json:"ip" doc:"the address that WeChat wants in its list, where that is why"`
	TriedAt *time.Time `json:"tried_at" doc:"when one message is tried again by itself; null: not before somebody has acted at WeChat"`
}

// Unsent is what has not been sent.
type Unsent struct {
	Queued    int64      `json:"queued" doc:"goes as soon as it can"`
	Waiting   int64      `json:"waiting" doc:"waits for its customer's next message"`
	OldestAt  *time.Time `json:"oldest_at"`
	Failed    int64      `json:"failed" doc:"in the last 24 hours"`
	Uncertain int64      `json:"uncertain" doc:"in the last 24 hours"`
}

func accountState(h *desk.Health, now time.Time) AccountState {
	a := h.Account
	out := AccountState{AppID: a.AppID, Name: a.Name, Mode: a.Mode, State: h.State(now), PausedAt: a.PausedAt, HeardAt: h.Heard.HeardAt, RefusedAt: h.Heard.RefusedAt, Refused: h.Heard.Refused,
		Verification: a.Verification, ExpiresAt: a.VerificationExpiresAt, Unsent: Unsent{h.Queued, h.Waiting, h.OldestAt, h.Failed, h.Uncertain}}
	if t := h.Trouble; t != nil {
		out.Stopped = &AccountStopped{Since: t.Since, Code: t.Code, IP: t.IP}
		if t.ByItself() {
			out.Stopped.TriedAt = &t.Until
		}
	}
	return out
}

type accountsInput struct{ Page }

type accountsOutput struct{ Body List[AccountState] }

// listOfAccounts marks the cursors of the list of accounts.
const listOfAccounts = 'a'

// GET /accounts
func (a *API) accounts(ctx context.Context, in *accountsInput) (*accountsOutput, error) {
	after, err := place(in.Cursor, listOfAccounts, -1)
	if err != nil {
		return nil, err
	}
	all, err := a.Desk.Healths(ctx, company(ctx))
	if err != nil {
		return nil, err
	}
	items := []AccountState{}
	for i := range all {
		if all[i].Account.AppID > string(after) && len(items) <= in.Limit {
			items = append(items, accountState(&all[i], a.Clock()))
		}
	}
	return &accountsOutput{pageOf(items, in.Limit, func(last AccountState) string { return cursor(listOfAccounts, []byte(last.AppID)) })}, nil
}
