package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
)

// Ingest says how `weir bench ingest` measures.
type Ingest struct {
	Companies int
	Rounds    int           // of baseline and load, by turns
	Round     time.Duration // each
	Conns     int           // at saturation
	Paced     time.Duration // each of the two latency runs
	Profile   string        // a file for Weir's processor profile of everything under load; "": none
	Out       io.Writer
}

// The world of Ingest: as many agents, customers and open workspaces in each company.
const (
	ingestAgents    = 5
	ingestCustomers = 100
	ingestStreams   = 1
)

// ErrLost says that something that was acknowledged is not there, or is there twice.
var ErrLost = errors.New("something that was acknowledged is not there once and in order: see above")

// ingest is a run of it.
type ingest struct {
	Ingest
	m    *machine
	w    *weir
	l    *loader
	base *baseline

	idle     int64 // bytes
	peak     int64
	rates    []float64
	inserts  []float64
	ratios   []float64
	closed   []outcome
	messages float64 // at saturation
	spent    use     // differences over the rounds
	slow     *outcome
	half     *outcome
	all      []*outcome
}

// Run measures and prints. The error is ErrLost, or whatever kept it from measuring.
func (o Ingest) Run(ctx context.Context) (err error) {
	b := &ingest{Ingest: o, spent: use{metrics: map[string]float64{}}}
	b.say("%s", busy())
	b.say("starting PostgreSQL and Redis")
	if b.m, err = startMachine(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.m.stop()) }()
	b.say("making %d companies, each with %d agents, %d customers in a session and %d open workspace", o.Companies, ingestAgents, ingestCustomers, ingestStreams)
	w, err := b.m.furnish(ctx, size{o.Companies, ingestAgents, ingestCustomers, ingestStreams})
	if err != nil {
		return err
	}
	if b.base, err = b.m.baseline(ctx); err != nil {
		return err
	}
	start, err := b.m.readyTimes(ctx, b.say)
	if err != nil {
		return err
	}
	if err := b.measure(ctx, w); err != nil {
		return err
	}
	lost, err := b.verify(ctx)
	if err != nil {
		return err
	}
	write(o.Out, append(b.rows(), append(start, lost.rows(b)...)...))
	if lost.any() {
		return ErrLost
	}
	return nil
}

func (b *ingest) say(format string, args ...any) { fmt.Fprintf(b.Out, "· "+format+"\n", args...) }

// measure runs Weir and the load generator until everything is measured.
func (b *ingest) measure(ctx context.Context, w *world) (err error) {
	args := serve
	if b.Profile != "" {
		args = func(string) []string { return []string{"bench", "serve", "--profile=" + b.Profile} }
	}
	if b.w, _, err = startWeir(ctx, b.m.dir, "weir", args, b.m.environment, 30*time.Second); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stopWeir()) }()
	if b.l, err = startLoader(b.m.dir); err != nil {
		return err
	}
	defer func() { _ = b.l.stop() }()
	streams := b.Companies * ingestStreams
	if _, err := b.l.ask(&order{Do: "open", Addr: b.w.addr, World: w, Streams: streams}); err != nil {
		return err
	}
	b.w.quiet(ctx)
	b.idle, _ = resident(b.w.pid())
	b.say("Weir is ready, %d streams are open; warming up", streams)
	if err := b.ask(&order{Do: "closed", Conns: b.Conns, For: max(b.Round/2, 500*time.Millisecond)}, nil); err != nil {
		return err
	}
	// A thousand a second is a usual day, so it does not come right behind saturation, when PostgreSQL tidies up.
	if b.slow, err = b.paced(1000); err != nil {
		return err
	}
	for n := range b.Rounds {
		if err := b.round(ctx, n); err != nil {
			return err
		}
	}
	_, b.peak = resident(b.w.pid())
	if b.half, err = b.paced(median(b.rates) / 2); err != nil {
		return err
	}
	return ctx.Err()
}

