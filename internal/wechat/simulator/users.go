package simulator

import (
	"slices"
	"unicode/utf8"
)

const (
	maxTags     = 100
	maxTagsEach = 20
	maxTagName  = 30 // characters
	maxRemark   = 30 // bytes
	firstTag    = 100
	batchInfo   = 100
	batchTag    = 50
)

// Tag is one of an account's.
type Tag struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// userInfo is what user/info tells of one customer: no nickname, head picture, sex or city since 2021-12-27.
type userInfo struct {
	Subscribe      int    `json:"subscribe"`
	OpenID         string `json:"openid"`
	Language       string `json:"language"`
	SubscribeTime  int64  `json:"subscribe_time"`
	UnionID        string `json:"unionid,omitempty"`
	Remark         string `json:"remark"`
	GroupID        int    `json:"groupid"`
	TagIDs         []int  `json:"tagid_list"`
	SubscribeScene string `json:"subscribe_scene"`
	QRScene        int    `json:"qr_scene"`
	QRSceneStr     string `json:"qr_scene_str"`
}

func (c *customer) info() any {
	if !c.Followed {
		return struct {
			Subscribe int    `json:"subscribe"`
			OpenID    string `json:"openid"`
		}{0, c.OpenID}
	}
	scene := "ADD_SCENE_SEARCH"
	if c.Scene != "" {
		scene = "ADD_SCENE_QR_CODE"
	}
	return userInfo{Subscribe: 1, OpenID: c.OpenID, SubscribeTime: c.FollowedAt.Unix(), UnionID: c.UnionID, Remark: c.Remark,
		TagIDs: append([]int{}, c.TagIDs...), SubscribeScene: scene, QRSceneStr: c.Scene}
}

// GET /cgi-bin/user/info
func (c *call) userInfo() (any, *failure) {
	c.entry.OpenID = c.query.Get("openid")
	who := c.account.customers[c.entry.OpenID]
	if who == nil {
		return nil, failed(40003)
	}
	return who.info(), nil
}

// POST /cgi-bin/user/info/batchget
func (c *call) userInfos() (any, *failure) {
	var ask struct {
		List []struct {
			OpenID string `json:"openid"`
		} `json:"user_list"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	if len(ask.List) == 0 || len(ask.List) > batchInfo {
		return nil, failed(40032)
	}
	all := []any{}
	for _, one := range ask.List {
		who := c.account.customers[one.OpenID]
		if who == nil {
			return nil, failed(40003)
		}
		all = append(all, who.info())
	}
	return map[string]any{"user_info_list": all}, nil
}

// POST /cgi-bin/user/info/updateremark
func (c *call) updateRemark() (any, *failure) {
	var ask struct {
		OpenID string `json:"openid"`
		Remark string `json:"remark"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	c.entry.OpenID, c.entry.Content = ask.OpenID, ask.Remark
	who := c.account.customers[ask.OpenID]
	switch {
	case who == nil:
		return nil, failed(40003)
	case len(ask.Remark) >= maxRemark:
		return nil, failed(40092)
	}
	who.Remark = ask.Remark
	c.ring()
	return okAnswer(), nil
}

// GET /cgi-bin/tags/get
func (c *call) tagsGet() (any, *failure) {
	all := []Tag{}
	for _, t := range c.account.tags {
		for _, who := range c.account.customers {
			if slices.Contains(who.TagIDs, t.ID) {
				t.Count++
			}
		}
		all = append(all, t)
	}
	return map[string]any{"tags": all}, nil
}

// POST /cgi-bin/tags/create
func (c *call) tagsCreate() (any, *failure) {
	var ask struct {
		Tag Tag `json:"tag"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	name := ask.Tag.Name
	switch {
	case name == "":
		return nil, failed(45157)
	case utf8.RuneCountInString(name) > maxTagName:
		return nil, failed(45158)
	case len(c.account.tags) >= maxTags:
		return nil, failed(45056)
	case slices.ContainsFunc(c.account.tags, func(t Tag) bool { return t.Name == name }):
		return nil, failed(45157)
	}
	t := Tag{ID: firstTag + len(c.account.tags), Name: name}
	c.account.tags = append(c.account.tags, t)
	return map[string]any{"tag": map[string]any{"id": t.ID, "name": t.Name}}, nil
}

// Tags are those of an account.
func (st State) Tags(appid string) []Tag {
	a := st.s.account(appid)
	if a == nil {
		return nil
	}
	return slices.Clone(a.tags)
}

type tagging struct {
	OpenIDs []string `json:"openid_list"`
	TagID   int      `json:"tagid"`
}

// POST /cgi-bin/tags/members/batchtagging
func (c *call) tagMembers() (any, *failure) {
	return c.changeTags(func(who *customer, tag int) *failure {
		switch {
		case slices.Contains(who.TagIDs, tag):
			return nil
		case len(who.TagIDs) >= maxTagsEach:
			return failed(45059)
		}
		who.TagIDs = append(who.TagIDs, tag)
		return nil
	})
}

// POST /cgi-bin/tags/members/batchuntagging
func (c *call) untagMembers() (any, *failure) {
	return c.changeTags(func(who *customer, tag int) *failure {
		who.TagIDs = slices.DeleteFunc(who.TagIDs, func(t int) bool { return t == tag })
		return nil
	})
}

func (c *call) changeTags(change func(*customer, int) *failure) (any, *failure) {
	var ask tagging
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	switch {
	case len(ask.OpenIDs) == 0 || len(ask.OpenIDs) > batchTag:
		return nil, failed(40032)
	case !slices.ContainsFunc(c.account.tags, func(t Tag) bool { return t.ID == ask.TagID }):
		return nil, failed(45159)
	}
	for _, openid := range ask.OpenIDs {
		who := c.account.customers[openid]
		if who == nil {
			return nil, failed(40003)
		}
		if wrong := change(who, ask.TagID); wrong != nil {
			return nil, wrong
		}
	}
	c.ring()
	return okAnswer(), nil
}

// POST /cgi-bin/tags/getidlist
func (c *call) tagsOf() (any, *failure) {
	var ask struct {
		OpenID string `json:"openid"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	who := c.account.customers[ask.OpenID]
	if who == nil {
		return nil, failed(40003)
	}
	return map[string]any{"tagid_list": append([]int{}, who.TagIDs...)}, nil
}

// ChangeCustomer changes what WeChat knows of a customer, as its console does, and pushes nothing.
func (s *Simulator) ChangeCustomer(appid, openid string, change func(*Customer)) error {
	return s.withAccount(appid, func(a *account) error {
		c := a.customers[openid]
		if c == nil {
			return ErrNoCustomer
		}
		change(&c.Customer)
		return nil
	})
}
