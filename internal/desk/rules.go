package desk

import (
	"strings"

	"weir/internal/pinyin"
	"weir/internal/store"
)

// The kinds of rule.
const (
	MatchExact    = "exact"
	MatchContains = "contains"
	MatchFollow   = "follow"
)

// rulebook is a company's rules, ready to be tried. The first that matches, by priority and then by age, decides.
type rulebook struct {
	exact    map[string][]*rule
	contains []*rule
	follow   []*rule
}

type rule struct {
	store.Rule
	place    int      // its place in the order that decides
	keywords []string // of contains, normalised
	pieces   []Piece  // what it answers
}

func bookOf(rows []store.Rule) rulebook {
	b := rulebook{exact: map[string][]*rule{}}
	for i := range rows {
		r := &rule{Rule: rows[i], place: i, pieces: PiecesOf(rows[i].Reply)}
		if !r.Enabled {
			continue
		}
		switch r.Kind {
		case MatchExact:
			for _, k := range r.Keywords {
				n := normalise(k)
				b.exact[n] = append(b.exact[n], r)
			}
		case MatchContains:
			for _, k := range r.Keywords {
				r.keywords = append(r.keywords, normalise(k))
			}
			b.contains = append(b.contains, r)
		case MatchFollow:
			b.follow = append(b.follow, r)
		}
	}
	return b
}

// text is the rule that answers a text; nil: none does.
func (b *rulebook) text(appid, text string) *rule {
	if len(b.exact) == 0 && len(b.contains) == 0 {
		return nil
	}
	n := normalise(text)
	best := first(b.exact[n], appid)
	for _, r := range b.contains {
		if best != nil && r.place > best.place {
			break
		}
		if r.on(appid) && r.inside(n) {
			return r
		}
	}
	return best
}

// followed is the rule that answers a follow.
func (b *rulebook) followed(appid string) *rule { return first(b.follow, appid) }

func first(rules []*rule, appid string) *rule {
	for _, r := range rules {
		if r.on(appid) {
			return r
		}
	}
	return nil
}

func (r *rule) on(appid string) bool { return r.AppID == nil || *r.AppID == appid }

func (r *rule) inside(text string) bool {
	for _, k := range r.keywords {
		if strings.Contains(text, k) {
			return true
		}
	}
	return false
}

// normalise makes texts that people take for the same the same: width, compatibility forms, case, space around.
func normalise(s string) string { return strings.TrimSpace(pinyin.Fold(s)) }