// paced is an open load.
func (b *ingest) paced(rate float64) (*outcome, error) {
	b.say("open load, %.0f a second", rate)
	before, err := b.m.use(b.w, b.l)
	if err != nil {
		return nil, err
	}
	r := &outcome{}
	if err := b.ask(&order{Do: "paced", Conns: 2 * b.Conns, For: b.Paced, Rate: rate, Probes: 0.2}, r); err != nil {
		return nil, err
	}
	after, err := b.m.use(b.w, b.l)
	if err != nil {
		return nil, err
	}
	groups := after.metrics["weir_group_size_count"] - before.metrics["weir_group_size_count"]
	n := float64(max(1, r.Acked))
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / n }
	b.say("%.1f callbacks in a group; processor per message: Weir / PostgreSQL / Redis / load %.0f / %.0f / %.0f / %.0f µs", n/max(1, groups),
		each(after.weir-before.weir), each(after.postgres-before.postgres), each(after.redis-before.redis), each(after.load-before.load))
	return r, nil
}

// stopWeir ends Weir, which must say that it ended well.
func (b *ingest) stopWeir() error {
	if err := b.w.stop(); err != nil {
		return fmt.Errorf("Weir: %w: %s", err, b.w.said())
	}
	return nil
}

// ask has an order carried out and keeps what came of it, for the count at the end.
func (b *ingest) ask(o *order, into *outcome) error {
	r, err := b.l.ask(o)
	if err != nil {
		return err
	}
	b.all = append(b.all, r)
	if into != nil {
		*into = *r
	}
	return nil
}

// round is one turn of the baseline and one of the load.
func (b *ingest) round(ctx context.Context, n int) error {
	inserts, err := b.base.run(ctx, int(max(b.Round, time.Second)/time.Second))
	if err != nil {
		return err
	}
	before, err := b.m.use(b.w, b.l)
	if err != nil {
		return err
	}
	var r outcome
	if err := b.ask(&order{Do: "closed", Conns: b.Conns, For: b.Round}, &r); err != nil {
		return err
	}
	after, err := b.m.use(b.w, b.l)
	if err != nil {
		return err
	}
	b.spend(before, after, &r)
	rate := float64(r.Acked) / r.Took.Seconds()
	b.rates, b.inserts, b.ratios, b.closed = append(b.rates, rate), append(b.inserts, inserts), append(b.ratios, rate/inserts), append(b.closed, r)
	b.say("round %d: %.0f inserts a second, %.0f callbacks a second (%.2f), ack %s", n+1, inserts, rate, rate/inserts, quantiles(r.Acks))
	return nil
}

func (b *ingest) spend(before, after use, r *outcome) {
	b.messages += float64(r.Acked + r.Repeats)
	b.spent.weir += after.weir - before.weir
	b.spent.postgres += after.postgres - before.postgres
	b.spent.redis += after.redis - before.redis
	b.spent.load += after.load - before.load
	for name, v := range after.metrics {
		b.spent.metrics[name] += v - before.metrics[name]
	}
}

// per is a time for each message at saturation, in µs.
func (b *ingest) per(d time.Duration) float64 {
	return float64(d) / float64(time.Microsecond) / max(1, b.messages)
}

