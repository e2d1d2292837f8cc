package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"weir/internal/wechat/simulator"
)

// order is what the load generator is asked to do.
type order struct {
	Do      string // open: open the streams; closed; paced
	Addr    string
	World   *world // of open
	Streams int    // of open: how many, over all companies
	Conns   int
	For     time.Duration
	Rate    float64 // of paced, a second
	Probes  float64 // of paced: which part of the messages goes to a session that a page shows
	Tell    string  // of shout: how the event is caused
}

// outcome is what came of it.
type outcome struct {
	Err         string
	Took        time.Duration
	Acked       int64           // callbacks answered with 200 that are not repeats
	Repeats     int64           // callbacks that were posted again, and answered like the first
	Refused     int64           // answered with anything else, or not at all
	First, Next int64           // MsgIds given out: from First, before Next
	Unsure      []int64         // MsgIds that were not answered with 200
	Acks        []time.Duration // each one's time to its answer, sorted
	Events      []time.Duration // each probe's time to the page's event, sorted
	Unheard     int64           // probes whose page heard nothing
	Streams     int             // open now
}

// Load is the load generator: it reads orders, a line of JSON each, and writes an outcome for each, until in ends.
func Load(ctx context.Context, in io.Reader, out io.Writer) error {
	l := &load{next: time.Now().UnixNano()}
	orders, outcomes := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		result, err := l.do(ctx, &o)
		if err != nil {
			result = &outcome{Err: err.Error()}
		}
		result.Streams = int(l.open.Load())
		if err := outcomes.Encode(result); err != nil {
			return err
		}
	}
}

// load is the load generator's state.
type load struct {
	addr    string
	world   *world
	signers []*simulator.Signer
	next    int64 // MsgId
	pages   []*page
	open    atomic.Int64
}

func (l *load) do(ctx context.Context, o *order) (*outcome, error) {
	switch o.Do {
	case "open":
		return &outcome{}, l.begin(ctx, o)
	case "closed":
		return l.closed(o)
	case "paced":
		return l.paced(o)
	case "shout":
		return l.shout(o)
	}
	return nil, fmt.Errorf("no such order: %q", o.Do)
}

// begin takes in the world, and opens streams until there are as many as wanted.
func (l *load) begin(ctx context.Context, o *order) error {
	l.addr = o.Addr
	if o.World != nil {
		l.world, l.signers = o.World, nil
		for _, c := range o.World.Companies {
			s, err := simulator.NewSigner(simulator.Account{AppID: c.AppID, Token: c.Token, AESKey: c.AESKey, Mode: simulator.Safe})
			if err != nil {
				return err
			}
			l.signers = append(l.signers, s)
		}
	}
	return l.openPages(ctx, o.Streams)
}

// An poster posts callbacks over one connection, one after another.
type poster struct {
	l       *load
	conn    net.Conn
	r       *bufio.Reader
	message simulator.Callback
	request []byte
	texts   int
	acks    []time.Duration
	result  outcome
}

