package views

import (
	"time"

	"weir/views/words"
)

// Tray is what was chosen to be sent, and is not yet.
type Tray struct {
	Reader
	SessionID string
	ForCard   bool // the picture of a card, which the card's form takes
	Items     []TrayItem
}

// TrayItem is one file as it will be sent, or why it cannot be.
type TrayItem struct {
	ID, Name      string
	Problem       string // in words; empty: it can be sent
	Kind          Kind   // Image, Voice, Video
	Size          int64  // bytes, as it is sent
	Width, Height int
	Length        time.Duration
	Smaller       bool // it was made to fit
	// Key makes sending it twice sending it once; empty: it is made of the ID. What goes with a quick reply is sent again and again, so each
	// time it is chosen it has another.
	Key               string
	Quick             int64 // the quick reply that is sent with it; 0: none
	ThumbURL, PlayURL string
}

// kindName is what the form says of it.
func (i TrayItem) kindName() string {
	switch i.Kind {
	case Voice:
		return "voice"
	case Video:
		return "video"
	}
	return "image"
}

func (i TrayItem) key() string {
	if i.Key != "" {
		return i.Key
	}
	return "upload-" + i.ID
}

func (i TrayItem) place() string {
	if i.Key != "" {
		return "u-" + i.Key
	}
	return "u-" + i.ID
}

func (i TrayItem) send(w *words.Words) string {
	return words.Put(w.OfCompose().SendIt, mediaName(w, i.Kind))
}

func (i TrayItem) facts(w *words.Words) string {
	say := fileSize(i.Size)
	if i.Length > 0 {
		say += " · " + playTime(i.Length)
	}
	if i.Smaller {
		say += " · " + w.OfCompose().MadeToFit
	}
	return say
}

// Card is the form of what is more than a text and no file.
type Card struct {
	Reader
	SessionID string
	Kind      string // news, msgmenu, miniprogrampage: WeChat's words
	Key       string // makes sending it twice sending it once
}

func (c Card) title() string {
	w := c.Words.OfCompose()
	switch c.Kind {
	case "msgmenu":
		return w.MenuTitle
	case "miniprogrampage":
		return w.ProgramTitle
	}
	return w.CardTitle
}

// Preview is a card as the customer will see it.
type Preview struct {
	Reader
	Head    Head
	Message Message
	Quota   Quota
	Free    bool   // it counts against no quota
	Problem string // what is wrong with it, in words; empty: nothing
}

// menuItems are the fields of a menu's form.
const menuItems = 5

// emoji are those that people answer with.
var emoji = []string{"😀", "😁", "😂", "😊", "😉", "😍", "😘", "🤗", "🤔", "😅", "😭", "😢", "😳", "😴", "😎", "🙄", "😌", "😋", "🥰", "😇", "🤝", "👍", "👎", "👌", "🙏", "👏", "💪", "✌️", "👋", "🫶",
	"❤️", "💔", "🌹", "🎉", "🎁", "🎂", "☕", "🍻", "🔥", "⭐", "✨", "💯", "✅", "❌", "❗", "❓", "💰", "📦", "🚚", "📍", "📞", "📅", "⏰", "🕐", "🌙", "☀️"}