func (b *ingest) rows() []row {
	inserts := fmt.Sprintf("%.0f/s %s", median(b.inserts), b.base.kind())
	var acks []float64
	for _, r := range b.closed {
		acks = append(acks, ms(at(r.Acks, 0.99)))
	}
	m := b.spent.metrics
	return []row{
		{what: "CALLBACKS TAKEN DURABLY"},
		{"at saturation, " + fmt.Sprint(b.Conns) + " connections", fmt.Sprintf("%.0f/s", median(b.rates)), inserts, "", ""},
		{"as a share of the baseline", fmt.Sprintf("%.2f", median(b.ratios)), "1", "0.40", "0.70"},
		{"ack at saturation, p99", fmt.Sprintf("%.1f ms", median(acks)), "", "", ""},
		{"callbacks in a group, average", fmt.Sprintf("%.0f", m["weir_group_size_sum"]/max(1, m["weir_group_size_count"])), "", "", ""},
		{"allocations per message", fmt.Sprintf("%.0f (%.1f kB)", m["go_memstats_mallocs_total"]/max(1, b.messages), m["go_memstats_alloc_bytes_total"]/1024/max(1, b.messages)), "", "", ""},
		{"processor per message: Weir / PostgreSQL / Redis / load", fmt.Sprintf("%.0f / %.0f / %.0f / %.0f µs", b.per(b.spent.weir), b.per(b.spent.postgres), b.per(b.spent.redis), b.per(b.spent.load)), "", "", ""},
		{"memory of Weir: idle / saturated", mega(b.idle) + " / " + mega(b.peak), "", "80 / 250 MB", "50 / 150 MB"},
		{what: "LATENCY, p50 / p99"},
		{"ack at 1,000/s", quantiles(b.slow.Acks), "", "", ""},
		{"callback → agent's event at 1,000/s", quantiles(b.slow.Events), "", "p99 8 ms", "p99 3 ms"},
		{fmt.Sprintf("ack at half of saturation, %.0f/s", median(b.rates)/2), quantiles(b.half.Acks), "", "", ""},
		{"callback → agent's event at half of saturation", quantiles(b.half.Events), "", "4 / 15 ms", "2.5 / 6 ms"},
	}
}

// count is what PostgreSQL has of what was acknowledged.
type count struct{ acked, stored, keys, lost, gaps, unheard int64 }

// verify counts in PostgreSQL what the load generator was told is in.
func (b *ingest) verify(ctx context.Context) (c count, err error) {
	b.say("counting what is stored")
	var unsure []int64
	first, next := b.all[0].First, b.all[0].Next
	for _, r := range b.all {
		c.acked += r.Acked
		c.unheard += r.Unheard
		unsure = append(unsure, r.Unsure...)
		next = r.Next
	}
	err = b.m.admin(ctx, "weir", func(conn *pgx.Conn) error {
		err := conn.QueryRow(ctx, `SELECT count(*), count(DISTINCT (company_id, appid, wechat_key)) FROM messages WHERE opercode = 2 AND NOT wechat_key = ANY
			(SELECT 'm:' || u FROM unnest($1::bigint[]) u)`, unsure).Scan(&c.stored, &c.keys)
		if err != nil {
			return err
		}
		err = conn.QueryRow(ctx, `SELECT count(*) FROM generate_series($1::bigint, $2::bigint - 1) g LEFT JOIN messages m ON m.wechat_key = 'm:' || g
			WHERE m.wechat_key IS NULL AND g <> ALL ($3::bigint[])`, first, next, unsure).Scan(&c.lost)
		if err != nil {
			return err
		}
		return conn.QueryRow(ctx, `SELECT count(*) FROM (SELECT s.session_id FROM sessions s LEFT JOIN messages m USING (company_id, session_id) GROUP BY s.company_id, s.session_id
			HAVING count(m.seq) <> s.last_seq OR count(DISTINCT m.seq) <> s.last_seq OR COALESCE(max(m.seq), 0) <> s.last_seq) x`).Scan(&c.gaps)
	})
	return c, err
}

func (c count) any() bool {
	return c.acked != c.stored || c.stored != c.keys || c.lost > 0 || c.gaps > 0
}

func (c count) rows(b *ingest) []row {
	var repeats, refused int64
	for _, r := range b.all {
		repeats += r.Repeats
		refused += r.Refused
	}
	return []row{
		{what: "NOTHING LOST, NOTHING DOUBLED"},
		{"acknowledged = stored = distinct", fmt.Sprintf("%d = %d = %d", c.acked, c.stored, c.keys), "", "equal", ""},
		{"lost / doubled / sessions with gaps", fmt.Sprintf("%d / %d / %d", c.lost, c.stored-c.keys, c.gaps), "", "0 / 0 / 0", ""},
		{"repeats answered / callbacks refused / events unheard", fmt.Sprintf("%d / %d / %d", repeats, refused, c.unheard), "", "", ""},
	}
}