func (l *load) posters(n int) ([]*poster, error) {
	all := make([]*poster, n)
	for i := range all {
		all[i] = &poster{l: l, texts: i}
		if err := all[i].dial(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (p *poster) dial() (err error) {
	if p.conn, err = net.Dial("tcp", p.l.addr); err == nil {
		p.r = bufio.NewReaderSize(p.conn, 2048)
	}
	return err
}

// texts are what customers write. One in a hundred is what a rule answers to.
var texts = []string{"你好", "请问今天晚上还有空的包间吗？", "我昨天充的会员卡，到现在积分还没有到账，麻烦帮我看一下是怎么回事", "在吗", "好的，谢谢",
	"Can I book two seats for tomorrow at 7?", "[微笑]", "地址发我一下，打车过去大概要多久", "那我再等等吧", "上次说的活动还有吗"}

func (p *poster) text() string {
	p.texts++
	if p.texts%100 == 0 {
		return "你们的" + keyword + "是？"
	}
	return texts[p.texts%len(texts)]
}

// repeatEvery is how often a callback is posted once more, as WeChat does when an answer is late.
const repeatEvery = 64

// post signs a message of a customer and posts it; false: it was not answered as it should be.
func (p *poster) post(company, who int, msg int64) bool {
	p.sign(company, who, msg)
	if !p.send() {
		p.result.Refused++
		p.result.Unsure = append(p.result.Unsure, msg)
		return false
	}
	p.result.Acked++
	return true
}

// again posts the same callback again.
func (p *poster) again() {
	if p.send() {
		p.result.Repeats++
	} else {
		p.result.Refused++
	}
}

func (p *poster) sign(company, who int, msg int64) {
	p.l.signers[company].Text(&p.message, customer(who), p.text(), msg, time.Now())
	b := append(p.request[:0], "POST /wechat/"...)
	b = append(append(b, p.l.world.Companies[company].AppID...), '?')
	b = append(b, p.message.Query...)
	b = append(b, " HTTP/1.1\r\nHost: weir\r\nUser-Agent: Mozilla/4.0\r\nContent-Type: text/xml\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(p.message.Body)), 10)
	p.request = append(append(b, "\r\n\r\n"...), p.message.Body...)
}

// send posts what was signed last; true: it was answered with 200. A connection that broke is made anew.
func (p *poster) send() bool {
	if p.conn == nil && p.dial() != nil {
		return false
	}
	_ = p.conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := p.conn.Write(p.request); err == nil {
		if status, err := readAnswer(p.r); err == nil {
			return status == 200
		}
	}
	_ = p.conn.Close()
	p.conn = nil
	return false
}

// readAnswer reads one answer that has a length, and throws its body away.
func readAnswer(r *bufio.Reader) (status int, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		switch {
		case first:
			if len(line) < 12 {
				return 0, errors.New("no answer of HTTP")
			}
			status, _ = strconv.Atoi(string(line[9:12]))
		case len(line) <= 2:
			if length < 0 {
				return 0, errors.New("an answer without a length")
			}
			_, err = r.Discard(length)
			return status, err
		case len(line) > 16 && (line[0]|0x20) == 'c' && string(line[8:15]) == "Length:":
			length, _ = strconv.Atoi(string(line[16 : len(line)-2]))
		}
	}
}

// closed posts over every connection, the next as soon as the last is answered.
func (l *load) closed(o *order) (*outcome, error) {
	posters, err := l.posters(o.Conns)
	if err != nil {
		return nil, err
	}
	first := l.next
	var next atomic.Int64
	next.Store(first)
	var all sync.WaitGroup
	began := time.Now()
	end := began.Add(o.For)
	for _, p := range posters {
		all.Go(func() {
			for now := time.Now(); now.Before(end); {
				msg := next.Add(1) - 1
				ok := p.post(rand.IntN(len(l.world.Companies)), l.anybody(), msg)
				done := time.Now()
				p.acks = append(p.acks, done.Sub(now))
				if ok && msg%repeatEvery == 0 {
					p.again()
					done = time.Now()
				}
				now = done
			}
		})
	}
	all.Wait()
	l.next = next.Load()
	return l.gather(posters, first, time.Since(began)), nil
}

// anybody is a customer whose session no page shows.
func (l *load) anybody() int {
	return l.world.Shown + rand.IntN(l.world.Customers-l.world.Shown)
}

func (l *load) gather(posters []*poster, first int64, took time.Duration) *outcome {
	all := &outcome{First: first, Next: l.next, Took: took}
	for _, p := range posters {
		if p.conn != nil {
			_ = p.conn.Close()
		}
		all.Acked += p.result.Acked
		all.Repeats += p.result.Repeats
		all.Refused += p.result.Refused
		all.Unsure = append(all.Unsure, p.result.Unsure...)
		all.Acks = append(all.Acks, p.acks...)
	}
	slices.Sort(all.Acks)
	return all
}

// job is a message that is due.
type job struct {
	due   time.Time
	msg   int64
	where int // company
	who   int
	probe *page // whose page shows the session; nil: nobody's
}

// paced posts at a steady rate, whatever becomes of it, and times what is late from when it should have gone.
func (l *load) paced(o *order) (*outcome, error) {
	posters, err := l.posters(o.Conns)
	if err != nil {
		return nil, err
	}
	first := l.next
	n := int(o.Rate * o.For.Seconds())
	jobs := make(chan job, n)
	var all sync.WaitGroup
	for _, p := range posters {
		all.Go(func() {
			for j := range jobs {
				if p.post(j.where, j.who, j.msg) {
					p.acks = append(p.acks, time.Since(j.due))
				} else if j.probe != nil {
					j.probe.forget()
				}
			}
		})
	}
	l.hushPages()
	began := time.Now()
	pace(began, time.Duration(float64(time.Second)/o.Rate), n, func(due time.Time) { jobs <- l.job(due, o.Probes) })
	close(jobs)
	all.Wait()
	took := time.Since(began)
	unheard := l.awaitPages(2 * time.Second)
	result := l.gather(posters, first, took)
	result.Events, result.Unheard = l.heard(), unheard
	return result, nil
}

// job is a message for the next time. A page is asked about one message at a time, so that its event is that message's.
func (l *load) job(due time.Time, probes float64) job {
	j := job{due: due, msg: l.next, where: rand.IntN(len(l.world.Companies)), who: l.anybody()}
	l.next++
	if rand.Float64() < probes && len(l.pages) > 0 {
		p := l.pages[rand.IntN(len(l.pages))]
		if p.shows >= 0 && p.expect(due) {
			j.where, j.who, j.probe = p.company, p.shows, p
		}
	}
	return j
}

// loader is the load generator's process, from outside.
type loader struct {
	*process
	in  io.WriteCloser
	out *json.Decoder
}

func startLoader(dir string) (*loader, error) {
	inR, inW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer inR.Close()
	outR, outW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer outW.Close()
	p, err := spawn(dir, "load", []string{"bench", "load"}, nil, inR, outW)
	if err != nil {
		return nil, err
	}
	return &loader{p, inW, json.NewDecoder(outR)}, nil
}

// stop ends it: there are no more orders.
func (l *loader) stop() error {
	_ = l.in.Close()
	select {
	case <-l.gone:
		return l.err
	case <-time.After(5 * time.Second):
		_ = l.cmd.Process.Kill()
		<-l.gone
		return errors.New("the load generator did not end")
	}
}

// ask has an order carried out.
func (l *loader) ask(o *order) (*outcome, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	if _, err := l.in.Write(append(b, '\n')); err != nil {
		return nil, err
	}
	var result outcome
	if err := l.out.Decode(&result); err != nil {
		return nil, fmt.Errorf("load generator: %w: %s", err, l.said())
	}
	if result.Err != "" {
		return nil, fmt.Errorf("load generator: %s", result.Err)
	}
	return &result, nil
}
