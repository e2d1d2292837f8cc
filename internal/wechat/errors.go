package wechat

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"time"
)

// APIError is WeChat's "no": HTTP 200 with an errcode.
type APIError struct {
	Code int
	Msg  string // as WeChat wrote it, at most 500 bytes
	RID  string // WeChat's name for the request; good for 7 days in its rid/get
	IP   string // of 40164 and 61004: the address that is missing in the list of allowed ones
}

func (e *APIError) Error() string { return fmt.Sprintf("wechat says %d: %s", e.Code, e.Msg) }

var (
	ridPattern = regexp.MustCompile(`rid: ?([0-9A-Za-z-]+)`)
	ipPattern  = regexp.MustCompile(`(?:invalid ip|requestIP:) ?([0-9A-Fa-f.:]+)`)
)

func newAPIError(code int, msg string) *APIError {
	const longest = 500
	e := &APIError{Code: code, Msg: clean(msg[:min(len(msg), longest)])}
	if m := ridPattern.FindStringSubmatch(msg); m != nil {
		e.RID = m[1]
	}
	if m := ipPattern.FindStringSubmatch(msg); m != nil {
		if ip, err := netip.ParseAddr(m[1]); err == nil {
			e.IP = ip.Unmap().String()
		}
	}
	return e
}

// TransportError is a call without a usable answer. It never holds a URL, and so no token.
type TransportError struct {
	Sent bool // the request may have reached WeChat and been carried out
	Err  error
}

func (e *TransportError) Error() string {
	if e.Sent {
		return "wechat gave no usable answer: " + e.Err.Error()
	}
	return "wechat was not reached: " + e.Err.Error()
}

func (e *TransportError) Unwrap() error { return e.Err }

// TokenError is an access token that could not be had: whatever it was for has surely not been done.
type TokenError struct{ Err error }

func (e *TokenError) Error() string { return "no access token: " + e.Err.Error() }

func (e *TokenError) Unwrap() error { return e.Err }

// Class is what to do about the outcome of a call.
type Class uint8

const (
	Sent           Class = iota // done
	Retry                       // WeChat was busy and did nothing: again soon
	NotTaken                    // surely did not reach WeChat: again soon
	RateLimited                 // too many in a minute: again later
	DailyQuota                  // not before midnight in Shanghai
	TokenRejected               // again with another token
	WindowClosed                // not before the customer's next act (45015)
	QuotaExhausted              // no message left in this window (45047)
	Credentials                 // the account's or the platform's administrator must act: secret, address list, permission
	Unreachable                 // this customer cannot be written to
	Permanent                   // the same again will fail again
	Uncertain                   // may have been done: never again by itself
)

var classes = [...]string{"sent", "retry", "not_taken", "rate_limited", "daily_quota", "token_rejected", "window_closed",
	"quota_exhausted", "credentials", "unreachable", "permanent", "uncertain"}

// String is a stable label, fit for a metric.
func (c Class) String() string {
	if int(c) < len(classes) {
		return classes[c]
	}
	return "class(" + strconv.Itoa(int(c)) + ")"
}

// Classify says what to do about the error of a Client's or Tokens' method. An error that is not of this package, and an
// errcode that is not in the table, is Permanent.
func Classify(err error) Class {
	var token *TokenError
	var api *APIError
	var transport *TransportError
	switch {
	case err == nil:
		return Sent
	case errors.As(err, &api):
		class, known := codes[api.Code]
		switch {
		case !known:
			return Permanent
		case class == TokenRejected && errors.As(err, &token):
			return Credentials // 40001 from the token endpoint is a wrong secret
		}
		return class
	case errors.As(err, &token):
		return NotTaken
	case errors.As(err, &transport) && transport.Sent:
		return Uncertain
	case errors.As(err, &transport):
		return NotTaken
	}
	return Permanent
}

// Code is the errcode in err, or 0.
func Code(err error) int {
	var api *APIError
	if errors.As(err, &api) {
		return api.Code
	}
	return 0
}

// MissingIP is the address that WeChat (40164) or the platform (61004) wants in its list; "": that is not the trouble.
func MissingIP(err error) string {
	var api *APIError
	if errors.As(err, &api) {
		return api.IP
	}
	return ""
}

// Unfollowed says whether WeChat means that the customer does not follow the account any more.
func Unfollowed(err error) bool { return Code(err) == 43004 || Code(err) == 50005 }

// Ban is how long WeChat lets no call in from our address after an administrator refused it; 0: it said nothing of the kind.
func Ban(err error) time.Duration {
	switch Code(err) {
	case 89506:
		return 24 * time.Hour
	case 89507:
		return time.Hour
	}
	return 0
}

// Explain gives the key of a sentence for the screen: "wechat.45015" for an errcode in Codes, "wechat.unknown" for another
// one, and otherwise "wechat." and the class, such as "wechat.uncertain". What WeChat says of a token when a token is asked for is about the
// secret: "wechat.secret".
func Explain(err error) string {
	code := Code(err)
	if code == 40001 && Classify(err) == Credentials {
		return "wechat.secret"
	}
	if code == 0 {
		return "wechat." + Classify(err).String()
	}
	if _, known := codes[code]; known {
		return "wechat." + strconv.Itoa(code)
	}
	return "wechat.unknown"
}

// shanghai is WeChat's own clock; China has had no summer time since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

const (
	retries    = 3
	longestGap = time.Minute
)

// RetryAfter says how long to wait after the attempt-th try (from 1) ended in class, and whether to try again at all. Retry
// is tried 3 times after 1, 3 and 9 s; NotTaken without end, the gap growing to a minute; RateLimited after 5 to 60 s;
// DailyQuota after midnight in Shanghai; TokenRejected twice at once. jitter gives numbers in [0, 1), as rand.Float64, and
// stretches a wait by up to a quarter.
func RetryAfter(class Class, attempt int, now time.Time, jitter func() float64) (wait time.Duration, again bool) {
	attempt = max(attempt, 1)
	switch class {
	case Retry:
		wait, again = growing(time.Second, 3, attempt), attempt <= retries
	case NotTaken:
		wait, again = growing(time.Second, 3, attempt), true
	case RateLimited:
		wait, again = growing(5*time.Second, 2, attempt), true
	case DailyQuota:
		wait, again = untilMidnight(now)+longestGap, true
	case TokenRejected:
		return 0, attempt <= 2
	}
	if !again {
		return 0, false
	}
	return wait + time.Duration(float64(min(wait, longestGap))*jitter()/4), true
}

func growing(first time.Duration, factor, attempt int) time.Duration {
	d := first
	for i := 1; i < attempt && d < longestGap; i++ {
		d *= time.Duration(factor)
	}
	return min(d, longestGap)
}

func untilMidnight(now time.Time) time.Duration {
	y, m, d := now.In(shanghai).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, shanghai).Sub(now)
}
