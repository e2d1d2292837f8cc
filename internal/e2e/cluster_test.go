package e2e

import (
	"testing"
	"time"

	"weir/internal/testkit"
	"weir/internal/wechat/simulator"
)

func TestDrillAConversationOnARedisClusterOfWhichANodeIsKilled(t *testing.T) {
	t.Parallel()
	c := testkit.OwnRedisCluster(t)
	w, a := serving(t, func(w *world, _ *simulator.Config) { w.redis = c.URL })
	w.online(a, yu)
	w.writes(chen, "在吗")
	s := w.sessionOf(a, chen, yu)
	w.client(a, yuMail) // a login is kept in the cluster, too
	w.replies(a, s, "在的")
	w.reads(chen, "在的")
	w.queuesAgree()
	for _, n := range c.Nodes {
		n.Kill()
		w.writes(zhao, "也在吗") // what customers write needs no Redis
		if err := n.Start(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.until("weir is ready again", 20*time.Second, a.ready)
	}
	w.replies(a, s, "还在")
	w.reads(chen, "还在")
	w.queuesAgree()
}
