package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/pgstore"
	"github.com/favord/favord/internal/store/pgtest"
)

// asWorker is the variable of the environment that makes this program a worker: a node without HTTP
// and signatures, which would take twenty times as long as what is looked at here.
const asWorker = "FAVORD_E2E_WORKER"

// work says what a worker does: requests of these numbers.
type work struct {
	Database    string
	MchID       string
	AppID       string
	Stocks      []string
	From, Until int
}

const (
	// piece is how many requests a worker begins before it waits for all of them.
	piece = 2_000
	// workerClients is how many it makes at once.
	workerClients = 512
)

// worker issues and redeems as a node does.
type worker struct {
	work
	issue  *issue.Service
	redeem *redeem.Service
}

// runWorker does what a text says, and returns the code with which the process ends.
func runWorker(text string) int {
	w, ctx := worker{}, context.Background()
	if err := errors.Join(json.Unmarshal([]byte(text), &w.work), w.run(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// run says after each piece up to which number everything is done, and in the middle of each where it is.
func (w *worker) run(ctx context.Context) error {
	s, err := pgstore.Open(ctx, pgstore.Options{DSN: w.Database, Mode: store.Sandbox, Clock: clock.System{}})
	if err != nil {
		return err
	}
	known, business := directory.New(s, clock.System{}), clock.Same{Source: clock.System{}}
	users := user.Policy{AutoRegister: true}
	w.issue = issue.New(issue.Config{Store: s, Directory: known, Clock: business, Users: users, Random: rand.Reader})
	w.redeem = redeem.New(redeem.Config{Store: s, Directory: known, Clock: business, Users: users})
	for from := w.From; from < w.Until && err == nil; from += piece {
		until := min(from+piece, w.Until)
		if err = w.piece(ctx, from, until); err == nil {
			_, err = fmt.Fprintln(os.Stdout, "done", until)
		}
	}
	return errors.Join(err, s.Close())
}

func (w *worker) piece(ctx context.Context, from, until int) error {
	var next, done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, workerClients)
	for i := range workerClients {
		wg.Go(func() {
			for errs[i] == nil {
				n := from + int(next.Add(1)) - 1
				if n >= until {
					return
				}
				errs[i] = w.one(ctx, n)
				if done.Add(1) == int64(until-from)/2 {
					_, _ = fmt.Fprintln(os.Stdout, "amid", n)
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// one has a coupon live.
func (w *worker) one(ctx context.Context, n int) error {
	mchid, stock := merchant.ID(w.MchID), coupon.StockID(w.Stocks[n%len(w.Stocks)])
	sent, err := w.issue.Send(ctx, issue.SendCommand{
		Caller: mchid, AppID: merchant.AppID(w.AppID), OpenID: user.OpenID(userOf(n)), StockID: stock, RequestNo: numberOf(n),
	})
	target := redeem.Target{Caller: mchid, StockID: stock, Code: sent.Code}
	switch {
	case err != nil:
	case isUsed(n):
		_, err = w.redeem.Use(ctx, redeem.UseCommand{Target: target, AppID: merchant.AppID(w.AppID), RequestNo: numberOf(n)})
	case isVoided(n):
		_, err = w.redeem.Deactivate(ctx, redeem.DeactivateCommand{Target: target, RequestNo: numberOf(n)})
	}
	return err
}

// TestFiguresOfManyAddUpThoughWorkersAreKilled is TestFiguresOfNodesThatAreKilledAddUp with very many
// coupons: two workers beside a node that shows what they count.
func TestFiguresOfManyAddUpThoughWorkersAreKilled(t *testing.T) {
	t.Parallel()
	c, kills := &crowd{
		coupons: size.Counts{Usual: 10_000, Hour: 1_000_000, Night: 3_000_000}.Of(t), dir: t.TempDir(), database: pgtest.Shared(t).Empty(t),
	}, size.Counts{Usual: 1, Hour: 3, Night: 15}.Of(t)
	c.nodes[0] = c.node(t)
	c.addStocks(t)
	p := c.at(0)
	begun, half := clock.System{}.Now(), c.coupons/2
	var wg sync.WaitGroup
	for i := range 2 {
		w := work{Database: c.database, MchID: p.MchID, AppID: p.AppID, Stocks: c.stocks, From: i * half, Until: (i + 1) * half}
		wg.Go(func() { doUntilDone(t, kills, w) })
	}
	wg.Wait()
	took := clock.System{}.Now().Sub(begun)
	p.compareFigures(t, c.database, c.coupons)
	p.checkInvariants(t, c.dir, "--database", c.database)
	t.Logf("proof P23: 2 workers, %d kills, %d issued and 4 in 10 changed in %s: every hour adds up",
		2*kills, c.coupons, took.Round(time.Second))
}

// doUntilDone has a worker killed in the middle of what it does, again and again, and others go on
// where the last one was done. What was on its way is asked for again.
func doUntilDone(t *testing.T, kills int, w work) {
	t.Helper()
	step := (w.Until - w.From) / (kills + 1)
	for due := w.From + step; w.From < w.Until && !t.Failed(); due += step {
		w.From = doUntilKilled(t, due, w)
	}
}

// doUntilKilled kills a worker when it is beyond a number, and returns up to where it was done.
func doUntilKilled(t *testing.T, due int, w work) (done int) {
	t.Helper()
	text, err := json.Marshal(w)
	if err != nil {
		t.Error(err)
	}
	command := exec.CommandContext(t.Context(), os.Args[0])
	var said bytes.Buffer
	command.Env, command.Stderr = append(os.Environ(), asWorker+"="+string(text)), &said
	output, errPipe := command.StdoutPipe()
	if err := errors.Join(errPipe, command.Start()); err != nil {
		t.Error(err)
		return w.Until
	}
	done, killed := w.From, false
	for scanner := bufio.NewScanner(output); scanner.Scan(); {
		what, number, _ := strings.Cut(scanner.Text(), " ")
		n, _ := strconv.Atoi(number)
		switch {
		case what == "done":
			done = n
		case n >= due && due < w.Until && !killed:
			killed = true
			_ = command.Process.Kill() // it may have ended by itself
		}
	}
	if err := command.Wait(); err != nil && !killed {
		t.Errorf("a worker ended: %v\n%s", err, said.String())
	}
	return done
}
