package main

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
)

// codeFigures are what a call about the uploaded codes of a stock costs.
type codeFigures struct {
	engine string
	what   string
	// size is how many codes the pool had when it was measured first.
	size int
	saleFigures
}

// Clients of the calls about codes, and how many codes were given out before.
const (
	codeClients = 16
	codesGiven  = 100
)

// measureCodes takes the cost of issues out of pools, and of calls about the pools
// themselves, small and large.
func (b *bench) measureCodes(ctx context.Context) error {
	for _, name := range b.engineNames() {
		if err := b.growCodes(ctx, name); err != nil {
			return err
		}
		for _, size := range []int{smallPool, b.codes} {
			if err := b.callPool(ctx, name, size); err != nil {
				return err
			}
		}
	}
	return nil
}

// callPool lists and uploads codes of a stock that has so many.
func (b *bench) callPool(ctx context.Context, name string, size int) error {
	return b.grow(ctx, name, fmt.Sprintf("calls about %d codes", size), func(g *grower) error {
		if err := g.addPools(ctx, 1, size); err != nil {
			return err
		}
		if _, err := g.sell(ctx, g.stocks, codesGiven); err != nil {
			return err
		}
		office := stocks.New(stocks.Config{Store: g.store, Clock: clock.Same{Source: clock.System{}}})
		for _, one := range []struct {
			what string
			call func(ctx context.Context, c claim) error
		}{
			{"first page of 100", g.listing(office, "", 0)},
			{"last page of 100", g.listing(office, "", int64(size)-stocks.MaxCodePage)},
			{"first page of those given out", g.listing(office, coupon.CodeDispatched, 0)},
			{fmt.Sprintf("upload of %d codes", coupon.MaxUpload), g.uploading(office)}, // last: the pool grows
		} {
			calls := sale{
				contender: contender{name: g.name, stocks: 1, pid: g.pid, issue: one.call},
				clients:   codeClients, duration: g.duration, users: g.users, numbers: &g.numbers,
			}
			figures, _, err := calls.run(ctx)
			if err != nil {
				return err
			}
			g.report.codes = append(g.report.codes, codeFigures{engine: g.name, what: one.what, size: size, saleFigures: figures})
		}
		return nil
	})
}

// listing reads a page.
func (g *grower) listing(office *stocks.Service, status coupon.CodeStatus, offset int64) func(context.Context, claim) error {
	return func(ctx context.Context, _ claim) error {
		_, err := office.Codes(ctx, stocks.CodesQuery{
			Caller: shopID, StockID: g.stocks[0], Status: status, Offset: offset, Limit: stocks.MaxCodePage,
		})
		return err
	}
}

// uploading adds as many new codes as a call may bring.
func (g *grower) uploading(office *stocks.Service) func(context.Context, claim) error {
	return func(ctx context.Context, c claim) error {
		codes := make([]coupon.Code, coupon.MaxUpload)
		for i := range codes {
			codes[i] = coupon.Code(fmt.Sprintf("%s-%03d", c.number, i))
		}
		_, err := office.Upload(ctx, stocks.UploadCommand{Caller: shopID, StockID: g.stocks[0], RequestNo: c.number, Codes: codes})
		return err
	}
}
