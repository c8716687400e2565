package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// spendFigures are what happens to coupons and vouchers of one stock.
type spendFigures struct {
	engine, what string
	saleFigures
}

// What is done with them.
const (
	spendRedeem = "redemption of a coupon"
	spendSend   = "voucher sent"
	spendPay    = "payment with one voucher"
)

// spendClients are how many clients do it, and spendAhead how many coupons or vouchers each second of a
// measurement finds ready.
const (
	spendClients = 1024
	spendAhead   = 30_000
)

// measureSpending takes redemptions of coupons, sends of vouchers, and payments with them.
func (b *bench) measureSpending(ctx context.Context) error {
	for _, name := range b.engineNames() {
		for _, one := range []struct {
			what string
			run  func(*spender, context.Context) error
		}{
			{"redemptions", (*spender).redemptions}, {"payments", (*spender).payments},
		} {
			if err := b.grow(ctx, name, one.what, func(g *grower) error {
				s := &spender{grower: g, told: map[string]int64{}}
				if err := one.run(s, ctx); err != nil {
					return err
				}
				return s.proveTold(ctx)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// spender is an engine whose coupons are spent.
type spender struct {
	*grower
	// told counts what was acknowledged of each.
	told map[string]int64
}

// pile is what was given out, to be spent in turn.
type pile[T any] struct {
	mu    sync.Mutex
	all   []T
	taken atomic.Int64
}

func (p *pile[T]) add(one T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, one)
}

// next returns one that nobody had.
func (p *pile[T]) next() T { return p.all[p.taken.Add(1)-1] }

// take measures a call, at most so often, and keeps its figures.
func (s *spender) take(ctx context.Context, what string, most int, call func(context.Context, claim) error) error {
	one := sale{
		contender: contender{name: s.name, pid: s.pid, stocks: 1, issue: call},
		clients:   spendClients, duration: s.duration, most: int64(most - spendClients), users: s.users, numbers: &s.numbers,
	}
	figures, n, err := one.run(ctx)
	if err == nil {
		s.told[what] += n
		s.report.spent = append(s.report.spent, spendFigures{engine: s.name, what: what, saleFigures: figures})
	}
	return err
}

// proveTold holds an engine to what it acknowledged of each, by its figures, which its invariants hold to its rows.
func (s *spender) proveTold(ctx context.Context) error {
	counted := map[string]int64{}
	err := s.store.Read(ctx, func(tx store.ReadTx) error {
		list, err := tx.Tallies(ctx, store.TallyQuery{Owner: shopID, Until: tally.HourOf(now()) + 1})
		clear(counted)
		for i := range list {
			counted[whatCounts(&list[i])] += list[i].N
		}
		return err
	})
	for _, what := range []string{spendRedeem, spendSend, spendPay} {
		if n := s.told[what]; n > 0 {
			s.report.prove(proof{
				what: what + " on " + s.name, holds: counted[what] == n, found: fmt.Sprintf("%d acknowledged, %d counted", n, counted[what]),
			})
		}
	}
	return err
}

// whatCounts is what a figure is about; "" is nothing that was measured.
func whatCounts(c *tally.Count) string {
	switch {
	case c.Product == merchant.BusiFavor && c.Kind == tally.Used:
		return spendRedeem
	case c.Product == merchant.Favor && c.Kind == tally.Issued:
		return spendSend
	case c.Product == merchant.Favor && c.Kind == tally.Used:
		return spendPay
	}
	return ""
}

// ready is how many coupons or vouchers are given out before some are spent.
func (s *spender) ready() int { return int(s.duration.Seconds()*spendAhead) + 2*spendClients }

// give has clients give out n of something.
func (s *spender) give(ctx context.Context, n int, call func(context.Context, claim) error) error {
	one := sale{
		contender: contender{stocks: 1, issue: call}, clients: spendClients,
		duration: time.Hour, most: int64(n), users: s.users, numbers: &s.numbers,
	}
	_, err := one.stretch(ctx, one.duration, one.most)
	return err
}

func (s *spender) redemptions(ctx context.Context) error {
	if err := s.addStocks(ctx, 1, coupon.CodesByPlatform); err != nil {
		return err
	}
	stock, codes := s.stocks[0], &pile[coupon.Code]{}
	if err := s.give(ctx, s.ready(), func(ctx context.Context, c claim) error {
		sent, err := s.issue.Send(ctx, issue.SendCommand{
			Caller: shopID, AppID: shopAppID, OpenID: openID(c.user), StockID: stock, RequestNo: c.number,
		})
		codes.add(sent.Code)
		return err
	}); err != nil {
		return err
	}
	s.acknowledged += int64(len(codes.all))
	counter := redeem.New(redeem.Config{
		Store: s.store, Directory: s.known, Clock: clock.Same{Source: clock.System{}}, Orders: coupon.OrderPolicy{}, Lanes: s.lanes(),
	})
	return s.take(ctx, spendRedeem, len(codes.all), func(ctx context.Context, c claim) error {
		_, err := counter.Use(ctx, redeem.UseCommand{
			Target: redeem.Target{Caller: shopID, StockID: stock, Code: codes.next()}, AppID: shopAppID, RequestNo: c.number,
		})
		return err
	})
}

// payments pays with vouchers that were sent before, which is measured, too.
func (s *spender) payments(ctx context.Context) error {
	stock := newVoucherStock()
	if err := s.store.Write(ctx, func(tx store.Tx) error {
		m, err := tx.Merchant(ctx, shopID)
		if err != nil {
			return err
		}
		m.Permissions = append(m.Permissions, merchant.PaymentRail)
		return errors.Join(tx.UpdateMerchant(ctx, m), tx.InsertVoucherStock(ctx, stock))
	}); err != nil {
		return err
	}
	type held struct {
		user int
		id   voucher.ID
	}
	vouchers, business := &pile[held]{}, clock.Same{Source: clock.System{}}
	sender := send.New(send.Config{Store: s.store, Directory: s.known, Clock: business, Random: rand.Reader, Lanes: s.lanes()})
	if err := s.take(ctx, spendSend, s.ready(), func(ctx context.Context, c claim) error {
		id, err := sender.Send(ctx, send.Command{
			Caller: shopID, Creator: shopID, AppID: shopAppID, OpenID: openID(c.user), StockID: stock.ID, RequestNo: c.number,
		})
		vouchers.add(held{c.user, id})
		return err
	}); err != nil {
		return err
	}
	rail := pay.New(pay.Config{Store: s.store, Directory: s.known, Clock: business, Lanes: s.lanes()})
	return s.take(ctx, spendPay, len(vouchers.all), func(ctx context.Context, c claim) error {
		v := vouchers.next()
		_, err := rail.Consume(ctx, pay.ConsumeCommand{
			Caller: shopID, Payer: pay.Payer{AppID: shopAppID, OpenID: openID(v.user)}, TransactionID: "42" + c.number,
			Order: voucher.Order{Merchant: shopID, Total: orderTotal}, Vouchers: []voucher.ID{v.id},
		})
		return err
	})
}

// orderTotal is what a payment is about, and voucherOff what a voucher takes off.
const (
	orderTotal = fen.Fen(3000)
	voucherOff = fen.Fen(100)
)

// newVoucherStock returns a stock that nobody empties.
func newVoucherStock() voucher.Stock {
	begin := now().Truncate(time.Second).Add(-time.Hour)
	return voucher.Stock{
		StockKey: voucher.StockKey{Creator: shopID, ID: "1000000000000001"}, Name: "压测批次", State: voucher.StockRunning,
		NoCash: true, Face: voucherOff, Threshold: voucherOff,
		Begin: begin, End: begin.AddDate(0, 1, 0), Merchants: []merchant.ID{shopID}, Payment: voucher.Payment{Combine: true},
		Limits:    voucher.Limits{MaxCoupons: plentiful, MaxAmount: plentiful * voucherOff, MaxPerUser: perUser},
		CreatedAt: begin, StartedAt: begin,
	}
}

// lanes are as many as the server has on the engine.
func (e *engine) lanes() int {
	if e.pid == 0 {
		return 1
	}
	return lane.DefaultLanes
}
