package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"weir/internal/id"
	"weir/internal/store"
)

// Limits of uploads.
const (
	uploadsMost = 100            // that an agent may have made and not sent
	uploadsAPI  = 5000           // and other programs
	uploadLife  = 24 * time.Hour // of one that nobody sends
)

// An Upload is a picture, a voice message or a video that is to be sent: what a person chose, or another program gave. It fits WeChat's
// limits, and its bytes are kept before its row is.
type Upload struct {
	Company   id.ID
	ID        id.ID
	UID       int64 // whose it is; 0: the company's, and anybody of it may send it
	CreatedAt time.Time
	Kind      string // image, voice, video
	OfRules   bool   // a rule has named it
	MediaFacts
}

// NewUpload names one that is about to be kept. To an agent who has made many and sent none it is refused.
func (d *Desk) NewUpload(ctx context.Context, who Agent) (*Upload, error) {
	now := d.now()
	most := int64(uploadsMost)
	if who.UID == 0 {
		most = uploadsAPI
	}
	n, err := d.store.Of(who.Company).UploadsUnused(ctx, store.UploadsUnusedParams{CompanyID: who.Company, UID: ptr(who.UID), Since: now.Add(-uploadLife)})
	switch {
	case err != nil:
		return nil, err
	case n >= most:
		return nil, refuse(Denied, "upload.many", most)
	}
	return &Upload{Company: who.Company, ID: id.New(), UID: who.UID, CreatedAt: now}, nil
}

// KeepUpload notes one whose bytes are kept.
func (d *Desk) KeepUpload(ctx context.Context, u *Upload) error {
	return d.store.Of(u.Company).UploadInsert(ctx, store.UploadInsertParams{CompanyID: u.Company, UploadID: u.ID, UID: ptr(u.UID), Kind: u.Kind, Mime: u.Mime, Size: u.Size,
		Width: int32(u.Width), Height: int32(u.Height), LengthMs: u.Length.Milliseconds(), Thumb: u.Thumb, Play: u.Play, Sum: []byte{}, CreatedAt: u.CreatedAt})
}

func uploadOf(r store.Upload) *Upload {
	return &Upload{Company: r.CompanyID, ID: r.UploadID, UID: val(r.UID), CreatedAt: r.CreatedAt, Kind: r.Kind, OfRules: r.OfRules, MediaFacts: MediaFacts{Mime: r.Mime, Size: r.Size,
		Width: int(r.Width), Height: int(r.Height), Length: time.Duration(r.LengthMs) * time.Millisecond, Thumb: r.Thumb, Play: r.Play}}
}

// Key is where its bytes are kept.
func (u *Upload) Key() string { return key(u.Company, u.CreatedAt, u.ID) }

// Type is that of a message which carries it.
func (u *Upload) Type() int16 {
	switch u.Kind {
	case uploadKinds[TypeImage]:
		return TypeImage
	case uploadKinds[TypeVoice]:
		return TypeVoice
	}
	return TypeVideo
}

// uploadKinds are what messages of a type carry; of type 0 it is the picture of a mini program's card.
var uploadKinds = map[int16]string{TypeImage: "image", TypeVoice: "voice", TypeVideo: "video", TypeOther: "image"}

// fill puts an upload into what a message carries.
func (d *Data) fill(u *Upload) {
	d.Media, d.MediaID, d.ResourcesID, d.FileURL = MediaKept, "", u.ID.String(), fileURL(u.ID)
	d.facts(&u.MediaFacts)
}

func fileURL(x id.ID) string { return "/api/v1/media/" + x.String() }

// attach fills a reply with what was uploaded for it. What another agent uploaded is not found, unless it goes with a quick reply that the
// agent has at hand, or was sent already and is sent again.
func (x *changing) attach(ctx context.Context, who Agent, r *Reply) error {
	if r.Data.ResourcesID == "" {
		return nil
	}
	name, err := id.Parse(r.Data.ResourcesID)
	if err != nil {
		return refuse(Missing, "upload.missing")
	}
	row, err := x.q.UploadHold(ctx, store.UploadHoldParams{CompanyID: who.Company, UploadID: name})
	if err != nil {
		return missing(err, "upload.missing")
	}
	u := uploadOf(row)
	if r.Of == 0 && u.UID != 0 && u.UID != who.UID {
		if ok, err := atHand(ctx, x.q, x.company, who.UID, false, name); err != nil {
			return err
		} else if !ok {
			return refuse(Missing, "upload.missing")
		}
	}
	if u.Kind != uploadKinds[r.Type] {
		return refuse(Invalid, "upload.other-kind")
	}
	r.Data.fill(u)
	return nil
}

