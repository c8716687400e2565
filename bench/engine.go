package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// The merchant of the engine's runs.
const (
	shopID    = merchant.ID("1900000001")
	shopAppID = merchant.AppID("wx8888888888888888")
)

// perUser is the most that a user may have of a stock, for the engine and its peers.
const perUser = 100

// engine is the service that issues, in this process, on a database of its own: no HTTP and
// no signatures. Users are registered beforehand, as they are in production.
type engine struct {
	name  string
	store store.Store
	// known is what the service keeps in memory.
	known  *directory.Directory
	issue  *issue.Service
	stocks []coupon.StockID
	// pid is the database's process; 0 when it is part of this one.
	pid   int
	close func() error
}

// openEngine opens a database without stocks.
func (b *bench) openEngine(ctx context.Context, name string) (*engine, error) {
	e := &engine{name: name}
	var err error
	if name == "SQLite" {
		err = e.openSQLite(ctx)
	} else {
		err = e.openPostgres(ctx, b)
	}
	if err != nil {
		return nil, err
	}
	e.forget()
	if err := errors.Join(e.addMerchant(ctx), e.addUsers(ctx, b.users)); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

func (e *engine) openSQLite(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "favord-bench-")
	if err != nil {
		return err
	}
	opened, err := sqlitestore.Open(ctx, sqlitestore.Options{Path: filepath.Join(dir, "favord.db"), Mode: store.Sandbox})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	e.store = opened
	e.close = func() error { return errors.Join(opened.Close(), os.RemoveAll(dir)) }
	return nil
}

// engineDatabase is used by one engine at a time.
const engineDatabase = "engine"

func (e *engine) openPostgres(ctx context.Context, b *bench) error {
	url, err := b.database(ctx, engineDatabase)
	if err != nil {
		return err
	}
	opened, err := pgstore.Open(ctx, pgstore.Options{DSN: url, Mode: store.Sandbox, Clock: clock.System{}})
	if err != nil {
		return err
	}
	e.store, e.pid = opened, b.cluster.Pid()
	e.close = func() error {
		return errors.Join(opened.Close(), b.cluster.DropDatabase(context.WithoutCancel(ctx), engineDatabase))
	}
	return nil
}

// forget leaves nothing in memory.
func (e *engine) forget() {
	e.known = directory.New(e.store, clock.System{})
	e.issue = e.service(lane.Bounds{})
}

// askers is how many users are asked for at once.
const askers = 256

// remember brings users into memory, where they stay for a minute, as those who opened a page
// before the sale.
func (e *engine) remember(ctx context.Context, users int) error {
	var all sync.WaitGroup
	errs := make([]error, askers)
	for first := range askers {
		all.Go(func() {
			for i := first; i < users && errs[first] == nil; i += askers {
				_, errs[first] = e.known.User(ctx, user.Policy{}, shopAppID, openID(i))
			}
		})
	}
	all.Wait()
	return cmp.Or(errs...) // all fail alike: one error says it
}

// service returns one that issues; zero bounds are the usual ones.
func (e *engine) service(bounds lane.Bounds) *issue.Service {
	return issue.New(issue.Config{
		Store: e.store, Directory: e.known, Lane: bounds, Lanes: e.lanes(),
		Clock: clock.Same{Source: clock.System{}}, Random: rand.Reader,
	})
}

func (e *engine) addMerchant(ctx context.Context) error {
	return e.store.Write(ctx, func(tx store.Tx) error {
		return tx.InsertMerchant(ctx, merchant.Merchant{
			ID: shopID, Name: "商店", Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate,
			AppIDs: []merchant.AppID{shopAppID}, Permissions: []merchant.Permission{merchant.IssueByAPI},
		}, now())
	})
}

func openID(i int) user.OpenID { return user.OpenID(fmt.Sprintf("o%027d", i)) }

// chunk is how many rows are prepared in one transaction.
const chunk = 1000

