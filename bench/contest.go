package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/favord/favord/bench/peers"
	"github.com/favord/favord/internal/rule/coupon"
)

// manyStocks is how many stocks a sale has that is not of one hot stock.
const manyStocks = 100

// engineNames lists the engines that can be measured.
func (b *bench) engineNames() []string {
	if b.cluster == nil {
		return []string{"SQLite"}
	}
	return []string{"SQLite", "PostgreSQL"}
}

// measureContest has the engine and its peers take turns, so that no moment of the machine is that of one
// of them alone. The middle of all rounds counts.
func (b *bench) measureContest(ctx context.Context) error {
	for range b.rounds {
		if b.wants(partEngine) {
			if err := b.measureEngines(ctx); err != nil {
				return err
			}
		}
		if b.wants(partPeers) {
			if err := b.measurePeers(ctx); err != nil {
				return err
			}
		}
	}
	b.report.sales = middle(b.report.sales)
	return nil
}

// middle leaves, of the sales of one contender at one size, the one of middling speed, in the order of the
// first ones.
func middle(all []saleFigures) []saleFigures {
	type kind struct {
		contender       string
		stocks, clients int
	}
	var kinds []kind
	rounds := map[kind][]saleFigures{}
	for i := range all {
		k := kind{all[i].contender, all[i].stocks, all[i].clients}
		if rounds[k] == nil {
			kinds = append(kinds, k)
		}
		rounds[k] = append(rounds[k], all[i])
	}
	var chosen []saleFigures
	for _, k := range kinds {
		slices.SortFunc(rounds[k], func(a, b saleFigures) int { return cmp.Compare(a.perSecond, b.perSecond) })
		chosen = append(chosen, rounds[k][len(rounds[k])/2])
	}
	return chosen
}

// unknown marks an engine whose users are not in memory: each is looked up.
const unknown = ", users not in memory"

// measureEngines runs sales of one hot stock and of many on each engine, and of one to users who
// are looked up first.
func (b *bench) measureEngines(ctx context.Context) error {
	for _, name := range b.engineNames() {
		for _, one := range []contestant{{stocks: 1}, {stocks: manyStocks}, {stocks: 1, unknown: true}} {
			one.engine = name
			if err := b.measureEngine(ctx, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// contestant is an engine, and what it sells to whom.
type contestant struct {
	engine string
	stocks int
	// unknown is true when no user is in memory.
	unknown bool
}

func (c *contestant) prepare(ctx context.Context, e *engine, users int) error {
	if c.unknown {
		e.forget()
		return nil
	}
	return e.remember(ctx, users)
}

func (b *bench) measureEngine(ctx context.Context, c contestant) (err error) {
	name, stocks := c.engine, c.stocks
	progress("engine: sales of %d stocks on %s", stocks, name)
	e, err := b.openEngine(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	var numbers atomic.Int64
	var acknowledged int64
	for _, clients := range b.clients {
		// New stocks each time: a stock's history is no part of this.
		if err := errors.Join(e.addStocks(ctx, stocks, coupon.CodesByPlatform), c.prepare(ctx, e, b.users)); err != nil {
			return err
		}
		one := sale{
			contender: e.contender(e.stocks[len(e.stocks)-stocks:]), clients: clients, duration: b.duration,
			users: b.users, numbers: &numbers,
		}
		if c.unknown {
			one.name += unknown
		}
		figures, n, err := one.run(ctx)
		if err != nil {
			return err
		}
		acknowledged += n
		b.report.sales = append(b.report.sales, figures)
	}
	return e.prove(ctx, &b.report, fmt.Sprintf("sales of %d stocks", stocks), acknowledged)
}

// measurePeers runs the same sale of one hot stock on those who do it otherwise.
func (b *bench) measurePeers(ctx context.Context) error {
	limits := peers.Limits{MaxCoupons: plentiful, MaxPerUser: perUser, MaxPerDay: plentiful}
	if b.cluster != nil {
		for _, way := range []peers.Way{peers.RowLock, peers.OneStatement} {
			for _, clients := range b.clients {
				if err := b.measurePostgres(ctx, way, clients, limits); err != nil {
					return err
				}
			}
		}
	}
	program, found := peers.FindRedis()
	if !found {
		b.report.noRedis = true
		progress("!!! redis-server is not installed: the comparison with Redis is MISSING from this report")
		return nil
	}
	for _, policy := range []string{"always", "everysec"} {
		for _, clients := range b.clients {
			progress("peers: redis, appendfsync %s, %d clients", policy, clients)
			p, err := peers.StartRedis(ctx, program, policy, 1, limits)
			if err != nil {
				return err
			}
			if err := b.contest(ctx, p, "Redis, appendfsync "+policy, p.Pid(), clients, limits); err != nil {
				return err
			}
		}
	}
	return nil
}

// peerConnections is how many connections to PostgreSQL a peer opens at most. More make it
// slower.
const peerConnections = 64

func (b *bench) measurePostgres(ctx context.Context, way peers.Way, clients int, l peers.Limits) (err error) {
	progress("peers: PostgreSQL, %s, %d clients", way, clients)
	const name = "peer"
	url, err := b.database(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.cluster.DropDatabase(context.WithoutCancel(ctx), name)) }()
	p, err := peers.OpenPostgres(ctx, url, way, 1, min(clients, peerConnections), l)
	if err != nil {
		return err
	}
	return b.contest(ctx, p, "PostgreSQL, "+way.String(), b.cluster.Pid(), clients, l)
}

// contest runs a sale of a peer, has it verify its own result, and closes it.
func (b *bench) contest(ctx context.Context, p peers.Peer, name string, pid, clients int, l peers.Limits) (err error) {
	defer func() { err = errors.Join(err, p.Close()) }()
	var numbers atomic.Int64
	one := sale{
		contender: contender{
			name: name, stocks: 1, pid: pid,
			issue: func(ctx context.Context, c claim) error {
				_, err := p.Issue(ctx, peers.Claim{Stock: c.stock, User: string(openID(c.user)), Number: c.number, At: now()})
				return err
			},
		},
		clients: clients, duration: b.duration, users: b.users, numbers: &numbers,
	}
	figures, acknowledged, err := one.run(ctx)
	if err != nil {
		return err
	}
	b.report.sales = append(b.report.sales, figures)
	totals, err := p.Totals(ctx)
	if err != nil {
		return err
	}
	wrong := totals.Check(acknowledged, l)
	found := "issued = coupons = request numbers = events"
	if wrong != nil {
		found = wrong.Error()
	}
	b.report.prove(proof{what: fmt.Sprintf("%s, %d clients", name, clients), holds: wrong == nil, found: found})
	return nil
}