// upload is one as whoever may see the session finds it there: it was sent in it, or is about to be by the asker, who uploaded it or has it
// at hand.
func (d *Desk) upload(ctx context.Context, who Agent, session *id.ID, name id.ID) (*Message, error) {
	q := d.store.Of(who.Company)
	row, err := q.UploadGet(ctx, store.UploadGetParams{CompanyID: who.Company, UploadID: name})
	if err != nil {
		return nil, missing(err, "message.missing")
	}
	u := uploadOf(row)
	if session == nil || u.UID != 0 && u.UID == who.UID {
		return uploadMessage(u), nil
	}
	_, err = q.UploadUse(ctx, store.UploadUseParams{CompanyID: who.Company, UploadID: name, SessionID: session})
	if errors.Is(err, store.ErrNone) {
		return d.QuickImage(ctx, who, name)
	} else if err != nil {
		return nil, err
	}
	return uploadMessage(u), nil
}

// uploadMessage is an upload as those who serve bytes take it.
func uploadMessage(u *Upload) *Message {
	m := &Message{Company: u.Company, ID: u.ID, CreatedAt: u.CreatedAt, Type: u.Type()}
	m.Data.fill(u)
	return m
}

// UploadAt is what a message carries, and what WeChat calls it at the message's account; "": nothing, any more.
func (d *Desk) UploadAt(ctx context.Context, m *Message, kind string) (u *Upload, mediaID string, err error) {
	name, err := id.Parse(m.Data.ResourcesID)
	if err != nil {
		return nil, "", err
	}
	q := d.store.Of(m.Company)
	row, err := q.UploadGet(ctx, store.UploadGetParams{CompanyID: m.Company, UploadID: name})
	if err != nil {
		return nil, "", missing(err, "upload.missing")
	}
	known, err := q.UploadMediaGet(ctx, store.UploadMediaGetParams{CompanyID: m.Company, UploadID: name, AppID: m.AppID, Kind: kind, At: d.now()})
	if err != nil && !errors.Is(err, store.ErrNone) {
		return nil, "", err
	}
	return uploadOf(row), known.MediaID, nil
}

// UploadKnown keeps what WeChat calls an upload at an account, for so long. What rules answer with is known to every process from the next
// callback on.
func (d *Desk) UploadKnown(ctx context.Context, u *Upload, appid, kind, mediaID string, life time.Duration) error {
	return d.store.Tx(ctx, u.Company, func(q *store.Queries) error {
		err := q.UploadMediaPut(ctx, store.UploadMediaPutParams{CompanyID: u.Company, UploadID: u.ID, AppID: appid, Kind: kind, MediaID: mediaID, Until: d.now().Add(life)})
		if err != nil || !u.OfRules {
			return err
		}
		return q.CompanyTouch(ctx, u.Company)
	})
}

// UploadUnknown says that WeChat does not know what a message carries by the name it had.
func (d *Desk) UploadUnknown(ctx context.Context, m *Message) error {
	name, err := id.Parse(m.Data.ResourcesID)
	if err != nil {
		return err
	}
	return d.store.Tx(ctx, m.Company, func(q *store.Queries) error {
		if err := q.UploadMediaDrop(ctx, store.UploadMediaDropParams{CompanyID: m.Company, UploadID: name, AppID: m.AppID}); err != nil {
			return err
		}
		return q.CompanyTouch(ctx, m.Company) // a rule may answer with it
	})
}

// DropUploads removes what nobody sent for a day. The row goes first, and comes back where remove fails: whoever would send it meanwhile
// waits, and finds it whole or gone.
func (d *Desk) DropUploads(ctx context.Context, most int, remove func(context.Context, Forgotten) error) (dropped int, err error) {
	before := d.now().Add(-uploadLife)
	err = d.EachCompanies(ctx, func(companies []id.ID) error {
		rows, err := d.store.Across(companies).UploadsStale(ctx, store.UploadsStaleParams{CompanyIDs: companies, Before: before, Max: int32(most)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			n, err := d.dropUpload(ctx, uploadOf(r), remove)
			if err != nil {
				return err
			}
			dropped += n
		}
		return nil
	})
	return dropped, err
}

func (d *Desk) dropUpload(ctx context.Context, u *Upload, remove func(context.Context, Forgotten) error) (dropped int, err error) {
	err = d.store.Tx(ctx, u.Company, func(q *store.Queries) error {
		n, err := q.UploadDrop(ctx, store.UploadDropParams{CompanyID: u.Company, UploadID: u.ID})
		if dropped = int(n); err != nil || n == 0 {
			return err
		}
		return remove(ctx, Forgotten{Company: u.Company, Media: []string{u.Key()}})
	})
	if err != nil {
		return 0, fmt.Errorf("remove the upload %s: %w", u.ID, err)
	}
	return dropped, nil
}

// forgetUploads removes what was sent to this customer and to nobody else.
func (d *Desk) forgetUploads(ctx context.Context, company id.ID, appid, openid string, remove func(context.Context, Forgotten) error) error {
	q := d.store.Of(company)
	rows, err := q.UploadsOfCustomer(ctx, store.UploadsOfCustomerParams{CompanyID: company, AppID: appid, OpenID: openid})
	if err != nil {
		return err
	}
	if err := q.UploadUsesForget(ctx, store.UploadUsesForgetParams{CompanyID: company, AppID: appid, OpenID: openid}); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := d.dropUpload(ctx, uploadOf(r), remove); err != nil {
			return err
		}
	}
	return nil
}
