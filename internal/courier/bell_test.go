package courier_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"weir/internal/courier"
	"weir/internal/id"
	"weir/internal/testkit"
)

func TestARingIsHeardByOneOfThoseWhoCarry(t *testing.T) {
	o, err := redis.ParseURL(testkit.Redis(t))
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(o)
	defer rdb.Close()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	web, worker := courier.NewBell(rdb, "weir:", quiet), courier.NewBell(rdb, "weir:", quiet)
	company, heard, fetches := id.New(), make(chan courier.Customer, 200), make(chan bool, 10)
	all.Go(func() { web.Run(ctx) })
	for range 2 {
		all.Go(func() {
			worker.Listen(ctx, func(c courier.Customer) { heard <- c }, func() { fetches <- true })
		})
	}
	times := map[courier.Customer]int{}
	for i := range 100 {
		web.Ring(courier.Customer{Company: company, AppID: appid, OpenID: fmt.Sprint("o", i)})
	}
	web.RingForMedia()
	for range 100 {
		times[<-heard]++
	}
	<-fetches
	for c, n := range times {
		if n != 1 || c.Company != company || c.AppID != appid {
			t.Errorf("%+v is heard %d times", c, n)
		}
	}
	if len(times) != 100 {
		t.Errorf("%d customers are heard of", len(times))
	}
}
