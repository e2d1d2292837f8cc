package views

// QuotaCard is what WeChat allows, as the company knows it.
type QuotaCard struct {
	Messages, Events           int // how many
	MessageWindow, EventWindow Time
	Most                       int
}

// between says which numbers may be entered.
func (q QuotaCard) between() string { return "0–" + decimal(int64(q.Most)) }
