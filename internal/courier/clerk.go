package courier

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"weir/internal/desk"
	"weir/internal/id"
	"weir/internal/wechat"
)

const (
	clerkPause  = 250 * time.Millisecond // between calls: at most 400 customers a second are asked about
	clerkMost   = wechat.UserInfoBatch
	clerkLater  = 6 * time.Hour // where the account may not ask
	tagsFresh   = time.Hour     // how long an account's tags are believed to be called as WeChat said
	forgetEvery = time.Hour
)

// Clerk keeps what is known of customers in step with WeChat: it asks about who is new, pushes the remarks and tags that people here chose,
// has the QR codes of channels made, reads the templates of accounts, and makes nameless who left and is to be forgotten. Customers are claimed in PostgreSQL, so any number of processes may have one.
type Clerk struct {
	desk    *desk.Desk
	client  *wechat.Client
	tokens  *wechat.Tokens
	fetcher *Fetcher
	feeds   Feeds
	log     *slog.Logger
	asked   quiet // accounts about whose customers WeChat may not be asked any more today
	pushed  quiet // and to which nothing may be pushed
}

// Feeds are where else stands what customers said.
type Feeds interface {
	Forget(ctx context.Context, company id.ID, appid, openid string) error
}

// NewClerk makes a clerk; the fetcher is asked to remove the media of who is forgotten, and the feeds their words.
func NewClerk(d *desk.Desk, client *wechat.Client, tokens *wechat.Tokens, f *Fetcher, feeds Feeds, log *slog.Logger) *Clerk {
	return &Clerk{desk: d, client: client, tokens: tokens, fetcher: f, feeds: feeds, log: log}
}

