package desk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/store"
)

// ReminderMost is how long a reminder's sentence may be, in characters; the rest is how many an agent may have that are not done, how many
// of those whose time has come their lists show, and how far ahead one may look.
const (
	ReminderMost  = 200
	remindersMost = 200
	remindersCome = 50
	remindAhead   = 366 * 24 * time.Hour
	remindHour    = 9 // of the day, in the company's zone, of those that are put off by days
)

// Reminder is what an agent wants to be reminded of about a customer.
type Reminder = store.Reminder

// Later is a moment by its name: hour, tomorrow or week, the last two at nine in the company's morning. False: there is no such name.
func (c *Company) Later(name string, now time.Time) (time.Time, bool) {
	day := func(days int) time.Time {
		y, m, d := now.In(c.Location).Date()
		return time.Date(y, m, d+days, remindHour, 0, 0, 0, c.Location)
	}
	switch name {
	case "hour":
		return now.Add(time.Hour), true
	case "tomorrow":
		return day(1), true
	case "week":
		return day(7), true
	}
	return time.Time{}, false
}

// Remind has an agent reminded of the customer of a session that they may see.
func (d *Desk) Remind(ctx context.Context, who Agent, session id.ID, text string, at time.Time) error {
	v, err := d.View(ctx, who, session)
	if err != nil {
		return err
	}
	text = strings.Join(strings.Fields(text), " ")
	switch now := d.now(); {
	case text == "":
		return refuse(Invalid, "reminder.empty")
	case utf8.RuneCountInString(text) > ReminderMost:
		return refuse(Invalid, "reminder.long", ReminderMost)
	case !at.After(now) || at.After(now.Add(remindAhead)):
		return refuse(Invalid, "reminder.when")
	}
	n, err := d.store.Of(who.Company).ReminderInsert(ctx, store.ReminderInsertParams{CompanyID: who.Company, ReminderID: id.New(), UID: who.UID, AppID: v.Session.AppID, OpenID: v.Session.OpenID, Text: text, DueAt: at, Most: remindersMost})
	if err == nil && n == 0 {
		err = refuse(Invalid, "reminder.many", remindersMost)
	}
	return err
}

// RemindersOf are those of the viewer about a session's customer that are not done, the first due first.
func (d *Desk) RemindersOf(ctx context.Context, v *View) ([]Reminder, error) {
	return d.store.Of(v.Company.CompanyID).RemindersOfCustomer(ctx, store.RemindersOfCustomerParams{CompanyID: v.Company.CompanyID, UID: v.Viewer.UID, AppID: v.Session.AppID, OpenID: v.Session.OpenID})
}

// Come is a reminder whose time has come.
type Come struct {
	Reminder
	Remark  string   // what the customer is called
	Session *Session // the newest of theirs that the agent may see; nil: none
}

// RemindersCome are an agent's whose time has come and that are not done.
func (d *Desk) RemindersCome(ctx context.Context, c *Company, a store.Agent) ([]Come, error) {
	rows, err := d.store.Of(c.CompanyID).RemindersCome(ctx, store.RemindersComeParams{CompanyID: c.CompanyID, UID: a.UID, Max: remindersCome})
	out := make([]Come, len(rows))
	for i := range rows {
		out[i] = Come{Reminder: rows[i].Reminder, Remark: rows[i].Remark}
		if out[i].Session, err = d.newestSeen(ctx, &View{Company: c, Viewer: a}, out[i].AppID, out[i].OpenID); err != nil {
			return nil, err
		}
	}
	return out, err
}

// FinishReminder says that what an agent was reminded of is done.
func (d *Desk) FinishReminder(ctx context.Context, who Agent, reminder id.ID) error {
	n, err := d.store.Of(who.Company).ReminderDone(ctx, store.ReminderDoneParams{CompanyID: who.Company, ReminderID: reminder, UID: who.UID, At: d.now()})
	return d.reminded(ctx, who, n, err)
}

// PutOffReminder has it come again later: see [Company.Later].
func (d *Desk) PutOffReminder(ctx context.Context, who Agent, reminder id.ID, until string) error {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	at, ok := c.Later(until, d.now())
	if !ok { // whether there is such a reminder is said first
		_, err := d.store.Of(who.Company).ReminderGet(ctx, store.ReminderGetParams{CompanyID: who.Company, ReminderID: reminder, UID: who.UID})
		if err != nil {
			return missing(err, "reminder.missing")
		}
		return refuse(Invalid, "reminder.when")
	}
	n, err := d.store.Of(who.Company).ReminderPutOff(ctx, store.ReminderPutOffParams{CompanyID: who.Company, ReminderID: reminder, UID: who.UID, DueAt: at})
	return d.reminded(ctx, who, n, err)
}

// CancelReminder takes a reminder away.
func (d *Desk) CancelReminder(ctx context.Context, who Agent, reminder id.ID) error {
	n, err := d.store.Of(who.Company).ReminderDrop(ctx, store.ReminderDropParams{CompanyID: who.Company, ReminderID: reminder, UID: who.UID})
	return d.reminded(ctx, who, n, err)
}

// reminded tells an agent's pages what became of one of theirs.
func (d *Desk) reminded(ctx context.Context, who Agent, n int64, err error) error {
	if err == nil && n == 0 {
		err = refuse(Missing, "reminder.missing")
	}
	if err != nil {
		return err
	}
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return err
	}
	d.committed(ctx, []Change{{Company: c, Called: []int64{who.UID}}})
	return nil
}

// dueReminders has those come whose time it is. Each is taken once, by whichever process is first.
func (d *Desk) dueReminders(ctx context.Context, c *Company) (more bool, err error) {
	uids, err := d.store.Of(c.CompanyID).RemindersTake(ctx, store.RemindersTakeParams{CompanyID: c.CompanyID, Now: d.now(), Max: dueMost})
	if err != nil || len(uids) == 0 {
		return false, err
	}
	d.committed(ctx, []Change{{Company: c, Called: uids}})
	return len(uids) == dueMost, nil
}
