package views

// QuotaCard is what WeChat allows, as the company knows it.
type QuotaCard struct {
	Messages, Events           string // how many
	MessageWindow, EventWindow Time
	Most                       int
}
