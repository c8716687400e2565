package powerloss_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/powerloss"
	"github.com/favord/favord/internal/store/sqlitestore"
	"github.com/favord/favord/internal/store/storetest"
)

// Sizes of the losses of power. Each is followed by a look at everything that was ever acknowledged,
// so that more of them are of more sales, and not of a longer one.
const (
	perSale   = 50
	clients   = 6
	perLoss   = 24
	fileName  = "favord.db"
	firstSeed = 7
)

// TestALossOfPowerLosesNothingThatWasAcknowledged also has the control: on a disk that
// acknowledges syncs and does nothing, coupons are lost, so the test would see a missing sync.
// Both are in one test because a process has one disk.
func TestALossOfPowerLosesNothingThatWasAcknowledged(t *testing.T) { //nolint:paralleltest // a process has one disk
	disk, err := powerloss.Install()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("with syncs nothing is lost", func(t *testing.T) { //nolint:paralleltest // there is one disk
		var unsynced, sent, used int
		times := size.Counts{Usual: 100, Hour: 1_000, Night: 5_000}.Of(t)
		for first := 0; first < times; first += perSale {
			s := newSale(t, disk)
			s.loseAgainAndAgain(t, first, min(perSale, times-first))
			unsynced, sent, used = unsynced+s.unsynced, sent+len(s.sent), used+len(s.used)
			size.Tell(t, min(first+perSale, times), times, "losses")
		}
		t.Logf("proof P2: %d losses of power with %d unsynced writes: %d coupons and %d redemptions acknowledged, none lost",
			times, unsynced, sent, used)
	})
	t.Run("a commit whose sync fails is unclear, and a repeat settles it", func(t *testing.T) { //nolint:paralleltest // there is one disk
		s := newSale(t, disk)
		for n := range 4 {
			number := fmt.Sprint("f", n)
			disk.Break(true)
			_, err := s.send(t.Context(), number)
			disk.Break(false)
			if fault.KindOf(err) != fault.Unclear {
				t.Fatalf("a commit that was not synced gives %v", err)
			}
			first, err := s.send(t.Context(), number)
			if err != nil {
				t.Fatalf("a repeat after it: %v", err)
			}
			if again, err := s.send(t.Context(), number); err != nil || again.Code != first.Code {
				t.Errorf("one number got %s and %s, %v", first.Code, again.Code, err)
			}
		}
		s.expectSound(t)
	})
	t.Run("without syncs something is lost", func(t *testing.T) { //nolint:paralleltest // there is one disk
		disk.Lie(true)
		defer disk.Lie(false)
		s := newSale(t, disk)
		s.sell(t, perLoss, 0)
		if s.restart(t) != nil {
			return // a database that cannot even be opened is lost as well
		}
		if s.lost(t) == 0 {
			t.Error("nothing was lost, so the test would not see a missing sync")
		}
	})
}

// sale is a shop on a disk that loses its power.
type sale struct {
	disk     *powerloss.Disk
	dir      string
	store    store.Store
	shop     *storetest.Shop
	issue    *issue.Service
	redeem   *redeem.Service
	next     atomic.Int64
	unsynced int
	// beside is a connection of its own, which moves pages from the journal into the database.
	beside *sql.DB
	// left is the directory that a loss of power fills.
	left string

	mu   sync.Mutex
	sent map[string]coupon.Code // by request number
	used map[coupon.Code]string // the request number
	dark bool                   // the power is gone
}

func newSale(t *testing.T, disk *powerloss.Disk) *sale {
	t.Helper()
	s := &sale{disk: disk, dir: t.TempDir(), sent: map[string]coupon.Code{}, used: map[coupon.Code]string{}}
	if err := s.open(t); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(s.beside.Close(), s.store.Close()) })
	s.shop = storetest.OpenShop(t, s.store, coupon.Limits{MaxCoupons: 10_000_000, MaxPerUser: 1})
	s.serve()
	return s
}

// open opens the database of the directory, new or not.
func (s *sale) open(t *testing.T) error {
	t.Helper()
	path := filepath.Join(s.dir, fileName)
	opened, err := sqlitestore.Open(t.Context(), sqlitestore.Options{Path: path, Mode: store.Sandbox})
	if err != nil {
		return err
	}
	s.store = opened
	if s.beside, err = sql.Open("sqlite", "file:"+filepath.ToSlash(path)); err != nil {
		t.Fatal(err)
	}
	return nil
}

