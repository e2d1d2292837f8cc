package handlers

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"weir/internal/desk"
	"weir/internal/store"
	"weir/views"
	"weir/views/words"
)

// telling puts decisions into plain words. What it does not know of a decision it leaves out: those of an older or a newer
// Weir are told, too.
type telling struct {
	company *desk.Company
	w       *words.Words
}

// kept is what a decision may keep of what it was made from: a person's deed, or a choice among candidates.
type kept struct {
	desk.Deed
	Case struct {
		Exclusive  int64       `json:"exclusive"`
		Target     int64       `json:"target"`
		Group      int64       `json:"group"`
		AimedBy    *desk.Aim   `json:"aimed_by"`
		Strategy   string      `json:"strategy"`
		Candidates []candidate `json:"candidates"`
		Others     int         `json:"others"`
	} `json:"case"`
	Decision struct {
		Step     string    `json:"step"`
		Verdicts []verdict `json:"verdicts"`
	} `json:"decision"`
}

type candidate struct {
	UID      int64 `json:"uid"`
	Load     int   `json:"load"`
	Capacity int   `json:"capacity"`
}

type verdict struct {
	UID int64  `json:"uid"`
	Why string `json:"why"`
}

func keptOf(d *store.Decision) (k kept) {
	_ = json.Unmarshal(d.Reason, &k) // what does not fit is left out
	return k
}

// whole is a decision in one paragraph: what was decided, and why not otherwise.
func (t telling) whole(d *store.Decision) string {
	k := keptOf(d)
	out := []string{t.act(d, &k)}
	if k.Over {
		out = append(out, t.w.Sentence("act.over", k.Load, k.Capacity))
	}
	if k.Note != "" {
		out = append(out, t.w.Sentence("act.note", k.Note))
	}
	for _, line := range t.others(&k) {
		out = append(out, line+t.w.FullStop)
	}
	return strings.Join(out, t.gap())
}

// gap stands between two sentences.
func (t telling) gap() string {
	if t.w.Lang == words.Chinese {
		return ""
	}
	return " "
}

// act is what was decided.
func (t telling) act(d *store.Decision, k *kept) string {
	key, by, to, from := "act."+d.Act, t.by(d.ByUID), t.name(cmp.Or(k.To, val(d.UID))), t.name(k.From)
	switch desk.Act(d.Act) {
	case desk.ActAssign, "queued":
		return t.assigned(d, k)
	case desk.ActTransfer, desk.ActInvite:
		return t.w.Sentence(key, by, to)
	case desk.ActTransferToGroup:
		return t.w.Sentence(key, by, k.Group)
	case desk.ActTakeOver:
		return t.w.Sentence(key, by, from)
	case desk.ActLeave:
		if k.To != 0 {
			return t.w.Sentence("act.left-to", by, to)
		}
		return t.w.Sentence("act.left", by)
	case desk.ActReturn, desk.ActTimeOutReceive:
		return t.w.Sentence(key, t.name(cmp.Or(k.From, val(d.UID))))
	case desk.ActMoveUp:
		return t.w.Sentence(key, t.name(k.To))
	case desk.ActAskOthers:
		if k.Why == "cannot" {
			key += "-cannot"
		}
		return t.w.Sentence(key, t.name(k.Named))
	case desk.ActPrioritise:
		return t.w.Sentence(key, by, val(k.Priority))
	}
	if t.w.Knows(key) {
		return t.w.Sentence(key, by)
	}
	return t.w.Sentence("act.other", d.Act)
}

// assigned is a choice that the desk made.
func (t telling) assigned(d *store.Decision, k *kept) string {
	var why []string
	if by := k.Case.AimedBy; by != nil && k.Decision.Step != "exclusive" {
		why = t.aimed(by)
	}
	if d.UID == nil && len(why) == 0 {
		return t.w.Sentence("act.nobody")
	}
	if d.UID == nil {
		return t.w.Sentence("act.nobody-of", strings.Join(why, t.w.Comma))
	}
	if key := "why.step." + k.Decision.Step; t.w.Knows(key) {
		why = append(why, t.w.Sentence(key, t.company.GroupName(k.Case.Group)))
	}
	if key := "why.by." + k.Case.Strategy; t.w.Knows(key) && (k.Decision.Step == "group" || k.Decision.Step == "other") {
		why = append(why, t.w.Sentence(key))
	}
	if len(why) == 0 {
		return t.w.Sentence("act.assigned", t.name(*d.UID))
	}
	return t.w.Sentence("act.assigned-by", t.name(*d.UID), strings.Join(why, t.w.Comma))
}

