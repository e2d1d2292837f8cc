package desk

import (
	"cmp"
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"weir/internal/id"
	"weir/internal/pinyin"
	"weir/internal/store"
)

// Limits of a quick reply.
const (
	QuickTitleMost    = 60   // characters
	QuickShortcutMost = 20   // characters
	QuickTextMost     = 2000 // characters
	QuickImagesMost   = 4    // with a text before them, as many as WeChat takes
	QuickMost         = 500  // that one owner has
	quickUndo         = 24 * time.Hour
)

// Owner is whose a quick reply is: an agent's own, a group's, or with neither the company's.
type Owner struct{ UID, Group int64 }

// Quick is what is written again and again.
type Quick struct {
	ID int64
	Owner
	Title, Shortcut string
	Text            string    // with variables in braces; "": it is pictures alone
	Images          []*Upload // sent after the text, in order
	Used            int64     // how often it was sent
	UsedAt          *time.Time
	Readings        string // how the title is read (package pinyin)
	CreatedAt       time.Time
}

// quickVariable is what can be filled in, in both languages: either may be written, whatever the company speaks.
type quickVariable struct {
	zh, en string
	value  func(*Company, *Salutation) string
}

var quickVariables = []quickVariable{
	{"{客户}", "{customer}", func(_ *Company, s *Salutation) string { return s.Customer }},
	{"{客服}", "{agent}", func(_ *Company, s *Salutation) string { return s.Agent }},
	{"{公众号}", "{account}", func(_ *Company, s *Salutation) string { return s.Account }},
	{"{商户}", "{company}", func(c *Company, _ *Salutation) string { return c.Name }},
	{"{问候}", "{greeting}", func(c *Company, s *Salutation) string { return greetingText(c, s.Now) }},
	{"{日期}", "{today}", func(c *Company, s *Salutation) string { return todayText(c, s.Now) }},
}

// QuickVariables are what may be filled in, in braces, as a language writes it.
func QuickVariables(locale string) []string {
	out := make([]string, len(quickVariables))
	for i, v := range quickVariables {
		if out[i] = v.zh; locale == "en" {
			out[i] = v.en
		}
	}
	return out
}

// Salutation is who writes to whom, and when.
type Salutation struct {
	Customer, Agent, Account string // "": not known
	Now                      time.Time
}