// inChunks calls fn for parts of 0 to n.
func inChunks(n int, fn func(from, to int) error) error {
	for from := 0; from < n; from += chunk {
		if err := fn(from, min(n, from+chunk)); err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) addUsers(ctx context.Context, n int) error {
	return inChunks(n, func(from, to int) error {
		list := make([]user.User, 0, to-from)
		for i := from; i < to; i++ {
			u := user.User{AppID: shopAppID, OpenID: openID(i)}
			_, _ = rand.Read(u.ID[:]) // never fails
			u.Person = u.ID
			list = append(list, u)
		}
		return e.store.Write(ctx, func(tx store.Tx) error { return tx.InsertUsers(ctx, list) })
	})
}

// addStocks adds stocks that nobody empties.
func (e *engine) addStocks(ctx context.Context, n int, mode coupon.CodeMode) error {
	begin := now().Truncate(time.Second).Add(-time.Hour)
	return inChunks(n, func(from, to int) error {
		var added []coupon.StockID
		err := e.store.Write(ctx, func(tx store.Tx) error {
			added = added[:0]
			for range to - from {
				id, err := coupon.NewStockID(rand.Reader)
				if err == nil {
					err = tx.InsertStock(ctx, newStock(id, mode, begin))
				}
				if err != nil {
					return err
				}
				added = append(added, id)
			}
			return nil
		})
		e.stocks = append(e.stocks, added...)
		return err
	})
}

func newStock(id coupon.StockID, mode coupon.CodeMode, begin time.Time) coupon.Stock {
	return coupon.Stock{
		StockKey: coupon.StockKey{Creator: shopID, ID: id}, Belong: shopID, Name: "压测批次", Goods: "全场商品",
		Type: coupon.TypeNormal, CodeMode: mode, State: coupon.StockRunning,
		Benefit: coupon.Benefit{Type: coupon.TypeNormal, Discount: 1}, UseBy: coupon.UseBy{Method: "OFF_LINE"},
		Validity:  coupon.Validity{Begin: begin, End: begin.AddDate(1, 0, 0)},
		Limits:    coupon.Limits{MaxCoupons: plentiful, MaxPerUser: perUser, MaxPerDay: plentiful},
		CreatedAt: begin,
	}
}

// plentiful is a stock that no run empties.
const plentiful = 1_000_000_000

// contender offers an engine to a sale of some of its stocks.
func (e *engine) contender(stocks []coupon.StockID) contender {
	return e.contenderOf(e.issue, stocks)
}

func (e *engine) contenderOf(s *issue.Service, stocks []coupon.StockID) contender {
	return contender{
		name: "engine on " + e.name, pid: e.pid, stocks: len(stocks),
		issue: func(ctx context.Context, c claim) error {
			_, err := s.Send(ctx, issue.SendCommand{
				Caller: shopID, AppID: shopAppID, OpenID: openID(c.user), StockID: stocks[c.stock], RequestNo: c.number,
			})
			return err
		},
	}
}

// prove holds an engine to what it acknowledged in all.
func (e *engine) prove(ctx context.Context, r *report, what string, acknowledged int64) error {
	var counted int64
	today := day.Of(now())
	err := e.store.Read(ctx, func(tx store.ReadTx) error {
		counted = 0
		for _, id := range e.stocks {
			counters, err := tx.Counters(ctx, coupon.StockKey{Creator: shopID, ID: id}, today)
			if err != nil {
				return err
			}
			counted += counters.Issued
		}
		return nil
	})
	if err != nil {
		return err
	}
	list, err := e.store.Check(ctx)
	if err != nil {
		return err
	}
	p := proof{
		what: what + " on " + e.name, holds: counted == acknowledged,
		found: fmt.Sprintf("%d coupons acknowledged, %d counted, %d invariants", acknowledged, counted, len(list)),
	}
	for _, one := range list {
		if one.Broken > 0 {
			p.holds = false
			p.found += fmt.Sprintf("; %d rows break: %s", one.Broken, one.Name)
		}
	}
	r.prove(p)
	return nil
}
