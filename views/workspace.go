package views

import (
	"time"
)

// Workspace is the page an agent works in all day: the lists, and what is open of them.
type Workspace struct {
	Reader
	Company string
	Lists   Lists
	Open    *Open // nil: nothing is open
	Found   Search
}

// Lists is everything an agent can see waiting, with the agent's own status above it.
type Lists struct {
	Reader
	Now    time.Time     // the server's clock, in the company's zone
	Target time.Duration // a customer who waits longer is shown as worst; 0 means 20 minutes
	Me     Me
	Open   string // session_id of the session that stands in the sheet; its row is marked
	Grab   bool   // agents take sessions from the queue themselves
	Search string // what is searched for, where the page was asked with it

	Conversing Section // sorted by who waits for a reply longest, then by last line
	Waiting    Section // sorted by age
	Queueing   Section // sorted by place

	Mentions  []Mention  // notes that name the reader and that they have not seen, newest first
	Reminders []Reminder // the reader's, whose time has come
}

// Me is the agent for whom the page is drawn.
type Me struct {
	Name     string
	Status   Status
	Load     int // sessions waiting or in conversation
	Capacity int
	// Supervises: the reader looks after the sessions of others.
	Supervises bool
}

// Status is what an agent has chosen to be.
type Status string

const (
	Online  Status = "online"
	Away    Status = "away"
	Offline Status = "offline"
)

// Section is one of the three lists.
type Section struct {
	Rows  []Row
	Total int       // may be more than the rows
	Since time.Time // since when the one waits who waits longest; zero: nobody waits
}

// Row is one session in a list.
type Row struct {
	SessionID string
	OpenID    string
	Name      string    // the remark; empty: named by the end of the openid
	Account   string    // the account's name
	Since     time.Time // since when the customer waits for us; zero: they do not
	Last      Message   // the last line; only who said it, what kind it is, its text, time and delivery are shown
	Unread    int       // customer's messages that the agent has not seen
	Group     string    // whom a queueing session is for, where that was named
	Left      bool      // the customer left a message outside hours and does not wait
}

// Open is one session in the sheet, with its customer at the side.
type Open struct {
	Reader
	Now      time.Time // the server's clock, in the company's zone
	Target   time.Duration
	Head     Head
	Thread   Thread
	Composer Composer
	Customer Customer
}

// SessionState is a session's code, as DESIGN.md section 1 has them.
type SessionState int

const (
	Waiting     SessionState = 0
	Conversing  SessionState = 1
	GroupTalk   SessionState = 2
	Queueing    SessionState = 3
	Closed      SessionState = -1
	TimedOut    SessionState = -2
	NobodyCame  SessionState = -3
	AdminClosed SessionState = -4
)

// Head is what stands above the thread.
type Head struct {
	SessionID string
	OpenID    string
	Name      string // as in [Row]
	Account   string
	State     SessionState
	Since     time.Time // since when it is in that state
	Waits     time.Time // since when the customer waits for a reply; zero: they do not
	Mine      bool      // the reader serves it, or it waits for the reader
	With      []string  // who else serves it
	Left      bool      // as in [Row]
	Acts      Acts
}

// Thread is the messages of a session as they are first shown, and those read back later.
type Thread struct {
	SessionID string
	Messages  []Message       // by seq, without gaps
	Before    *Message        // the message just before the first of Messages, where it is known; it decides how the first is drawn
	More      bool            // there are older messages in this session than Before or the first
	NewFrom   int64           // seq of the first message the agent has not seen; 0: none
	At        int64           // seq of the message that was searched for, which the page shows first; 0: none
	Seen      int64           // highest seq among what was read for this answer
	Back      int             // how many sessions before the one that stands open this is; its messages stand above those of the later ones
	Earlier   *EarlierSession // the session in which it goes on upward, where this is the beginning of its own; nil: it does not
	Version   string          // opaque to the browser: where a look for changes begins the next time
}

// News is what came or changed since a bookmark: the answer that an ear gets. Its messages have no gaps: they run from the
// first that came or changed to the last of the session, because runs and days are drawn from neighbours.
type News struct {
	Reader
	Now      time.Time
	Target   time.Duration
	Head     Head
	Thread   Thread // Messages: new and changed, by seq; Before: the one just before the first; More, NewFrom: unused
	Composer Composer
	Customer *Customer // what is known of them has changed; nil: nothing
}

// Side is who speaks.
type Side int

const (
	FromCustomer Side = iota
	FromAgent
	FromMonitor   // an admin, from the monitor
	FromAutomatic // a rule or a notice
	FromEvent     // nobody: something happened
)

// Kind is what a message is.
type Kind int

const (
	Text Kind = iota
	Image
	Voice
	Video
	Location
	WebLink
	Menu        // Text: what stands above the items; Description: what stands below
	MiniProgram // ThumbURL: its picture
	Template    // a template filled in: Text is what the customer reads; URL: what it opens
	OtherKind

	Followed      // Text: the QR code's name, where one was scanned
	Unfollowed    //
	Scanned       // Text: the QR code's name
	MenuTapped    // Text: the menu's name
	Opened        // Text: the address of the menu's link
	SomethingElse // Text: WeChat's word for the event
	SessionBegan  //
	Queued        //
	Assigned      // By: the agent
	Accepted      // By: the agent
	Ended         // Text: why, where it was not the agent who closed it
	HandedOn      // Text: what somebody did to the session, in a sentence
	Note          // of colleagues to each other, never sent: By, Text; Items: the names that it calls; What: its id, where the reader may take it back
	NoteWithdrawn // By took it back
)

