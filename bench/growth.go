package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// growthFigures are the cost of an issue at a size.
type growthFigures struct {
	engine string
	what   string
	size   int
	saleFigures
}

// What grows.
const (
	growCoupons   = "coupons"
	growStocks    = "stocks, sale of one"
	growAllStocks = "stocks, sale of all"
	growCodes     = "free codes"
)

// growthClients is how many clients a sale has that looks at growth.
const growthClients = 256

// measureGrowth takes the cost of an issue while things grow.
func (b *bench) measureGrowth(ctx context.Context) error {
	for _, name := range b.engineNames() {
		for _, one := range []func(context.Context, string) error{b.growCoupons, b.growStocks} {
			if err := one(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// grower is an engine that is measured at several sizes.
type grower struct {
	*bench
	*engine
	numbers      atomic.Int64
	acknowledged int64
}

// grow runs fn with a new engine, and proves what it did.
func (b *bench) grow(ctx context.Context, name, what string, fn func(g *grower) error) (err error) {
	progress("growth: %s on %s", what, name)
	e, err := b.openEngine(ctx, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	g := &grower{bench: b, engine: e}
	if err := fn(g); err != nil {
		return err
	}
	return e.prove(ctx, &b.report, "growth of "+what, g.acknowledged)
}

// take measures a sale and keeps it under a size.
func (g *grower) take(ctx context.Context, what string, size int, stocks []coupon.StockID, most int64) error {
	figures, err := g.sell(ctx, stocks, most)
	if err == nil {
		g.report.growth = append(g.report.growth, growthFigures{engine: g.name, what: what, size: size, saleFigures: figures})
	}
	return err
}

func (g *grower) sell(ctx context.Context, stocks []coupon.StockID, most int64) (saleFigures, error) {
	if err := g.remember(ctx, g.users); err != nil {
		return saleFigures{}, err
	}
	one := sale{
		contender: g.contender(stocks), clients: growthClients, duration: g.duration, most: most,
		users: g.users, numbers: &g.numbers,
	}
	figures, n, err := one.run(ctx)
	g.acknowledged += n
	return figures, err
}

// growCoupons issues until there are as many coupons as were asked for, of a hundred
// stocks, and measures new stocks at some sizes on the way.
func (b *bench) growCoupons(ctx context.Context, name string) error {
	return b.grow(ctx, name, growCoupons, func(g *grower) error {
		if err := g.addStocks(ctx, manyStocks, coupon.CodesByPlatform); err != nil {
			return err
		}
		filled := g.stocks[:manyStocks:manyStocks]
		for _, size := range sizes(b.coupons, 0, 100_000, 1_000_000, 5_000_000) {
			if err := g.fill(ctx, filled, size); err != nil {
				return err
			}
			if err := g.addStocks(ctx, 1, coupon.CodesByPlatform); err != nil {
				return err
			}
			progress("growth: %d coupons on %s", size, name)
			if err := g.take(ctx, growCoupons, size, g.stocks[len(g.stocks)-1:], 0); err != nil {
				return err
			}
		}
		return nil
	})
}

// sizes lists the usual ones up to the most, and the most.
func sizes(most int, usual ...int) []int {
	var list []int
	for _, size := range usual {
		if size < most {
			list = append(list, size)
		}
	}
	return append(list, most)
}

// fill issues in large batches until so many coupons are there.
func (g *grower) fill(ctx context.Context, stocks []coupon.StockID, size int) error {
	const clients, batch = 4096, 1024
	missing := int64(size) - g.acknowledged
	if missing <= 0 {
		return nil
	}
	s := sale{
		contender: g.contenderOf(g.service(lane.Bounds{Queue: clients, Batch: batch}), stocks), clients: clients,
		duration: time.Hour, users: g.users, numbers: &g.numbers,
	}
	filled, err := s.stretch(ctx, s.duration, missing)
	g.acknowledged += filled.issued
	return err
}

// growStocks measures sales of one of several stocks and of all of them, each time on a new
// database: the coupons of one sale would weigh on the next.
func (b *bench) growStocks(ctx context.Context, name string) error {
	for _, size := range sizes(b.stocks, 1, 100, 1_000, 10_000, 100_000) {
		if err := b.grow(ctx, name, fmt.Sprintf("%d stocks", size), func(g *grower) error {
			if err := g.addStocks(ctx, size, coupon.CodesByPlatform); err != nil {
				return err
			}
			if err := g.take(ctx, growStocks, size, g.stocks[:1], 0); err != nil {
				return err
			}
			return g.take(ctx, growAllStocks, size, g.stocks, 0)
		}); err != nil {
			return err
		}
	}
	return nil
}

// How pools are picked from: rounds of picks that the smallest pool can serve.
const (
	smallPool  = 1000
	poolRounds = 20
	poolPicks  = 900
)

// growCodes measures issues out of small pools and out of a large one, on a new database
// each.
func (b *bench) growCodes(ctx context.Context, name string) error {
	if err := b.grow(ctx, name, fmt.Sprintf("pools of %d codes", smallPool), func(g *grower) error {
		if err := g.addPools(ctx, poolRounds, smallPool); err != nil {
			return err
		}
		return g.pick(ctx, smallPool, g.stocks)
	}); err != nil {
		return err
	}
	return b.grow(ctx, name, fmt.Sprintf("a pool of %d codes", b.codes), func(g *grower) error {
		if err := g.addPools(ctx, 1, b.codes); err != nil {
			return err
		}
		return g.pick(ctx, b.codes, slices.Repeat(g.stocks, poolRounds))
	})
}

// addPools adds stocks with so many codes each.
func (g *grower) addPools(ctx context.Context, n, codes int) error {
	if err := g.addStocks(ctx, n, coupon.CodesByUpload); err != nil {
		return err
	}
	for _, id := range g.stocks {
		if err := g.upload(ctx, id, codes); err != nil {
			return err
		}
	}
	return nil
}

// upload fills the pool of a stock.
func (g *grower) upload(ctx context.Context, id coupon.StockID, n int) error {
	key := coupon.StockKey{Creator: shopID, ID: id}
	return inChunks(n, func(from, to int) error {
		codes := make([]coupon.Code, 0, to-from)
		for i := from; i < to; i++ {
			codes = append(codes, codeOf(id, i))
		}
		return g.store.Write(ctx, func(tx store.Tx) error {
			_, was, err := tx.LockStock(ctx, key, day.Of(now()))
			if err != nil {
				return err
			}
			if _, err := tx.InsertCodes(ctx, key, codes, now()); err != nil {
				return err
			}
			is := was
			is.Codes += int64(len(codes))
			is.FreeCodes += int64(len(codes))
			return tx.SetCounters(ctx, store.CounterChange{Stock: key, Was: was, Is: is})
		})
	})
}

// pick measures sales of one stock each, one after the other, as one.
func (g *grower) pick(ctx context.Context, size int, stocks []coupon.StockID) error {
	figures := growthFigures{engine: g.name, what: growCodes, size: size}
	figures.stocks, figures.clients = 1, growthClients
	var took time.Duration
	app, database := ownCPU(), treeCPU(g.pid)
	for _, id := range stocks {
		s := sale{contender: g.contender([]coupon.StockID{id}), clients: growthClients, users: g.users, numbers: &g.numbers}
		picked, err := s.stretch(ctx, time.Hour, poolPicks)
		if err != nil {
			return err
		}
		figures.issued += picked.issued
		took += picked.took
		figures.p50, figures.p99 = max(figures.p50, picked.latency(50)), max(figures.p99, picked.latency(99))
	}
	g.acknowledged += figures.issued
	n := time.Duration(max(1, figures.issued))
	figures.app = (ownCPU() - app) / n
	figures.database = (treeCPU(g.pid) - database) / n
	figures.perSecond = float64(figures.issued) / took.Seconds()
	g.report.growth = append(g.report.growth, figures)
	return nil
}

// codeOf is an uploaded code.
func codeOf(id coupon.StockID, i int) coupon.Code {
	return coupon.Code(fmt.Sprintf("%s-%08d", id, i))
}
