package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"weir/static"
)

const maxWait = 30 * time.Second // that a conversation may be waited for

// Handler serves everything: WeChat's API under /cgi-bin/ and /wxaapi/, the page at /simulator, control under /simulator/api/. It has no log-in:
// it is for loopback. What changes something is refused to other sites' pages.
func (s *Simulator) Handler() http.Handler {
	protect := http.NewCrossOriginProtection().Handler
	mux := http.NewServeMux()
	mux.Handle("/cgi-bin/", s.API())
	mux.Handle("/wxaapi/", s.API())
	mux.Handle("GET /cgi-bin/showqrcode", s.showCode())
	mux.Handle("/cgi-bin/componentloginpage", protect(s.consentPage()))
	mux.Handle("/wxaopen/safe/bindcomponent", protect(s.consentPage()))
	mux.Handle("/simulator/api/", protect(s.control()))
	mux.Handle("/simulator", protect(s.page()))
	mux.Handle("/simulator/", protect(s.page()))
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle("GET /{$}", http.RedirectHandler("/simulator", http.StatusSeeOther))
	return mux
}

func (s *Simulator) control() http.Handler {
	mux := http.NewServeMux()
	for pattern, handle := range map[string]func(*http.Request) (any, error){
		"GET /simulator/api/accounts":                     s.getAccounts,
		"PUT /simulator/api/accounts":                     s.putAccount,
		"GET /simulator/api/codes":                        s.getCodes,
		"GET /simulator/api/customers":                    s.getCustomers,
		"PUT /simulator/api/customers/{openid}":           s.putCustomer,
		"POST /simulator/api/customers/{openid}/messages": s.postMessage,
		"GET /simulator/api/customers/{openid}/messages":  s.getMessages,
		"POST /simulator/api/customers/{openid}/burst":    s.postBurst,
		"PUT /simulator/api/customers/{openid}/block":     s.putBlock,
		"GET /simulator/api/faults":                       s.getFaults,
		"PUT /simulator/api/faults":                       s.putFaults,
		"GET /simulator/api/log":                          s.getLog,
		"GET /simulator/api/quotas":                       s.getQuotas,
		"POST /simulator/api/quotas/used":                 s.postUseUp,
		"POST /simulator/api/media/death":                 s.postKillMedia,
		"POST /simulator/api/verify":                      s.postVerify,
		"POST /simulator/api/clear":                       s.postClear,
		"PUT /simulator/api/component":                    s.putComponent,
		"POST /simulator/api/component/ticket":            s.postTicket,
		"POST /simulator/api/component/withdrawal":        s.postWithdrawal,
		"POST /simulator/api/component/release-test":      s.postReleaseTest,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxCall)
			answer, err := handle(r)
			respond(w, answer, err)
		})
	}
	return mux
}

func respond(w http.ResponseWriter, answer any, err error) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, ErrNoAccount), errors.Is(err, ErrNoCustomer):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err != nil {
		answer = map[string]string{"error": err.Error()}
	}
	w.Write(append(plainJSON(answer), '\n'))
}

// appid is the query's, or the only account's.
func (s *Simulator) appid(r *http.Request) (appid string) {
	if appid = r.URL.Query().Get("appid"); appid != "" {
		return appid
	}
	s.Look(func(st State) {
		if all := st.Accounts(); len(all) == 1 {
			appid = all[0].AppID
		}
	})
	return appid
}

func (s *Simulator) getAccounts(*http.Request) (answer any, err error) {
	s.Look(func(st State) { answer = st.Accounts() })
	return answer, nil
}

func (s *Simulator) putAccount(r *http.Request) (any, error) {
	var a Account
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		return nil, err
	}
	return nil, s.PutAccount(a)
}

func (s *Simulator) getCodes(r *http.Request) (answer any, err error) {
	appid := s.appid(r)
	s.Look(func(st State) { answer = append([]Code{}, st.Codes(appid)...) })
	return answer, nil
}

func (s *Simulator) getCustomers(r *http.Request) (answer any, err error) {
	appid := s.appid(r)
	s.Look(func(st State) { answer = st.Customers(appid) })
	return answer, nil
}

func (s *Simulator) putCustomer(r *http.Request) (any, error) {
	var c Customer
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return nil, err
	}
	c.OpenID = r.PathValue("openid")
	return s.PutCustomer(s.appid(r), c)
}

func (s *Simulator) postMessage(r *http.Request) (any, error) {
	var act Act
	if err := json.NewDecoder(r.Body).Decode(&act); err != nil {
		return nil, err
	}
	return s.Do(r.Context(), s.appid(r), r.PathValue("openid"), act)
}

func (s *Simulator) postBurst(r *http.Request) (any, error) {
	var ask struct {
		Texts []string `json:"texts"`
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		return nil, err
	}
	return s.Burst(r.Context(), s.appid(r), r.PathValue("openid"), ask.Texts...)
}

func (s *Simulator) getMessages(r *http.Request) (any, error) {
	appid, openid, after := s.appid(r), r.PathValue("openid"), int64Value(r, "after")
	if _, ok := s.Customer(appid, openid); !ok {
		return nil, ErrNoCustomer
	}
	wait, _ := time.ParseDuration(r.URL.Query().Get("wait"))
	ctx, cancel := context.WithTimeout(r.Context(), min(wait, maxWait))
	defer cancel()
	lines := []Line{}
	_ = s.Wait(ctx, func(st State) bool { // in the end there may be none: an empty list
		lines = newer(st.Conversation(appid, openid), after, func(l Line) int64 { return l.N })
		return len(lines) > 0
	})
	return lines, nil
}

func (s *Simulator) getFaults(r *http.Request) (answer any, err error) {
	appid := s.appid(r)
	s.Look(func(st State) { answer = st.Faults(appid) })
	return answer, nil
}

func (s *Simulator) putFaults(r *http.Request) (any, error) {
	var f Faults
	if err := json.NewDecoder(r.Body).Decode(&f); err != nil {
		return nil, err
	}
	return nil, s.SetFaults(s.appid(r), f)
}

func (s *Simulator) getLog(r *http.Request) (answer any, err error) {
	after := int64Value(r, "after")
	s.Look(func(st State) { answer = newer(st.Log(), after, func(e Entry) int64 { return e.N }) })
	return answer, nil
}

func (s *Simulator) postVerify(r *http.Request) (any, error) {
	return nil, s.Verify(r.Context(), s.appid(r))
}

func (s *Simulator) postClear(*http.Request) (any, error) {
	s.Clear()
	return nil, nil
}

func (s *Simulator) putComponent(r *http.Request) (any, error) {
	var c Component
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return nil, err
	}
	return nil, s.PutComponent(c)
}

func (s *Simulator) postTicket(r *http.Request) (any, error) { return s.PushTicket(r.Context()) }

func (s *Simulator) postWithdrawal(r *http.Request) (any, error) {
	return s.Unauthorise(r.Context(), s.appid(r))
}

func (s *Simulator) postReleaseTest(r *http.Request) (any, error) {
	return nil, s.ReleaseTest(r.Context())
}

func int64Value(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	return n
}

// newer copies what comes after n.
func newer[T any](list []T, after int64, n func(T) int64) []T {
	i := slices.IndexFunc(list, func(v T) bool { return n(v) > after })
	if i < 0 {
		return []T{}
	}
	return slices.Clone(list[i:])
}
