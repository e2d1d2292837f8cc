package main

import (
	"errors"
	"os"
	"runtime/pprof"
	"time"

	"weir/internal/bench"
)

type benchCommand struct {
	Ingest  benchIngest  `cmd:"" help:"Callbacks: how many a second are taken durably, how soon an agent sees them, how soon Weir is ready."`
	Live    benchLive    `cmd:"" help:"Streams: what an idle one costs, how soon one event reaches all of them."`
	Pages   benchPages   `cmd:"" help:"Pages: what the workspace costs to serve and to carry, and how that grows with the company."`
	Routing benchRouting `cmd:"" help:"Routing: how soon a session is an agent's who became able, and how that grows."`
	Search  benchSearch  `cmd:"" help:"Search: how soon two characters are found in what was said, beside LIKE, and what the index costs those who write."`
	WeChat  benchWeChat  `cmd:"" name:"wechat" help:"The protocol alone: decrypt, parse and encrypt, beside the standard library's own parts."`
	Load    benchLoad    `cmd:"" hidden:""`
	Plain   benchPlain   `cmd:"" hidden:""`
	Serve   benchServe   `cmd:"" hidden:""`
}

type benchIngest struct {
	Quick     bool          `help:"A few seconds of everything: shows that it works, not how fast."`
	Companies int           `default:"200" help:"How many companies there are."`
	Rounds    int           `default:"5" help:"Rounds of baseline and load, by turns."`
	Round     time.Duration `default:"4s" help:"How long each takes."`
	Conns     int           `default:"256" help:"Connections at saturation."`
	Paced     time.Duration `default:"8s" help:"How long each latency is measured."`
	Profile   string        `help:"Write Weir's processor profile here, and its allocations to the same name with .allocs."`
}

// Run measures. It fails where a message was lost or doubled, and not where a figure is missed: machines differ.
func (b *benchIngest) Run(e *env) error {
	o := bench.Ingest{Companies: b.Companies, Rounds: b.Rounds, Round: b.Round, Conns: b.Conns, Paced: b.Paced, Profile: b.Profile, Out: os.Stdout}
	if b.Quick {
		o.Companies, o.Rounds, o.Round, o.Paced = 20, 1, time.Second, 2*time.Second
	}
	return o.Run(e.ctx)
}

type benchLive struct {
	Quick   bool  `help:"A few seconds: shows that it works, not how fast."`
	Streams []int `default:"1000,5000,10000" help:"How many streams are open."`
}

// Run measures. Figures that are missed do not make it fail: machines differ.
func (b *benchLive) Run(e *env) error {
	o := bench.Live{Streams: b.Streams, Shout: 4 * time.Second, Paced: 4 * time.Second, Out: os.Stdout}
	if b.Quick {
		o.Streams, o.Shout, o.Paced = []int{200, 500}, time.Second, time.Second
	}
	return o.Run(e.ctx)
}

type benchPages struct {
	Quick    bool  `help:"A few seconds: shows that it works, not how fast."`
	Sessions []int `default:"10,1000,100000" help:"How many sessions the company has; the first is what the others are compared with."`
	Samples  int   `default:"300" help:"How often each page is asked for."`
}

// Run measures. Figures that are missed do not make it fail: machines differ.
func (b *benchPages) Run(e *env) error {
	o := bench.Pages{Sessions: b.Sessions, Samples: b.Samples, Out: os.Stdout}
	if b.Quick {
		o.Sessions, o.Samples = []int{10, 100}, 10
	}
	return o.Run(e.ctx)
}

type benchRouting struct {
	Quick   bool  `help:"A few seconds: shows that it works, not how fast."`
	Queued  []int `default:"100,1000,10000,100000" help:"How many sessions queue, with ten agents."`
	Agents  []int `default:"10,100,1000,5000" help:"How many agents there are, with a thousand sessions queueing."`
	Samples int   `default:"300" help:"How often each is measured."`
}

// Run measures. Figures that are missed do not make it fail: machines differ.
func (b *benchRouting) Run(e *env) error {
	o := bench.Routing{Queued: b.Queued, Agents: b.Agents, Samples: b.Samples, Out: os.Stdout}
	if b.Quick {
		o.Queued, o.Agents, o.Samples = []int{100, 1000}, []int{10, 100}, 20
	}
	return o.Run(e.ctx)
}

type benchSearch struct {
	Quick    bool          `help:"Half a minute: shows that it works, not how fast."`
	Messages []int         `default:"100000,1000000" help:"How many messages the company has."`
	Samples  int           `default:"300" help:"How often each term is searched for."`
	Rounds   int           `default:"6" help:"Rounds of load without the index and with it, by turns."`
	Round    time.Duration `default:"5s" help:"How long each takes."`
}

// Run measures. Figures that are missed do not make it fail: machines differ.
func (b *benchSearch) Run(e *env) error {
	o := bench.Search{Messages: b.Messages, Samples: b.Samples, Likes: 20, Rounds: b.Rounds, Round: b.Round, Conns: 256, Out: os.Stdout}
	if b.Quick {
		o.Messages, o.Samples, o.Likes, o.Rounds, o.Round = []int{10000}, 20, 5, 1, time.Second
	}
	return o.Run(e.ctx)
}

type benchWeChat struct {
	Quick bool `help:"A second or two: shows that it works, not how fast."`
}

// Run measures.
func (b *benchWeChat) Run(e *env) error {
	o := bench.WeChat{Round: time.Second, Rounds: 5, Out: os.Stdout}
	if b.Quick {
		o.Round, o.Rounds = 50*time.Millisecond, 1
	}
	return o.Run(e.ctx)
}

// benchLoad is the other end of the wire, in a process of its own.
type benchLoad struct{}

// Run reads orders until there are no more.
func (*benchLoad) Run(e *env) error { return bench.Load(e.ctx, os.Stdin, os.Stdout) }

// benchPlain is what streams are compared with.
type benchPlain struct {
	Addr string `arg:""`
}

// Run serves it.
func (b *benchPlain) Run(e *env) error { return bench.Plain(e.ctx, b.Addr) }

// benchServe is serve with its processor time and its allocations written down.
type benchServe struct {
	Profile string `required:""`
}

// Run serves.
func (b *benchServe) Run(e *env) error {
	f, err := os.Create(b.Profile)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	err = (&serveCommand{Role: "all"}).Run(e)
	pprof.StopCPUProfile()
	allocs, err2 := os.Create(b.Profile + ".allocs")
	if err2 == nil {
		err2 = errors.Join(pprof.Lookup("allocs").WriteTo(allocs, 0), allocs.Close())
	}
	return errors.Join(err, err2)
}
