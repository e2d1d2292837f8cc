package desk

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the kept decisions anew")

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func able(uid int64, load int, assigned, idle int) Candidate {
	return Candidate{UID: uid, Seat: uid + 100, Status: Online, Load: load, Capacity: 5, LastAssigned: at(assigned), IdleSince: at(idle)}
}

// kept are decisions as they were made: every way of choosing, every reason not to be chosen.
var kept = []struct {
	name string
	c    Case
	want int64
	why  map[int64]string
}{
	{"least busy: fewer sessions first", Case{Candidates: []Candidate{able(1, 2, -9, -9), able(2, 1, 0, 0)}}, 2, map[int64]string{1: "busier"}},
	{"least busy: of two as busy, who was assigned longest ago", Case{Candidates: []Candidate{able(1, 1, 0, -9), able(2, 1, -1, 0)}}, 2, map[int64]string{1: "assigned-later"}},
	{"least busy: never assigned comes before all", Case{Candidates: []Candidate{able(1, 1, 0, 0), {UID: 2, Seat: 5, Status: Online, Load: 1, Capacity: 5}}}, 2, map[int64]string{1: "assigned-later"}},
	{"round robin: who was assigned longest ago, however busy", Case{Group: 9, Members: []int64{1, 2}, Strategy: RoundRobin, Candidates: []Candidate{able(1, 0, 0, -9), able(2, 4, -1, 0)}}, 2, map[int64]string{1: "assigned-later"}},
	{"longest idle: whose last session came or went longest ago", Case{Group: 9, Members: []int64{1, 2}, Strategy: LongestIdle, Candidates: []Candidate{able(1, 0, -9, -1), able(2, 3, 0, -5)}}, 2, map[int64]string{1: "idle-shorter"}},
	{"in order: the first of the group who can", Case{Group: 9, Members: []int64{3, 2, 1}, Strategy: InOrder, Candidates: []Candidate{able(1, 0, -9, -9), able(2, 4, 0, 0), {UID: 3, Seat: 8, Status: Online, Load: 5, Capacity: 5}}}, 2, map[int64]string{1: "behind", 3: "full"}},
	{"a group asks its members", Case{Group: 9, Members: []int64{2}, Candidates: []Candidate{able(1, 0, -9, -9), able(2, 4, 0, 0)}}, 2, map[int64]string{1: "not-in-group"}},
	{"an overflowed session asks the members of both groups", Case{Group: 8, Home: 9, Members: []int64{1, 2}, Candidates: []Candidate{able(1, 0, 0, 0), able(2, 4, -9, -9)}}, 1, map[int64]string{2: "busier"}},
	{"the exclusive agent comes before the group", Case{Exclusive: 1, Group: 9, Members: []int64{2}, Candidates: []Candidate{able(1, 4, 0, 0), able(2, 0, -9, -9)}}, 1, map[int64]string{2: "not-asked-for"}},
	{"a session held for an exclusive agent who is away waits", Case{Exclusive: 1, Held: true, Candidates: []Candidate{{UID: 1, Seat: 5, Status: Away, Capacity: 5}, able(2, 0, -9, -9)}}, 0, map[int64]string{1: "away", 2: "not-asked-for"}},
	{"without a hold, others have it when the exclusive agent is away", Case{Exclusive: 1, Candidates: []Candidate{{UID: 1, Seat: 5, Status: Away, Capacity: 5}, able(2, 0, -9, -9)}}, 2, map[int64]string{1: "away"}},
	{"a named agent is waited for", Case{Target: 1, Candidates: []Candidate{{UID: 1, Seat: 5, Status: Offline, Capacity: 5}, able(2, 0, -9, -9)}}, 0, map[int64]string{1: "offline", 2: "not-asked-for"}},
	{"nobody full, away, offline or without a seat", Case{Candidates: []Candidate{
		{UID: 1, Seat: 5, Status: Online, Load: 5, Capacity: 5}, {UID: 2, Seat: 5, Status: Away, Capacity: 5}, {UID: 3, Seat: 5, Status: Offline, Capacity: 5}, {UID: 4, Status: Online, Capacity: 5},
	}}, 0, map[int64]string{1: "full", 2: "away", 3: "offline", 4: "no-seat"}},
	{"who gave it back is not asked again", Case{Left: 2, Candidates: []Candidate{able(1, 4, 0, 0), able(2, 0, -9, -9)}}, 1, map[int64]string{2: "gave-back"}},
	{"one given a session by hand over their capacity is full", Case{Candidates: []Candidate{{UID: 1, Seat: 5, Status: Online, Load: 7, Capacity: 5}}}, 0, map[int64]string{1: "full"}},
}

func TestEveryWayOfChoosingSaysWhy(t *testing.T) {
	for _, tc := range kept {
		t.Run(tc.name, func(t *testing.T) {
			d := Choose(tc.c)
			if d.UID != tc.want {
				t.Errorf("chose %d, want %d", d.UID, tc.want)
			}
			for _, v := range d.Verdicts {
				want := tc.why[v.UID]
				if v.UID == tc.want {
					want = "chosen"
				}
				if v.Why != want {
					t.Errorf("of %d it says %q, want %q", v.UID, v.Why, want)
				}
			}
		})
	}
}

// What was stored as the reason of a decision, through today's code, gives the same decision. A change to the ways of choosing that
// changes old decisions shows up here; -update accepts it.
func TestKeptDecisionsAreMadeTheSameAgain(t *testing.T) {
	path := filepath.Join("testdata", "decisions.json")
	if *update {
		var all []Reason
		for _, tc := range kept {
			tc.c.At = noon
			all = append(all, Reason{tc.c, Choose(tc.c)})
		}
		b, err := json.MarshalIndent(all, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < len(kept) {
		t.Errorf("%d decisions are kept, and there are %d cases: run with -update", len(all), len(kept))
	}
	for i, raw := range all {
		same, err := Replay(raw)
		if err != nil || !same {
			t.Errorf("kept decision %d is made otherwise today (%v): %s", i, err, raw)
		}
	}
}

func TestAReplayNoticesADifferentChoice(t *testing.T) {
	d := Choose(kept[0].c)
	d.UID = 1
	if same, err := Replay(reason(kept[0].c, d)); same || err != nil {
		t.Errorf("a decision for somebody else is the same: %v %v", same, err)
	}
}