// aimed says what named the agent or the group.
func (t telling) aimed(by *desk.Aim) (why []string) {
	switch key := "why.aimed." + by.Kind; by.Kind {
	case desk.AimedByRule:
		why = append(why, t.w.Sentence(key, by.Name))
	case desk.AimedByPerson:
		why = append(why, t.w.Sentence(key, t.name(by.UID)))
	case desk.AimedByQR:
		if by.Name != "" {
			why = append(why, t.w.Sentence("why.aimed.channel", by.Name))
			break
		}
		why = append(why, t.w.Sentence(key))
	case desk.AimedByMenu, desk.AimedByProgram:
		why = append(why, t.w.Sentence(key))
	}
	if by.Instead != 0 {
		why = append(why, t.w.Sentence("why.aimed.instead", t.name(by.Instead)))
	}
	return why
}

// othersMost is how many are told of by name.
const othersMost = 20

// others say of each who did not get it why not: those who could have had it first, and in the end how many more there were.
func (t telling) others(k *kept) []string {
	loads := make(map[int64]candidate, len(k.Case.Candidates))
	for _, c := range k.Case.Candidates {
		loads[c.UID] = c
	}
	rest := map[string]int{}
	var out []string
	for _, v := range k.Decision.Verdicts {
		switch why, known := t.why(v.Why); {
		case v.Why == "chosen":
		case len(out) >= othersMost:
			rest[v.Why]++
		case known && loads[v.UID].Capacity > 0 && (v.Why == "busier" || v.Why == "full" || v.Why == "assigned-later"):
			out = append(out, t.w.Sentence("why.one-load", t.name(v.UID), why, loads[v.UID].Load, loads[v.UID].Capacity))
		default:
			out = append(out, t.w.Sentence("why.one", t.name(v.UID), why))
		}
	}
	return append(out, t.more(rest, k.Case.Others)...)
}

// more says how many more there were, by what kept them out, and how many were not looked at.
func (t telling) more(rest map[string]int, unseen int) (out []string) {
	for _, key := range slices.Sorted(maps.Keys(rest)) {
		why, _ := t.why(key)
		out = append(out, t.w.Sentence("why.more", rest[key], why))
	}
	if unseen > 0 {
		out = append(out, t.w.Sentence("why.unseen", unseen))
	}
	return out
}

func (t telling) why(key string) (string, bool) {
	if key = "why." + key; t.w.Knows(key) {
		return t.w.Sentence(key), true
	}
	return t.w.Sentence("why.other"), false
}

func (t telling) name(uid int64) string {
	if name := t.company.AgentName(uid); name != "" {
		return name
	}
	return t.w.Sentence("act.somebody")
}

func (t telling) by(uid *int64) string {
	if uid == nil {
		return t.w.Sentence("act.company")
	}
	return t.name(*uid)
}

type decided = store.Decision

// contendersMost is how many are drawn by name.
const contendersMost = 8

// contenders are those who could have had the session, who got it first; more says how many others there were.
func (t telling) contenders(d *store.Decision) (out []views.Contender, more string) {
	k := keptOf(d)
	loads := make(map[int64]candidate, len(k.Case.Candidates))
	for _, c := range k.Case.Candidates {
		loads[c.UID] = c
	}
	rest := map[string]int{}
	for _, v := range k.Decision.Verdicts {
		word, _ := t.why(v.Why)
		c := views.Contender{Name: t.name(v.UID), Load: loads[v.UID].Load, Capacity: loads[v.UID].Capacity, Word: word, Got: v.Why == "chosen"}
		switch {
		case c.Got:
			out = slices.Insert(out, 0, c)
		case len(out) < contendersMost:
			out = append(out, c)
		default:
			rest[v.Why]++
		}
	}
	return out, strings.Join(t.more(rest, k.Case.Others), t.w.Comma)
}
