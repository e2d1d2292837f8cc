package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// dailyLimits is how often an account may make a call in a day, by path (API_Call_Limits); a path that is not here has no limit.
var dailyLimits = map[string]int{
	"token":                  2_000,
	"stable_token":           500_000,
	"message/custom/send":    500_000,
	"media/upload":           100_000,
	"media/get":              200_000,
	"user/info":              5_000_000,
	"user/info/updateremark": 10_000,
	"user/get":               500,
	"qrcode/create":          100_000,
	"menu/create":            1_000,
	"menu/get":               10_000,
	"menu/delete":            1_000,
	"message/mass/send":      100,
}

const (
	clearsOfAll  = 10 // of clear_quota, in a month
	clearsOfOne  = 50 // of openapi/quota/clear, in a month
	badPath      = 76003
	clearsUsedUp = 48006
)

// callBook counts the calls of an account in the day that is, in Shanghai, and how often the counts were cleared in the month.
type callBook struct {
	Day   string         `json:"day"`
	Used  map[string]int `json:"used,omitempty"` // by path
	Month string         `json:"month"`
	Whole int            `json:"whole"` // clears of everything
	Parts int            `json:"parts"` // clears of one path
}

// at turns the page where another day or month has begun.
func (b *callBook) at(now time.Time) *callBook {
	now = now.In(shanghai)
	if day := now.Format(time.DateOnly); b.Day != day || b.Used == nil {
		b.Day, b.Used = day, map[string]int{}
	}
	if month := now.Format("2006-01"); b.Month != month {
		b.Month, b.Whole, b.Parts = month, 0, 0
	}
	return b
}

// limit is how often the account may make a call in a day; 0: as often as it likes.
func (a *account) limit(path string) int {
	if n, chosen := a.Daily[path]; chosen {
		return n
	}
	return dailyLimits[path]
}

// count notes a call, and refuses one that is too many.
func (a *account) count(path string, now time.Time) *failure {
	limit := a.limit(path)
	if limit == 0 {
		return nil
	}
	b := a.calls.at(now)
	if b.Used[path] >= limit {
		return failed(45009)
	}
	b.Used[path]++
	return nil
}

// UseUp makes the calls of a path that an account has left in this day as good as made.
func (s *Simulator) UseUp(appid, path string) error {
	return s.withAccount(appid, func(a *account) error {
		a.calls.at(s.config.Now()).Used[path] = a.limit(path)
		return nil
	})
}

// POST /cgi-bin/openapi/quota/get
func (c *call) quotaGet() (any, *failure) {
	path, wrong := c.cgiPath()
	if wrong != nil {
		return nil, wrong
	}
	limit, used := c.account.limit(path), c.account.calls.at(c.config.Now()).Used[path]
	return map[string]any{"errcode": 0, "errmsg": "ok", "quota": map[string]int{"daily_limit": limit, "used": used, "remain": max(0, limit-used)}}, nil
}

// POST /cgi-bin/openapi/quota/clear
func (c *call) quotaClear() (any, *failure) {
	path, wrong := c.cgiPath()
	if wrong != nil {
		return nil, wrong
	}
	b := c.account.calls.at(c.config.Now())
	if b.Parts >= clearsOfOne {
		return nil, failed(clearsUsedUp)
	}
	b.Parts++
	delete(b.Used, path)
	return okAnswer(), nil
}

// cgiPath is the path that a question about a quota names: with its leading slash, and without a host.
func (c *call) cgiPath() (string, *failure) {
	var ask struct {
		Path string `json:"cgi_path"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return "", wrong
	}
	c.entry.Content = ask.Path
	path, rooted := strings.CutPrefix(ask.Path, "/cgi-bin/")
	if _, chosen := c.account.Daily[path]; !rooted || !chosen && dailyLimits[path] == 0 {
		return "", failed(badPath)
	}
	return path, nil
}

// POST /cgi-bin/clear_quota
func (c *call) clearQuota() (any, *failure) {
	var ask struct {
		AppID string `json:"appid"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	if ask.AppID != c.account.AppID {
		return nil, failed(40013)
	}
	return c.clearAll()
}

// POST /cgi-bin/clear_quota/v2 asks for the secret in the token's stead.
func (c *call) clearQuotaBySecret() (any, *failure) {
	var ask struct {
		AppID  string `json:"appid"`
		Secret string `json:"appsecret"`
	}
	if wrong := c.decode(&ask); wrong != nil {
		return nil, wrong
	}
	if wrong := c.authenticate("client_credential", ask.AppID, ask.Secret); wrong != nil {
		return nil, wrong
	}
	return c.clearAll()
}

func (c *call) clearAll() (any, *failure) {
	b := c.account.calls.at(c.config.Now())
	if b.Whole >= clearsOfAll {
		return nil, failed(clearsUsedUp)
	}
	b.Whole++
	clear(b.Used)
	return okAnswer(), nil
}

// Usage is how often an account has made a call in this day, and how often it may.
type Usage struct {
	Path  string `json:"path"`
	Used  int    `json:"used"`
	Limit int    `json:"limit"`
}

// Usage returns what an account has used of its daily quotas, by path.
func (st State) Usage(appid string) []Usage {
	a := st.s.account(appid)
	if a == nil {
		return nil
	}
	out := []Usage{}
	used := a.calls.at(st.s.config.Now()).Used
	for _, path := range slices.Sorted(maps.Keys(used)) {
		out = append(out, Usage{path, used[path], a.limit(path)})
	}
	return out
}

func (s *Simulator) getQuotas(r *http.Request) (answer any, err error) {
	appid := s.appid(r)
	s.Look(func(st State) { answer = st.Usage(appid) })
	return answer, nil
}

func (s *Simulator) postUseUp(r *http.Request) (any, error) {
	var ask struct {
		Path string `json:"path"`
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		return nil, err
	}
	return nil, s.UseUp(s.appid(r), ask.Path)
}
