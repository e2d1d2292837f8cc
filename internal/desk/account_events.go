package desk

import (
	"context"
	"fmt"
	"strings"

	"weir/internal/id"
	"weir/internal/store"
)

// accountEvents are those that WeChat's own system user sends about the account itself (WECHAT, section 2.2): whoever FromUserName names there
// is no customer, cannot be asked about and cannot be written to.
var accountEvents = map[string]bool{
	"verify_expired": true, "annual_renew": true, "qualification_verify_success": true, "qualification_verify_fail": true,
	"naming_verify_success": true, "naming_verify_fail": true,
	"masssendjobfinish": true, "freepublishjobfinish": true, "poi_check_notify": true,
}

// ofAccount says whether an event is about the account, and nobody's.
func ofAccount(event string) bool { return accountEvents[event] }

// receiveOfAccount keeps an event of the account. A repeat is kept once, and answered like the first.
func (d *Desk) receiveOfAccount(ctx context.Context, a *Arrival) (Answer, error) {
	n, err := d.store.Of(a.Company).AccountEventInsert(ctx, store.AccountEventInsertParams{CompanyID: a.Company, EventID: id.New(), AppID: a.AppID, CreatedAt: a.At,
		Event: a.Event, WeChatKey: a.Key, Raw: strings.ReplaceAll(a.Raw, "\x00", "")})
	if err != nil {
		return Answer{}, fmt.Errorf("keep %s of account %s: %w", a.Event, a.AppID, err)
	}
	return Answer{Repeat: n == 0}, nil
}

// AccountEvents are the last events of an account itself, newest first.
func (d *Desk) AccountEvents(ctx context.Context, company id.ID, appid string, most int) ([]store.AccountEvent, error) {
	return d.store.Of(company).AccountEventsLast(ctx, store.AccountEventsLastParams{CompanyID: company, AppID: appid, Max: int32(most)})
}
