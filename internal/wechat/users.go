package wechat

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Limits of the calls about users (api_batchuserinfo, api_updateremark, tags).
const (
	UserInfoBatch = 100 // openids of one UserInfos
	MaxRemark     = 29  // bytes of a remark
	MaxTags       = 20  // of one customer
	MaxTagName    = 30  // characters
)

// userInfo is the wire form of UserInfo.
type userInfo struct {
	Subscribe     int    `json:"subscribe"`
	OpenID        string `json:"openid"`
	UnionID       string `json:"unionid"`
	Language      string `json:"language"`
	SubscribeTime int64  `json:"subscribe_time"`
	Remark        string `json:"remark"`
	GroupID       int    `json:"groupid"`
	TagIDs        []int  `json:"tagid_list"`
	Scene         string `json:"subscribe_scene"`
	QRScene       int    `json:"qr_scene"`
	QRSceneText   string `json:"qr_scene_str"`
}

func (a *userInfo) info() UserInfo {
	u := UserInfo{a.Subscribe == 1, clean(a.OpenID), clean(a.UnionID), a.Language, time.Time{}, clean(a.Remark), a.GroupID, a.TagIDs, clean(a.Scene), a.QRScene, clean(a.QRSceneText)}
	if a.SubscribeTime > 0 && a.SubscribeTime <= maxUnix {
		u.SubscribedAt = time.Unix(a.SubscribeTime, 0).UTC()
	}
	return u
}

// UserInfos asks for at most UserInfoBatch customers at once (user/info/batchget). One whom WeChat does not know fails them all with 40003.
func (c *Client) UserInfos(ctx context.Context, token string, openids []string) ([]UserInfo, error) {
	type one struct {
		OpenID string `json:"openid"`
		Lang   string `json:"lang"`
	}
	var in struct {
		List []one `json:"user_list"`
	}
	for _, o := range openids {
		in.List = append(in.List, one{o, "zh_CN"})
	}
	var out struct {
		List []userInfo `json:"user_info_list"`
	}
	if err := c.post(ctx, "/cgi-bin/user/info/batchget", token, in, &out); err != nil {
		return nil, err
	}
	all := make([]UserInfo, len(out.List))
	for i := range out.List {
		all[i] = out.List[i].info()
	}
	return all, nil
}

// UpdateRemark changes what the account calls a customer: at most MaxRemark bytes (40092 beyond), "" for none.
func (c *Client) UpdateRemark(ctx context.Context, token, openid, remark string) error {
	return c.post(ctx, "/cgi-bin/user/info/updateremark", token, struct {
		OpenID string `json:"openid"`
		Remark string `json:"remark"`
	}{openid, remark}, nil)
}

// Tag is one of an account's, of which it has at most 100.
type Tag struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Tags are all of an account's.
func (c *Client) Tags(ctx context.Context, token string) ([]Tag, error) {
	var out struct {
		Tags []Tag `json:"tags"`
	}
	err := c.call(ctx, http.MethodGet, "/cgi-bin/tags/get", url.Values{"access_token": {token}}, nil, &out)
	return out.Tags, err
}

// CreateTag makes a tag. 45157: there is one of this name, or WeChat does not like it.
func (c *Client) CreateTag(ctx context.Context, token, name string) (Tag, error) {
	type tag struct {
		Name string `json:"name"`
	}
	var out struct {
		Tag Tag `json:"tag"`
	}
	err := c.post(ctx, "/cgi-bin/tags/create", token, struct {
		Tag tag `json:"tag"`
	}{tag{name}}, &out)
	return out.Tag, err
}

// TagsOf are the ids of a customer's tags.
func (c *Client) TagsOf(ctx context.Context, token, openid string) ([]int, error) {
	var out struct {
		IDs []int `json:"tagid_list"`
	}
	err := c.post(ctx, "/cgi-bin/tags/getidlist", token, map[string]string{"openid": openid}, &out)
	return out.IDs, err
}

// SetTag gives a customer a tag, or takes it away. Changes of one customer at the same time fail with 45169: make them one by one.
func (c *Client) SetTag(ctx context.Context, token, openid string, tag int, on bool) error {
	path := "/cgi-bin/tags/members/batchuntagging"
	if on {
		path = "/cgi-bin/tags/members/batchtagging"
	}
	return c.post(ctx, path, token, struct {
		OpenIDs []string `json:"openid_list"`
		TagID   int      `json:"tagid"`
	}{[]string{openid}, tag}, nil)
}
