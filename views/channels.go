package views

import (
	"strings"

	"github.com/a-h/templ"
)

// Choice is something that can be chosen in a form.
type Choice struct{ Value, Name string }

// Targets are whom something can be sent to.
type Targets struct{ Agents, Groups []Choice }

// ChannelList is a page of channels.
type ChannelList struct {
	Settings
	Archived bool // those that were put away
	Any      bool // there is an account for which one could be made
	Rows     []Channel
	Before   int64 // where the next page begins; 0: this is the last
}

// Channel is a QR code with a meaning.
type Channel struct {
	ID                         int64
	Name, AppID, Account       string
	Scene, URL                 string
	Permanent, Made, Waits     bool
	Error                      int // WeChat's last no to making it
	Until                      string
	Ended, Archived            bool
	Target                     string // the choice that it is: agent:… or group:…; empty: none
	Agent, Group               string // its name
	Tags                       []string
	Greeting                   string
	Scans, Follows             int64
	LatelyScans, LatelyFollows int64
}

// ChannelForm is a channel as it is made or changed.
type ChannelForm struct {
	Settings
	Channel
	Accounts []Choice
	Targets  Targets
}

func channelPath(id int64, rest string) string { return "/settings/channels/" + decimal(id) + rest }

// state is in words how a code stands, and the colour it is said in; empty: none.
func (c Channel) state(r Reader) (text, tone string) {
	w := r.Words.OfChannels()
	switch {
	case c.Error != 0 && !c.Waits && !c.Made:
		return putIn(w.Failed, decimal(int64(c.Error))), "bad"
	case !c.Made && c.Waits:
		return w.Waits, ""
	case !c.Made:
		return w.NotMade, "warn"
	case c.Ended:
		return w.Ended, "warn"
	case c.Permanent:
		return w.ForGood, ""
	}
	return putIn(w.Until, c.Until), ""
}

// who is who serves those who scan it; empty: nobody in particular.
func (c Channel) who() string {
	if c.Agent != "" {
		return c.Agent
	}
	return c.Group
}

func joinTags(r Reader, tags []string) string {
	if r.Words.Lang == "zh-CN" {
		return strings.Join(tags, "，")
	}
	return strings.Join(tags, ", ")
}

func archiveValue(c Channel) string {
	if c.Archived {
		return ""
	}
	return "1"
}

// next is the page after this one.
func (l ChannelList) next() string {
	at := "/settings/channels?before=" + decimal(l.Before)
	if l.Archived {
		at += "&archived=1"
	}
	return at
}

// again has the page look at a code that WeChat is being asked for.
func (f ChannelForm) again() templ.Attributes {
	if !f.Waits || f.Archived {
		return nil
	}
	return templ.Attributes{"hx-get": channelPath(f.ID, "/code"), "hx-trigger": "load delay:1s", "hx-swap": "outerHTML"}
}

// why is what WeChat's no means, with its code.
func (f ChannelForm) why() string { return f.Words.Refused(f.Error) }