// Message is one thing in a thread. Which fields matter depends on Kind.
type Message struct {
	ID   string // message_id
	Seq  int64
	At   time.Time // in the company's zone
	Side Side
	By   string // the agent's name; the rule's name for an automatic answer
	Mine bool   // the reader said it
	Kind Kind

	Text        string
	Title       string  // of a link, a video or a card, or a location's label
	URL         string  // of a link, or where an image, a voice message or a video lies; empty: it is gone
	Lat, Lng    float64 // degrees
	Length      time.Duration
	Recognition string // of a voice message: its words, where WeChat recognised them
	Width       int    // of an image, pixels; 0: unknown
	Height      int
	Delivery    Delivery
	Code        int       // WeChat's errcode of a failed message; 0: none came
	RetryAt     time.Time // when a queued message is tried again; zero: at once
	CanResend   bool      // a failed or uncertain message of a session that the reader may answer
	Description string    // of a link
	Reason      string    // the key of the sentence that says why it failed or is uncertain; empty: WeChat's code says it
	Waits       bool      // a queued message that goes out when the customer writes next
	CanWithdraw bool      // it may be taken back
	Resent      bool      // it failed, and was sent again as another

	State    MediaState // of an image, a voice message or a video
	ThumbURL string     // a small picture of it; empty: there is none
	PlayURL  string     // what browsers show or play; empty: it can only be downloaded
	Size     int64      // bytes
	What     string     // of another kind: WeChat's own word for it
	Items    []string   // of a menu: what can be tapped
	Notice   bool       // of a template: it is a subscription notice
	Program  bool       // of a template: it opens a mini program
}

// Delivery is how far a message of ours has come.
type Delivery string

const (
	NotOurs   Delivery = ""
	InQueue   Delivery = "queued"
	InFlight  Delivery = "sending"
	Sent      Delivery = "sent"
	Failed    Delivery = "failed"
	Uncertain Delivery = "uncertain"
)

// Composer is where the agent writes, or the reason why that cannot be.
type Composer struct {
	SessionID string
	Can       Can
	Quota     Quota
	Agent     string // who serves it, for NotMine
	Live      string // session_id of the customer's live session, where this one is over
	MaxLength int    // characters; 0: no limit is announced

	Wait    bool      // nothing may be sent now: what is written waits for the customer's next message
	MayWait bool      // what is written and does not fit may wait for it
	Left    bool      // the customer does not follow the account any more
	Stopped string    // why nothing is sent for the account; empty: it sends
	RetryAt time.Time // when one message is tried; zero: not before somebody has acted at WeChat
}

// Can says whether the reader can answer, and if not, why.
type Can int

const (
	CanReply Can = iota
	CanOnceTaken
	CanInterject  // as an admin, into what somebody else serves
	CannotCount   // WeChat's number of messages is used up
	CannotTime    // WeChat's time is over
	CannotClosed  // the session is over
	CannotNotMine // somebody else serves it
	CannotQueue   // nobody serves it yet
)

// Quota is what WeChat still allows.
type Quota struct {
	Limit int // 0: not known, nothing is shown
	Left  int
	Since time.Time // when the customer did what allowed it
	Until time.Time
	Event bool // they did not write, but clicked, followed or scanned
}

// Customer is the panel beside the thread. Its first part, down to FirstAt, changes while it stands open.
type Customer struct {
	SessionID     string // beside which it stands
	OpenID        string
	Name          string // as in [Row]
	Account       string
	MayChange     bool // the reader may name and tag them
	Following     bool
	Source        string // how the customer came: a QR code's or a campaign's name
	QRScene       string // the QR code they last scanned
	Scene         string // how they came to follow, in words; empty: not known
	Tags          []string
	Unreachable   string // why WeChat takes nothing to them, in words; empty: it does
	Syncing       bool   // the remark or the tags are on their way to WeChat
	Unsynced      string // why WeChat does not have the remark or the tags; empty: it has, or will
	FollowedAt    time.Time
	Exclusive     string // the exclusive agent's name
	ExclusiveMine bool
	ExclusiveDays int       // until the exclusive agent is cleared; 0: not said
	FirstAt       time.Time // first message

	Reminders      Reminders   // the reader's about them
	Elsewhere      []Elsewhere // the same person at other accounts
	Why            []Step      // what was decided about the session; empty: the block is left out
	Contenders     []Contender
	ContendersMore string // how many more there were, in words
	Earlier        []EarlierSession
	EarlierNext    string // cursor of the next page; empty: that was all
}

// Step is one step that was tried when the session was given out.
type Step struct {
	Text    string
	At      time.Time // zero: not shown
	Decided bool      // that is how it came to where it is
}

// EarlierSession is one line of the sessions before this one.
type EarlierSession struct {
	SessionID string
	Began     time.Time
	Lasted    time.Duration
	Agent     string
	State     SessionState
}

// EarlierPage is a further page of [Customer.Earlier].
type EarlierPage struct {
	Reader
	Now       time.Time
	SessionID string // the session at whose side they are listed
	Earlier   []EarlierSession
	Next      string
}

// OlderPage is a further page of messages, back in time.
type OlderPage struct {
	Reader
	Now    time.Time
	Thread Thread          // Seen and Version unused
	Begins *EarlierSession // the session whose end this is: its divider stands below; nil: it goes on in one that is there
}