// FillQuick is a text with its variables filled in. What nobody knows is left standing: whoever sends it sees the gap.
func (c *Company) FillQuick(text string, s Salutation) string {
	var pairs []string
	for _, v := range quickVariables {
		if value := v.value(c, &s); value != "" {
			pairs = append(pairs, v.zh, value, v.en, value)
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// QuickGaps are the variables that stand in a text, each once.
func QuickGaps(text string) (out []string) {
	for _, v := range variable.FindAllString(text, -1) {
		if quickKnown(v) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func quickKnown(name string) bool {
	return slices.ContainsFunc(quickVariables, func(v quickVariable) bool { return v.zh == name || v.en == name })
}

// greetingText greets by the time of day.
func greetingText(c *Company, t time.Time) string {
	hour, zh := t.In(c.Location).Hour(), c.Locale != "en"
	say := func(chinese, english string) string {
		if zh {
			return chinese
		}
		return english
	}
	switch {
	case hour < 5:
		return say("晚上好", "Good evening")
	case hour < 9:
		return say("早上好", "Good morning")
	case hour < 12:
		return say("上午好", "Good morning")
	case hour < 14:
		return say("中午好", "Good afternoon")
	case hour < 18:
		return say("下午好", "Good afternoon")
	}
	return say("晚上好", "Good evening")
}

func todayText(c *Company, t time.Time) string {
	if c.Locale == "en" {
		return t.In(c.Location).Format("2 January")
	}
	return t.In(c.Location).Format("1月2日")
}

var shortcutShape = regexp.MustCompile(`^[\p{L}\p{N}_-]*$`)

// Tidy puts what people wrote into the shape in which it is kept.
func (q *Quick) Tidy() {
	q.Title, q.Shortcut = strings.Join(strings.Fields(q.Title), " "), pinyin.Fold(strings.TrimSpace(q.Shortcut))
	q.Text = formText(q.Text)
}

// Faults are what is wrong with a quick reply by itself, each a Refusal. locale is of whoever wrote it.
func (q *Quick) Faults(locale string) (faults []error) {
	not := func(bad bool, say string, args ...any) {
		if bad {
			faults = append(faults, refuse(Invalid, say, args...))
		}
	}
	not(q.Title == "" || utf8.RuneCountInString(q.Title) > QuickTitleMost, "quick.title", QuickTitleMost)
	not(utf8.RuneCountInString(q.Shortcut) > QuickShortcutMost || !shortcutShape.MatchString(q.Shortcut), "quick.shortcut", QuickShortcutMost)
	not(q.Text == "" && len(q.Images) == 0, "quick.nothing")
	not(utf8.RuneCountInString(q.Text) > QuickTextMost, "quick.long", QuickTextMost)
	not(len(q.Images) > QuickImagesMost, "quick.images", QuickImagesMost)
	not(q.UID != 0 && q.Group != 0, "quick.one-owner")
	for _, v := range variable.FindAllString(q.Text, -1) {
		not(!quickKnown(v), "quick.variable", v, strings.Join(QuickVariables(locale), " "))
	}
	return faults
}

// QuickRow is how a new one is kept.
func (q *Quick) QuickRow(company id.ID) store.QuickReplyInsertParams {
	return store.QuickReplyInsertParams{CompanyID: company, UID: ptr(q.UID), GroupID: ptr(q.Group), Title: q.Title, Shortcut: q.Shortcut, Pinyin: pinyin.Readings(q.Title), Text: q.Text}
}

func quickOf(r store.QuickReply) Quick {
	return Quick{ID: r.QuickID, Owner: Owner{val(r.UID), val(r.GroupID)}, Title: r.Title, Shortcut: r.Shortcut, Text: r.Text, Used: r.Used, UsedAt: r.UsedAt, Readings: r.Pinyin, CreatedAt: r.CreatedAt}
}

// QuickHit is a quick reply that fits what was typed, and where.
type QuickHit struct {
	Quick
	Code                    string      // what finds it fastest: the shortcut, or the initials of the title
	InTitle, InCode, InText pinyin.Span // what was typed; empty: not there
	rank                    int         // the lower the better it fits
}

// Shown is a quick reply as it is listed when nothing was typed.
func (q *Quick) Shown() QuickHit {
	h, _ := q.match("")
	return h
}

// match says where a quick reply is what was typed; false: nowhere. Nothing typed fits all.
func (q *Quick) match(typed string) (QuickHit, bool) {
	h := QuickHit{Quick: *q, Code: q.Shortcut}
	if h.Code == "" {
		h.Code = pinyin.Initials(q.Readings)
	}
	typed = pinyin.Fold(strings.TrimSpace(typed))
	if typed == "" {
		return h, true
	}
	title, titled := pinyin.Find(q.Title, q.Readings, typed)
	code, coded := pinyin.Within(h.Code, strings.ReplaceAll(typed, " ", ""))
	text, texted := pinyin.Within(q.Text, typed)
	h.InTitle, h.InCode, h.InText = title.Span, code, text
	switch {
	case q.Shortcut == typed:
		h.rank = 0
	case coded && code.From == 0, titled && title.From == 0:
		h.rank = 1
	case titled, coded:
		h.rank = 2
	default:
		h.rank = 3
	}
	return h, titled || coded || texted
}

// rankQuick are those that fit what was typed, the best first, then what is used most.
func rankQuick(all []Quick, typed string) []QuickHit {
	var out []QuickHit
	for i := range all {
		if h, fits := all[i].match(typed); fits {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b QuickHit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.Used, a.Used), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// quickRead is how many are looked through at most.
const quickRead = 5000

// FindQuick are those that an agent has at hand and that fit what was typed, at most so many, and how many there are.
func (d *Desk) FindQuick(ctx context.Context, who Agent, typed string, most int) (found []QuickHit, total int, err error) {
	c, err := d.companies.now(ctx, who.Company)
	if err != nil {
		return nil, 0, err
	}
	rows, err := d.store.Of(who.Company).QuickRepliesVisible(ctx, store.QuickRepliesVisibleParams{CompanyID: who.Company, UID: who.UID, GroupIDs: c.GroupsOf(who.UID), Max: quickRead})
	if err != nil {
		return nil, 0, err
	}
	return d.foundQuick(ctx, who.Company, rows, typed, most)
}

func (d *Desk) foundQuick(ctx context.Context, company id.ID, rows []store.QuickReply, typed string, most int) (found []QuickHit, total int, err error) {
	all := make([]Quick, len(rows))
	for i := range rows {
		all[i] = quickOf(rows[i])
	}
	found = rankQuick(all, typed)
	total = len(found)
	found = found[:min(most, total)]
	shown := make([]*Quick, len(found))
	for i := range found {
		shown[i] = &found[i].Quick
	}
	return found, total, d.quickImages(ctx, company, shown)
}

// quickImages puts their pictures to quick replies.
func (d *Desk) quickImages(ctx context.Context, company id.ID, all []*Quick) error {
	at := make(map[int64]*Quick, len(all))
	ids := make([]int64, len(all))
	for i, q := range all {
		at[q.ID], ids[i] = q, q.ID
	}
	rows, err := d.store.Of(company).QuickImagesOf(ctx, store.QuickImagesOfParams{CompanyID: company, QuickIDs: ids})
	for _, r := range rows {
		at[r.QuickID].Images = append(at[r.QuickID].Images, uploadOf(r.Upload))
	}
	return err
}

// quickRights are what somebody may do with quick replies.
type quickRights struct {
	who     Agent
	company *Company
	all     bool // the company itself, or who looks after others: what is the company's and the groups'
}

func (d *Desk) quickRights(ctx context.Context, who Agent) (r quickRights, err error) {
	r = quickRights{who: who, all: who.UID == 0}
	if r.company, err = d.companies.now(ctx, who.Company); err != nil || who.UID == 0 {
		return r, err
	}
	a, err := d.store.Of(who.Company).AgentGet(ctx, store.AgentGetParams{CompanyID: who.Company, UID: who.UID})
	r.all = supervises(&a)
	return r, missing(err, "agent.missing")
}

// sees: their own, those of their groups, the company's; who looks after others, those of all groups. Only the company itself sees what
// is somebody else's own.
func (r *quickRights) sees(o Owner) bool {
	switch {
	case r.who.UID == 0:
		return true
	case o.UID != 0:
		return o.UID == r.who.UID
	}
	return o.Group == 0 || r.all || r.company.Groups[o.Group] != nil && r.company.Groups[o.Group].in[r.who.UID]
}

func (r *quickRights) changes(o Owner) bool {
	return r.who.UID == 0 || o.UID != 0 && o.UID == r.who.UID || o.UID == 0 && r.all
}

// QuickOwners are whose quick replies somebody may look at: their own, the company's, and groups'; and whether they may change the last two.
func (d *Desk) QuickOwners(ctx context.Context, who Agent) (groups []int64, changes bool, err error) {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return nil, false, err
	}
	for n := range r.company.Groups {
		if r.sees(Owner{Group: n}) {
			groups = append(groups, n)
		}
	}
	slices.SortFunc(groups, func(a, b int64) int {
		return cmp.Or(strings.Compare(r.company.Groups[a].Name, r.company.Groups[b].Name), cmp.Compare(a, b))
	})
	return groups, r.all, nil
}

// Quicks are a page of an owner's, the newest first, from before one (0: from the newest). Of words that were typed, the best that fit,
// on one page.
func (d *Desk) Quicks(ctx context.Context, who Agent, o Owner, typed string, before int64, most int) (found []QuickHit, total int, err error) {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return nil, 0, err
	}
	if !r.sees(o) || o.Group != 0 && r.company.Groups[o.Group] == nil {
		return nil, 0, refuse(Missing, "quick.missing")
	}
	p := store.QuickRepliesPageParams{CompanyID: who.Company, UID: ptr(o.UID), GroupID: ptr(o.Group), Before: before, Max: int32(most)}
	if before == 0 || typed != "" {
		p.Before = math.MaxInt64
	}
	if typed != "" {
		p.Max = QuickMost
	}
	rows, err := d.store.Of(who.Company).QuickRepliesPage(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	if typed != "" {
		return d.foundQuick(ctx, who.Company, rows, typed, most)
	}
	found, shown := make([]QuickHit, len(rows)), make([]*Quick, len(rows))
	for i := range rows {
		q := quickOf(rows[i])
		found[i] = q.Shown()
		shown[i] = &found[i].Quick
	}
	return found, len(found), d.quickImages(ctx, who.Company, shown)
}

// AllQuicks are a page of a company's, in the order in which they were made, after one: of an agent or of a group, or of all (0).
func (d *Desk) AllQuicks(ctx context.Context, company id.ID, o Owner, after int64, most int) ([]Quick, error) {
	rows, err := d.store.Of(company).QuickRepliesAll(ctx, store.QuickRepliesAllParams{CompanyID: company, UID: ptr(o.UID), GroupID: ptr(o.Group), After: after, Max: int32(most)})
	if err != nil {
		return nil, err
	}
	out, shown := make([]Quick, len(rows)), make([]*Quick, len(rows))
	for i := range rows {
		out[i] = quickOf(rows[i])
		shown[i] = &out[i]
	}
	return out, d.quickImages(ctx, company, shown)
}

// Quick is one that somebody may look at; changes: they may change it.
func (d *Desk) Quick(ctx context.Context, who Agent, quick int64) (q *Quick, changes bool, err error) {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return nil, false, err
	}
	row, err := d.quickRow(ctx, &r, quick)
	if err == nil && row.DeletedAt != nil {
		err = refuse(Missing, "quick.missing")
	}
	if err != nil {
		return nil, false, err
	}
	out := quickOf(row)
	return &out, r.changes(out.Owner), d.quickImages(ctx, who.Company, []*Quick{&out})
}

// quickRow is one that somebody may look at, or that was deleted.
func (d *Desk) quickRow(ctx context.Context, r *quickRights, quick int64) (store.QuickReply, error) {
	row, err := d.store.Of(r.who.Company).QuickReplyGet(ctx, store.QuickReplyGetParams{CompanyID: r.who.Company, QuickID: quick})
	if err != nil {
		return row, missing(err, "quick.missing")
	}
	if !r.sees(Owner{val(row.UID), val(row.GroupID)}) {
		return row, refuse(Missing, "quick.missing")
	}
	return row, nil
}

// PutQuick makes a quick reply (of number 0), or makes one match.
func (d *Desk) PutQuick(ctx context.Context, who Agent, q Quick) (*Quick, error) {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return nil, err
	}
	if q.ID != 0 {
		if _, changes, err := d.Quick(ctx, who, q.ID); err != nil {
			return nil, err
		} else if !changes {
			return nil, refuse(Denied, "quick.not-yours")
		}
	}
	if err := q.place(&r); err != nil {
		return nil, err
	}
	err = d.store.Tx(ctx, who.Company, func(tx *store.Queries) error {
		row, err := q.keep(ctx, tx, who.Company)
		if err != nil {
			return err
		}
		images := q.Images
		q = quickOf(row)
		q.Images, err = holdImages(ctx, tx, &r, q.ID, images)
		return err
	})
	switch {
	case store.Conflict(err):
		return nil, refuse(Taken, "quick.title-taken", q.Title)
	case store.Dangling(err): // its agent or group was removed a moment ago
		return nil, refuse(Invalid, "quick.one-owner")
	case err != nil:
		return nil, err
	}
	return &q, nil
}

// place refuses what cannot be kept, or not by whom it says.
func (q *Quick) place(r *quickRights) error {
	q.Tidy()
	switch {
	case q.Group != 0 && r.company.Groups[q.Group] == nil:
		return refuse(Invalid, "quick.group")
	case r.who.UID == 0 && q.UID != 0 && r.company.AgentName(q.UID) == "":
		return refuse(Invalid, "quick.agent")
	case !r.changes(q.Owner):
		return refuse(Denied, "quick.not-yours")
	}
	if faults := q.Faults(r.company.Locale); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// keep writes the row.
func (q *Quick) keep(ctx context.Context, tx *store.Queries, company id.ID) (store.QuickReply, error) {
	row := q.QuickRow(company)
	if q.ID != 0 {
		out, err := tx.QuickReplyUpdate(ctx, store.QuickReplyUpdateParams{CompanyID: company, QuickID: q.ID, UID: row.UID, GroupID: row.GroupID, Title: row.Title, Shortcut: row.Shortcut, Pinyin: row.Pinyin, Text: row.Text})
		return out, missing(err, "quick.missing")
	}
	n, err := tx.QuickRepliesCount(ctx, store.QuickRepliesCountParams{CompanyID: company, UID: row.UID, GroupID: row.GroupID})
	if err != nil {
		return store.QuickReply{}, err
	}
	if n >= QuickMost {
		return store.QuickReply{}, refuse(Denied, "quick.many", QuickMost)
	}
	return tx.QuickReplyInsert(ctx, row)
}

// holdImages makes these the pictures of a quick reply. Those that it has stay whoever brought them; new ones are the writer's.
func holdImages(ctx context.Context, tx *store.Queries, r *quickRights, quick int64, images []*Upload) (out []*Upload, err error) {
	company := r.who.Company
	had, err := tx.QuickImagesOf(ctx, store.QuickImagesOfParams{CompanyID: company, QuickIDs: []int64{quick}})
	if err != nil {
		return nil, err
	}
	if err := tx.QuickImagesDrop(ctx, store.QuickImagesDropParams{CompanyID: company, QuickID: quick}); err != nil {
		return nil, err
	}
	for i, image := range images {
		row, err := tx.UploadHold(ctx, store.UploadHoldParams{CompanyID: company, UploadID: image.ID})
		if err != nil {
			return nil, missing(err, "upload.missing")
		}
		u := uploadOf(row)
		stays := slices.ContainsFunc(had, func(h store.QuickImagesOfRow) bool { return h.Upload.UploadID == u.ID })
		switch {
		case !stays && u.UID != 0 && u.UID != r.who.UID:
			return nil, refuse(Missing, "upload.missing")
		case u.Kind != uploadKinds[TypeImage]:
			return nil, refuse(Invalid, "quick.image-kind")
		}
		if err := tx.QuickImageInsert(ctx, store.QuickImageInsertParams{CompanyID: company, QuickID: quick, Place: int16(i), UploadID: u.ID}); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// DropQuick deletes a quick reply; for a day it can be taken back.
func (d *Desk) DropQuick(ctx context.Context, who Agent, quick int64) error {
	now := d.now()
	return d.setQuickDeleted(ctx, who, quick, &now)
}

// RestoreQuick takes back that one was deleted.
func (d *Desk) RestoreQuick(ctx context.Context, who Agent, quick int64) error {
	return d.setQuickDeleted(ctx, who, quick, nil)
}

// setQuickDeleted deletes one, or takes it back (nil). Whose day is over goes for good on the way.
func (d *Desk) setQuickDeleted(ctx context.Context, who Agent, quick int64, at *time.Time) error {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return err
	}
	row, err := d.quickRow(ctx, &r, quick)
	switch {
	case err != nil:
		return err
	case at != nil && row.DeletedAt != nil, at == nil && row.DeletedAt != nil && row.DeletedAt.Before(d.now().Add(-quickUndo)):
		return refuse(Missing, "quick.missing")
	case !r.changes(Owner{val(row.UID), val(row.GroupID)}):
		return refuse(Denied, "quick.not-yours")
	}
	err = d.store.Tx(ctx, who.Company, func(q *store.Queries) error {
		if err := q.QuickRepliesDrop(ctx, store.QuickRepliesDropParams{CompanyID: who.Company, Before: ptr(d.now().Add(-quickUndo))}); err != nil {
			return err
		}
		_, err := q.QuickReplyDeletedSet(ctx, store.QuickReplyDeletedSetParams{CompanyID: who.Company, QuickID: quick, DeletedAt: at})
		return err
	})
	if store.Conflict(err) {
		return refuse(Taken, "quick.title-taken", row.Title)
	}
	return err
}

// usesQuick counts that a quick reply is sent. One that is gone by now, or that the agent does not have, is not counted: what was made of it
// is sent all the same.
func (x *changing) usesQuick(ctx context.Context, who Agent, r *Reply, now time.Time) error {
	if r.Quick == 0 {
		return nil
	}
	return x.q.QuickReplyUse(ctx, store.QuickReplyUseParams{CompanyID: who.Company, QuickID: r.Quick, UID: who.UID, GroupIDs: x.company.GroupsOf(who.UID), At: now})
}

// atHand says whether a picture goes with a quick reply that an agent has at hand; all: or with any that is no agent's own.
func atHand(ctx context.Context, q *store.Queries, c *Company, uid int64, all bool, upload id.ID) (bool, error) {
	return q.QuickRepliesWithUpload(ctx, store.QuickRepliesWithUploadParams{CompanyID: c.CompanyID, UploadID: upload, UID: uid, GroupIDs: c.GroupsOf(uid), AllGroups: all})
}

// QuickImage is a picture that somebody uploaded, or that goes with a quick reply which they may look at.
func (d *Desk) QuickImage(ctx context.Context, who Agent, name id.ID) (*Message, error) {
	r, err := d.quickRights(ctx, who)
	if err != nil {
		return nil, err
	}
	q := d.store.Of(who.Company)
	row, err := q.UploadGet(ctx, store.UploadGetParams{CompanyID: who.Company, UploadID: name})
	if err != nil {
		return nil, missing(err, "message.missing")
	}
	if u := uploadOf(row); u.UID == 0 || u.UID != who.UID {
		if ok, err := atHand(ctx, q, r.company, who.UID, r.all, name); err != nil {
			return nil, err
		} else if !ok {
			return nil, refuse(Missing, "message.missing")
		}
	}
	return uploadMessage(uploadOf(row)), nil
}
