package desk

import (
	"testing"
	"time"

	"weir/internal/store"
)

func TestAnAccountIsAsTheWorstThatIsKnownOfIt(t *testing.T) {
	now := time.Date(2026, 7, 18, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) *time.Time { t := now.Add(d); return &t }
	heard := store.AccountCallback{HeardAt: at(-time.Minute)}
	for _, tc := range []struct {
		name string
		h    Health
		want string
	}{
		{"heard lately", Health{Account: &store.Account{}, Heard: heard}, HealthFine},
		{"never heard", Health{Account: &store.Account{}}, HealthUnheard},
		{"verified and not heard yet", Health{Account: &store.Account{}, Heard: store.AccountCallback{VerifiedAt: at(-time.Minute)}}, HealthFine},
		{"stopped", Health{Account: &store.Account{}, Heard: heard, Trouble: &Trouble{Code: 40164}}, HealthStopped},
		{"paused, whatever else", Health{Account: &store.Account{PausedAt: at(-time.Hour)}, Trouble: &Trouble{Code: 40164}}, HealthPaused},
		{"refused since", Health{Account: &store.Account{}, Heard: store.AccountCallback{HeardAt: at(-time.Hour), RefusedAt: at(-time.Minute)}}, HealthRefused},
		{"refused before", Health{Account: &store.Account{}, Heard: store.AccountCallback{HeardAt: at(-time.Minute), RefusedAt: at(-time.Hour)}}, HealthFine},
		{"refused long ago", Health{Account: &store.Account{}, Heard: store.AccountCallback{HeardAt: at(-80 * time.Hour), RefusedAt: at(-25 * time.Hour)}}, HealthFine},
		{"verification over, says WeChat", Health{Account: &store.Account{Verification: "verify_expired"}, Heard: heard}, HealthExpired},
		{"verification over, says the date", Health{Account: &store.Account{VerificationExpiresAt: at(0)}, Heard: heard}, HealthExpired},
		{"verification over soon", Health{Account: &store.Account{VerificationExpiresAt: at(29 * 24 * time.Hour)}, Heard: heard}, HealthExpiring},
		{"verification over in a year", Health{Account: &store.Account{VerificationExpiresAt: at(365 * 24 * time.Hour)}, Heard: heard}, HealthFine},
		{"slow", Health{Account: &store.Account{}, Heard: heard, Counts: []store.CallbackCount{{BeganAt: *at(-30 * time.Minute), Taken: 9, Late: 1}}}, HealthSlow},
		{"slow this morning", Health{Account: &store.Account{}, Heard: heard, Counts: []store.CallbackCount{{BeganAt: *at(-3 * time.Hour), Taken: 9, Late: 1}}}, HealthFine},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.h.State(now); got != tc.want {
				t.Errorf("it is %s, want %s", got, tc.want)
			}
		})
	}
}