// serve has the services work on the store as it is now.
func (s *sale) serve() {
	business := clock.Same{Source: clock.Fixed(s.shop.Now)}
	known := directory.New(s.store, clock.System{})
	users := user.Policy{AutoRegister: true}
	s.issue = issue.New(issue.Config{Store: s.store, Directory: known, Clock: business, Random: rand.Reader, Users: users})
	s.redeem = redeem.New(redeem.Config{Store: s.store, Directory: known, Clock: business, Users: users})
}

// sell has clients send and redeem until some more is acknowledged, while pages move from the
// journal into the database, and takes the power in the middle of it.
func (s *sale) sell(t *testing.T, more int, seed uint64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.dark = false
	s.left = t.TempDir()
	var acknowledged atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				s.step(ctx)
				if acknowledged.Add(1) == int64(more) {
					s.cut(t, seed)
					stop()
				}
			}
		})
	}
	wg.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.beside.ExecContext(ctx, "pragma wal_checkpoint(restart)"); err != nil && ctx.Err() == nil {
				t.Errorf("checkpoint: %v", err)
				return
			}
		}
	})
	wg.Wait()
}

// loseAgainAndAgain sells, and takes the power while it does; the seeds count from first.
func (s *sale) loseAgainAndAgain(t *testing.T, first, times int) {
	t.Helper()
	for n := first; n < first+times; n++ {
		s.sell(t, perLoss, uint64(n))
		if err := s.restart(t); err != nil {
			t.Fatalf("loss %d: the database does not open again: %v", n, err)
		}
		if lost := s.lost(t); lost > 0 {
			t.Fatalf("loss %d: %d of %d acknowledged changes are gone", n, lost, len(s.sent)+len(s.used))
		}
	}
	s.expectSound(t)
}

// cut takes the power: what is left of the files lies in a new directory. What is answered from
// now on does not count.
func (s *sale) cut(t *testing.T, seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unsynced, err := s.disk.Cut(s.dir, s.left, mathrand.New(mathrand.NewPCG(firstSeed, seed)))
	if err != nil {
		t.Error(err)
	}
	s.unsynced += unsynced
	s.dark = true
}

// note writes down what was acknowledged while there was power.
func (s *sale) note(write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dark {
		write()
	}
}

// send asks for a coupon, each number for a user of its own.
func (s *sale) send(ctx context.Context, number string) (issue.Sent, error) {
	return s.issue.Send(ctx, issue.SendCommand{
		Caller: s.shop.Stock.Creator, AppID: storetest.ShopAppID, OpenID: user.OpenID("o" + strings.Repeat("0", 27-len(number)) + number),
		StockID: s.shop.Stock.ID, RequestNo: number,
	})
}

// step sends a coupon, and redeems every other one. What was answered is written down; an
// error leaves open what happened.
func (s *sale) step(ctx context.Context) {
	n := s.next.Add(1)
	number := fmt.Sprint("n", n)
	sent, err := s.send(ctx, number)
	if err != nil {
		return
	}
	s.note(func() { s.sent[number] = sent.Code })
	if n%2 == 0 {
		return
	}
	if _, err := s.redeem.Use(ctx, redeem.UseCommand{
		Target: redeem.Target{Caller: s.shop.Stock.Creator, StockID: s.shop.Stock.ID, Code: sent.Code},
		AppID:  storetest.ShopAppID, RequestNo: number,
	}); err == nil {
		s.note(func() { s.used[sent.Code] = number })
	}
}

// restart goes on with what the loss of power left.
func (s *sale) restart(t *testing.T) error {
	t.Helper()
	// What these write now is in the old directory only.
	if err := errors.Join(s.beside.Close(), s.store.Close(), os.RemoveAll(s.dir)); err != nil {
		t.Fatal(err)
	}
	s.dir = s.left
	if err := s.open(t); err != nil {
		return err
	}
	s.serve()
	return nil
}

// lost counts acknowledged changes that are not there.
func (s *sale) lost(t *testing.T) (lost int) {
	t.Helper()
	err := s.store.Read(t.Context(), func(tx store.ReadTx) error {
		lost = 0
		for _, code := range s.sent {
			c, err := tx.Coupon(t.Context(), coupon.Key{Stock: s.shop.Stock.StockKey, Code: code})
			_, used := s.used[code]
			switch {
			case errors.Is(err, store.ErrNotFound):
				lost++
			case err != nil:
				return err
			case used && c.State != coupon.StateUsed:
				lost++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lost
}

func (s *sale) expectSound(t *testing.T) {
	t.Helper()
	list, err := s.store.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if one.Broken > 0 {
			t.Errorf("%d of %d rows break: %s", one.Broken, one.Rows, one.Name)
		}
	}
}
