package desk

import (
	"context"
	"encoding/json"
	"slices"

	"weir/internal/id"
	"weir/internal/store"
)

// A Piece is one message of what a rule answers. Which fields count depends on its type.
type Piece struct {
	Type        string   `json:"type"`                   // text, image, voice, video, news, msgmenu, miniprogrampage
	Text        string   `json:"text,omitempty"`         // of a text
	ResourcesID string   `json:"resources_id,omitempty"` // of a picture, a voice message or a video, and of the card of a mini program: an upload of the company's
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	URL         string   `json:"url,omitempty"`
	Picture     string   `json:"picture,omitempty"` // address of a card's picture
	Menu        *Menu    `json:"menu,omitempty"`
	Program     *Program `json:"program,omitempty"`

	Facts *Data `json:"facts,omitempty"` // what is known of the upload
}

// PieceText and PieceNews are the types that a callback can always be answered with at once.
const (
	PieceText = "text"
	PieceNews = "news"
)

// pieceTypes are the message types of what rules answer with.
var pieceTypes = map[string]int16{PieceText: TypeText, PieceNews: TypeLink, "image": TypeImage, "voice": TypeVoice, "video": TypeVideo, KindMenu: TypeOther, KindProgram: TypeOther}

// Texts are pieces that are texts.
func Texts(texts ...string) []Piece {
	out := make([]Piece, len(texts))
	for i, t := range texts {
		out[i] = Piece{Type: PieceText, Text: t}
	}
	return out
}

// PiecesJSON is how pieces are kept.
func PiecesJSON(pieces []Piece) json.RawMessage {
	if pieces == nil {
		pieces = []Piece{}
	}
	b, _ := json.Marshal(pieces) // texts and numbers always can be
	return b
}

// PiecesOf reads what is kept.
func PiecesOf(kept json.RawMessage) []Piece {
	out := []Piece{}
	_ = json.Unmarshal(kept, &out) // written by us
	return out
}

// says is the message that a piece becomes.
func (p *Piece) says() (kind int16, text string, d Data) {
	if p.Facts != nil {
		d = *p.Facts
	}
	kind = pieceTypes[p.Type]
	switch p.Type {
	case PieceText:
		text = p.Text
	case PieceNews:
		d.Title, d.Description, d.URL, d.PicURL = p.Title, p.Description, p.URL, p.Picture
	case KindMenu:
		d.Kind, d.Out = KindMenu, &Outgoing{Menu: p.Menu}
	case KindProgram:
		d.Kind, d.Title, d.ResourcesID, d.Out = KindProgram, p.Title, p.ResourcesID, &Outgoing{Program: p.Program}
	default:
		d.Title, d.Description, d.ResourcesID = p.Title, p.Description, p.ResourcesID
	}
	return kind, text, d
}

// Fault says what is wrong with a piece by itself; nil: nothing.
func (p *Piece) Fault() error {
	kind, text, d := p.says()
	if _, known := pieceTypes[p.Type]; !known {
		return refuse(Invalid, "rule.reply-kind")
	}
	if kind == TypeText && badReply(text) {
		return refuse(Invalid, "rule.reply", RuleReplyMost)
	}
	r := Reply{Type: kind, Text: text, Data: d}
	return r.checkContent()
}

// badPieces is the first fault of them.
func badPieces(pieces []Piece) error {
	for i := range pieces {
		if err := pieces[i].Fault(); err != nil {
			return err
		}
	}
	return nil
}

// holdPieces finds the uploads that pieces carry, keeps them for good, and notes what is known of them.
func holdPieces(ctx context.Context, q *store.Queries, company id.ID, pieces []Piece) ([]Piece, error) {
	out := slices.Clone(pieces)
	for i := range out {
		p := &out[i]
		if p.Facts = nil; p.ResourcesID == "" {
			continue
		}
		name, err := id.Parse(p.ResourcesID)
		if err != nil {
			return nil, refuse(Missing, "upload.missing")
		}
		row, err := q.UploadHold(ctx, store.UploadHoldParams{CompanyID: company, UploadID: name})
		if err != nil {
			return nil, missing(err, "upload.missing")
		}
		u := uploadOf(row)
		if u.Kind != uploadKinds[pieceTypes[p.Type]] {
			return nil, refuse(Invalid, "upload.other-kind")
		}
		if err := q.UploadOfRules(ctx, store.UploadOfRulesParams{CompanyID: company, UploadID: name}); err != nil {
			return nil, err
		}
		p.Facts = &Data{}
		p.Facts.fill(u)
	}
	return out, nil
}

// Answer is what is said to WeChat at once. Of type 0 it says nothing.
type Answer struct {
	Type   int16
	Text   string
	Data   Data
	Repeat bool // the callback was heard before, and is answered like the first
}

// saying is an answer in words; of no words, none.
func saying(text string) Answer {
	if text == "" {
		return Answer{}
	}
	return Answer{Type: TypeText, Text: text}
}

// again is the same answer to a repeat.
func (a Answer) again() Answer {
	a.Repeat = true
	return a
}

// kept is what is written of an answer that is no text.
func (a *Answer) kept() json.RawMessage {
	if a.Type == TypeText || a.Type == TypeOther {
		return nil
	}
	b, _ := json.Marshal(a)
	return b
}

// answered is an answer as it was written.
func answered(text string, kept json.RawMessage) Answer {
	a := saying(text)
	if len(kept) > 0 {
		_ = json.Unmarshal(kept, &a) // written by us
	}
	return a
}

// answerOf is the passive reply that was kept as a message.
func answerOf(r store.MessageAnswerRow) Answer {
	a := Answer{Type: r.MessageType, Text: r.Text}
	if len(r.Data) > 0 {
		_ = json.Unmarshal(r.Data, &a.Data) // written by us
	}
	return a
}
