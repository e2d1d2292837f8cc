package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"weir/views"
	"weir/views/words"
)

// offered are the permission sets that the page offers, all of them ticked at first.
var offered = []int{1, 2, 15}

// consentPage serves the page on which an account's owner authorises the component: WeChat has it at mp.weixin.qq.com for computers, and
// at open.weixin.qq.com for phones.
func (s *Simulator) consentPage() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cgi-bin/componentloginpage", s.showConsent)
	mux.HandleFunc("GET /wxaopen/safe/bindcomponent", s.showConsent)
	mux.HandleFunc("POST /cgi-bin/componentloginpage", s.postConsent)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxText)
		mux.ServeHTTP(w, r)
	})
}

// consentFields are what the address says and the form carries along.
var consentFields = []string{"component_appid", "pre_auth_code", "redirect_uri"}

func (s *Simulator) showConsent(w http.ResponseWriter, r *http.Request) {
	m := views.Consent{Reader: views.Reader{Words: reader(r)}, Functions: offered}
	s.Look(func(st State) {
		m.Component = r.FormValue("component_appid")
		for i, a := range st.Accounts() {
			if a.AppID != releaseAppID {
				m.Accounts = append(m.Accounts, views.SimulatorAccount{AppID: a.AppID, Name: a.Name, Current: i == 0})
			}
		}
	})
	for _, name := range consentFields {
		m.Fields = append(m.Fields, [2]string{name, r.FormValue(name)})
	}
	back, from := hostOf(r.FormValue("redirect_uri")), hostOf(r.Referer())
	if !s.mayBegin(r.FormValue("component_appid"), from, back) {
		m.Refused = words.Put(m.Words.OfPlatform().ConsentRefused, from)
		w.WriteHeader(http.StatusForbidden)
	} else {
		// The browser follows the form's redirect only where this policy lets it.
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "form-action 'self'", "form-action 'self' http://"+back+" https://"+back, 1))
	}
	templ.Handler(views.ConsentPage(m)).ServeHTTP(w, r)
}

// mayBegin: the link stood on a page of the registered domain, and leads back to it.
func (s *Simulator) mayBegin(appid, from, back string) (yes bool) {
	_ = s.withComponent(func(c *component) error {
		yes = c.AppID == appid && (c.Domain == "" || from == c.Domain && back == c.Domain)
		return nil
	})
	return yes
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func (s *Simulator) postConsent(w http.ResponseWriter, r *http.Request) {
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil || !s.mayBegin(r.FormValue("component_appid"), back.Host, back.Host) {
		refuse(w, ErrBadAct)
		return
	}
	functions := []int{}
	for _, f := range r.Form["function"] {
		if id, err := strconv.Atoi(f); err == nil && slices.Contains(offered, id) {
			functions = append(functions, id)
		}
	}
	c, err := s.Authorise(r.Context(), r.FormValue("pre_auth_code"), r.FormValue("appid"), functions)
	if err != nil {
		refuse(w, err)
		return
	}
	query := back.Query()
	query.Set("auth_code", c.Code)
	query.Set("expires_in", strconv.Itoa(seconds(c.ExpiresIn)))
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}