// Run works until the context ends.
func (k *Clerk) Run(ctx context.Context) {
	tick := time.NewTicker(dueEvery)
	defer tick.Stop()
	var forgot time.Time
	for {
		for k.ask(ctx) && rest(ctx) {
		}
		for k.push(ctx) && rest(ctx) {
		}
		for k.makeCodes(ctx) && rest(ctx) {
		}
		for k.readTemplates(ctx) && rest(ctx) {
		}
		if time.Since(forgot) > forgetEvery {
			forgot = time.Now()
			k.Forget(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// rest keeps the calls apart.
func rest(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(clerkPause):
		return true
	}
}

// Forget makes nameless who is to be forgotten, and removes what was uploaded and never sent.
func (k *Clerk) Forget(ctx context.Context) {
	if _, err := k.desk.DropUploads(ctx, 200, k.remove); err != nil && ctx.Err() == nil {
		k.log.Error("could not remove what was uploaded and not sent", "err", err)
	}
	n, err := k.desk.Forget(ctx, 200, k.remove)
	if err != nil && ctx.Err() == nil {
		k.log.Error("could not forget customers who left", "err", err)
	}
	if n > 0 {
		k.log.Info("customers who left were made nameless", "customers", n)
	}
}

// remove removes what is kept of a customer outside the database.
func (k *Clerk) remove(ctx context.Context, f desk.Forgotten) error {
	for _, key := range f.Media {
		if err := k.fetcher.Forget(ctx, key); err != nil {
			return err
		}
	}
	if f.OpenID == "" { // it was uploaded, and said to nobody
		return nil
	}
	return k.feeds.Forget(ctx, f.Company, f.AppID, f.OpenID)
}

// ask asks about one batch of customers; more says that there may be others.
func (k *Clerk) ask(ctx context.Context) (more bool) {
	people, err := k.desk.TakeProfiles(ctx, clerkMost)
	if err != nil && ctx.Err() == nil {
		k.log.Error("could not look for customers to ask about", "err", err)
	}
	type account struct {
		company id.ID
		appid   string
	}
	byAccount := map[account][]desk.Person{}
	for _, p := range people {
		at := account{p.Company, p.AppID}
		byAccount[at] = append(byAccount[at], p)
	}
	for at, of := range byAccount {
		for batch := range slices.Chunk(of, clerkMost) {
			if err := k.askAbout(ctx, batch); err != nil && ctx.Err() == nil {
				k.log.Warn("WeChat tells nothing of customers", "appid", at.appid, "customers", len(batch), "err", err)
			}
		}
	}
	return len(people) > 0 // those of other companies may wait, too
}

// askAbout asks about customers of one account. One whom WeChat does not know spoils the batch, so they are asked about singly then.
func (k *Clerk) askAbout(ctx context.Context, batch []desk.Person) error {
	company, appid := batch[0].Company, batch[0].AppID
	if left := k.asked.left(appid, time.Now()); left > 0 {
		return k.postpone(ctx, batch, left)
	}
	openids, asked := make([]string, len(batch)), time.Now()
	for i, p := range batch {
		openids[i] = p.OpenID
	}
	var told []wechat.UserInfo
	var names map[int]string
	err := k.tokens.Do(ctx, appid, func(token string) (err error) {
		if told, err = k.client.UserInfos(ctx, token, openids); err != nil {
			return err
		}
		names, err = k.tagNames(ctx, token, company, appid, told)
		return err
	})
	switch {
	case err == nil:
		return k.keep(ctx, batch, told, names, asked)
	case wechat.Classify(err) != wechat.Unreachable:
		return errors.Join(err, k.later(ctx, batch, err))
	case len(batch) == 1:
		return k.desk.LaterProfile(ctx, batch[0], 0)
	}
	for _, p := range batch {
		if err := k.askAbout(ctx, []desk.Person{p}); err != nil {
			return err
		}
		if !rest(ctx) {
			return ctx.Err()
		}
	}
	return nil
}

// later leaves customers claimed for a moment where it is WeChat's trouble, and for long where the account may not ask.
func (k *Clerk) later(ctx context.Context, batch []desk.Person, err error) error {
	switch class := wechat.Classify(err); class {
	case wechat.Credentials, wechat.Permanent:
		return k.postpone(ctx, batch, clerkLater)
	case wechat.DailyQuota:
		wait, _ := wechat.RetryAfter(class, 1, time.Now(), rand.Float64)
		k.asked.keep(batch[0].AppID, wait, time.Now())
		return k.postpone(ctx, batch, wait)
	}
	return nil // the claim ends by itself
}

// postpone has WeChat asked about customers after a wait.
func (k *Clerk) postpone(ctx context.Context, batch []desk.Person, wait time.Duration) error {
	for _, p := range batch {
		if err := k.desk.LaterProfile(ctx, p, wait); err != nil {
			return err
		}
	}
	return nil
}

// tagNames are how the account's tags are called. WeChat is asked where one of these customers has a tag that is not known, and once in a while,
// for tags are renamed; an account that may not ask and whose customers have none goes on without.
func (k *Clerk) tagNames(ctx context.Context, token string, company id.ID, appid string, of []wechat.UserInfo) (map[int]string, error) {
	known, at, err := k.desk.AccountTags(ctx, company, appid)
	if err != nil {
		return nil, err
	}
	has := slices.ContainsFunc(of, func(u wechat.UserInfo) bool { return len(u.TagIDs) > 0 })
	lacks := slices.ContainsFunc(of, func(u wechat.UserInfo) bool {
		return slices.ContainsFunc(u.TagIDs, func(t int) bool { return known[t] == "" })
	})
	if !lacks && time.Since(at) < tagsFresh {
		return known, nil
	}
	tags, err := k.accountTags(ctx, token, company, appid)
	if err != nil && !has && wechat.Classify(err) == wechat.Permanent {
		return nil, k.desk.KeepAccountTags(ctx, company, appid, known) // not asked again before long
	}
	return tags, err
}

// accountTags asks WeChat for an account's tags, and keeps them.
func (k *Clerk) accountTags(ctx context.Context, token string, company id.ID, appid string) (map[int]string, error) {
	tags, err := k.client.Tags(ctx, token)
	if err != nil {
		return nil, err
	}
	names := make(map[int]string, len(tags))
	for _, t := range tags {
		names[t.ID] = t.Name
	}
	return names, k.desk.KeepAccountTags(ctx, company, appid, names)
}

func (k *Clerk) keep(ctx context.Context, batch []desk.Person, told []wechat.UserInfo, names map[int]string, asked time.Time) error {
	byOpenID := make(map[string]*wechat.UserInfo, len(told))
	for i := range told {
		byOpenID[told[i].OpenID] = &told[i]
	}
	for _, p := range batch {
		u := byOpenID[p.OpenID]
		if u == nil {
			continue // the claim ends by itself
		}
		profile := desk.Profile{Asked: asked, Subscribed: u.Subscribed, UnionID: u.UnionID, Remark: u.Remark, Scene: u.Scene, QRScene: u.QRSceneText, SubscribedAt: u.SubscribedAt}
		for _, t := range u.TagIDs {
			if names[t] != "" {
				profile.Tags = append(profile.Tags, names[t])
			}
		}
		slices.Sort(profile.Tags)
		if err := k.desk.KeepProfile(ctx, p, profile); err != nil {
			return err
		}
	}
	return nil
}

// push brings one customer's remark and tags to WeChat; more says that there may be others.
func (k *Clerk) push(ctx context.Context) (more bool) {
	const most = 20
	pushes, err := k.desk.TakePushes(ctx, most)
	if err != nil && ctx.Err() == nil {
		k.log.Error("could not look for remarks and tags to push", "err", err)
	}
	for i := range pushes {
		if err := k.pushOne(ctx, &pushes[i]); err != nil && ctx.Err() == nil {
			k.log.Error("could not keep what became of a remark or tags", "openid", pushes[i].OpenID, "err", err)
		}
	}
	return len(pushes) >= most
}

// pushOne pushes a remark and tags, each by itself: a remark that WeChat refuses keeps no tag from it.
func (k *Clerk) pushOne(ctx context.Context, p *desk.Push) error {
	if left := k.pushed.left(p.AppID, time.Now()); left > 0 {
		p.Attempts = 0 // it is not tried, and so is no vain try
		return k.desk.Pushed(ctx, p, desk.Pushing{Failed: true, Code: 45009, Again: left})
	}
	var became desk.Pushing
	if p.Remark != nil {
		became.Remark = k.try(ctx, p, &became, func(token string) error { return k.client.UpdateRemark(ctx, token, p.OpenID, *p.Remark) })
	}
	if p.Tags != nil {
		became.Tags = k.try(ctx, p, &became, func(token string) error { return k.pushTags(ctx, token, p) })
	}
	return k.desk.Pushed(ctx, p, became)
}

// try pushes one of the two. Of what is refused the first reason is told, and the longest wait counts.
func (k *Clerk) try(ctx context.Context, p *desk.Push, became *desk.Pushing, push func(token string) error) (done bool) {
	err := k.tokens.Do(ctx, p.AppID, push)
	if err == nil {
		return true
	}
	k.log.Warn("WeChat does not take a remark or tags", "appid", p.AppID, "openid", p.OpenID, "attempt", p.Attempts, "err", err)
	wait := again(err, p.Attempts)
	if wechat.Classify(err) == wechat.DailyQuota {
		k.pushed.keep(p.AppID, wait, time.Now())
	}
	if !became.Failed {
		became.Code = wechat.Code(err)
	}
	became.Failed, became.Again = true, max(became.Again, wait)
	return false
}

// pushTags makes WeChat's tags of a customer those that were chosen, and tags that the account does not have yet.
func (k *Clerk) pushTags(ctx context.Context, token string, p *desk.Push) error {
	all, err := k.accountTags(ctx, token, p.Company, p.AppID)
	if err != nil {
		return err
	}
	has, err := k.client.TagsOf(ctx, token, p.OpenID)
	if err != nil {
		return err
	}
	ids := make(map[string]int, len(all))
	for n, name := range all {
		ids[name] = n
	}
	for _, n := range has {
		if name := all[n]; name != "" && !slices.Contains(p.Tags, name) {
			if err := k.client.SetTag(ctx, token, p.OpenID, n, false); err != nil {
				return err
			}
		}
	}
	made := false
	for _, name := range p.Tags {
		n, known := ids[name]
		if !known {
			t, err := k.client.CreateTag(ctx, token, name)
			if err != nil {
				return err
			}
			n, made = t.ID, true
			all[n] = name
		}
		if slices.Contains(has, n) {
			continue
		}
		if err := k.client.SetTag(ctx, token, p.OpenID, n, true); err != nil {
			return err
		}
	}
	if made {
		return k.desk.KeepAccountTags(ctx, p.Company, p.AppID, all)
	}
	return nil
}

// makeCodes has WeChat make the QR codes of channels; more says that there may be others.
func (k *Clerk) makeCodes(ctx context.Context) (more bool) {
	const most = 20
	wanted, err := k.desk.TakeCodes(ctx, most)
	if err != nil && ctx.Err() == nil {
		k.log.Error("could not look for QR codes to make", "err", err)
	}
	for i := range wanted {
		if err := k.makeCode(ctx, &wanted[i]); err != nil && ctx.Err() == nil {
			k.log.Error("could not keep what became of a QR code", "channel", wanted[i].Channel, "err", err)
		}
	}
	return len(wanted) >= most
}

// makeCode makes one. A permanent code asked for twice is the same; of a temporary one the other just ends some day.
func (k *Clerk) makeCode(ctx context.Context, w *desk.CodeWanted) error {
	life := time.Duration(0)
	if !w.Permanent {
		life = desk.CodeLife
	}
	var made wechat.QRCode
	err := k.tokens.Do(ctx, w.AppID, func(token string) (err error) {
		made, err = k.client.CreateQRCode(ctx, token, w.Scene, life)
		return err
	})
	if err == nil {
		return k.desk.CodeMade(ctx, w, made.Ticket, made.URL, made.Life)
	}
	k.log.Warn("WeChat does not make a QR code", "appid", w.AppID, "channel", w.Channel, "attempt", w.Attempts, "err", err)
	return k.desk.CodeFailed(ctx, w, wechat.Code(err), again(err, w.Attempts))
}

// readTemplates reads the templates of accounts; more says that there may be others.
func (k *Clerk) readTemplates(ctx context.Context) (more bool) {
	const most = 20
	due, err := k.desk.TakeTemplateReadings(ctx, most)
	if err != nil && ctx.Err() == nil {
		k.log.Error("could not look for templates to read", "err", err)
	}
	for _, r := range due {
		if err := k.readTemplatesOf(ctx, r); err != nil && ctx.Err() == nil {
			k.log.Error("could not keep the templates of an account", "appid", r.AppID, "err", err)
		}
	}
	return len(due) >= most
}

func (k *Clerk) readTemplatesOf(ctx context.Context, r desk.TemplateReading) error {
	var all []desk.Template
	err := k.tokens.Do(ctx, r.AppID, func(token string) (err error) {
		all, err = k.templates(ctx, token)
		return err
	})
	if err == nil {
		return k.desk.KeepTemplates(ctx, r, all)
	}
	k.log.Warn("WeChat tells nothing of templates", "appid", r.AppID, "attempt", r.Attempts, "err", err)
	code := wechat.Code(err)
	if code == 0 {
		code = -1
	}
	return k.desk.TemplatesUnread(ctx, r, code, again(err, r.Attempts))
}

// templates are those of both kinds. An account that may not have the one may have the other.
func (k *Clerk) templates(ctx context.Context, token string) (all []desk.Template, err error) {
	refused := 0
	for _, of := range []struct {
		kind string
		list func(context.Context, string) ([]wechat.Template, error)
	}{{desk.KindTemplate, k.client.Templates}, {desk.KindNotice, k.client.NoticeTemplates}} {
		some, no := of.list(ctx, token)
		if code := wechat.Code(no); code == 48001 || code == 61007 {
			refused++
			err = no
			continue
		} else if no != nil {
			return nil, no
		}
		for _, t := range some {
			one := desk.Template{ID: t.ID, Kind: of.kind, Title: t.Title, Content: t.Content}
			for _, f := range t.Fields() {
				one.Fields = append(one.Fields, desk.TemplateField{Key: f.Key, Label: f.Label, Most: f.Most})
			}
			all = append(all, one)
		}
	}
	if refused < 2 {
		err = nil
	}
	return all, err
}

// again is how long to wait before what WeChat did not do is asked for again; 0: it makes no sense. Done twice is done once.
func again(err error, attempts int) time.Duration {
	switch class := wechat.Classify(err); class {
	case wechat.Retry, wechat.NotTaken, wechat.RateLimited, wechat.Uncertain, wechat.TokenRejected:
		return pause(attempts, rand.Float64)
	case wechat.DailyQuota:
		wait, _ := wechat.RetryAfter(class, 1, time.Now(), rand.Float64)
		return wait
	}
	return 0
}
