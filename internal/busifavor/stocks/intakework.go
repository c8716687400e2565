package stocks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// Bounds of the work on files of codes.
const (
	// lookEvery is how often a node looks for files that wait.
	lookEvery = 2 * time.Second
	// lease is after how long another node goes on with a file when the one that works on it says
	// nothing. Whoever works writes only while the row names it, so that a node that was only slow
	// spoils nothing.
	lease = 10 * time.Second
	// perLook is how many files a look finds.
	perLook = 8
)

// poke has Run look at once.
func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run imports files of codes that wait, one after the other, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := s.Work(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.Error("a file of codes is not imported", telemetry.Cause(err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-s.wake:
		}
	}
}

// Work goes on with files that wait and on which no other node works, as far as it can.
func (s *Service) Work(ctx context.Context) error {
	var due []coupon.StockKey
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		due, err = tx.DueImports(ctx, store.Due{Now: s.config.Real.Now(), Limit: perLook})
		return err
	})
	if err != nil {
		return fmt.Errorf("look for imports: %w", err)
	}
	var errs []error
	for _, key := range due {
		if ctx.Err() != nil {
			break
		}
		if err := s.workOn(ctx, key); err != nil {
			errs = append(errs, fmt.Errorf("import codes of stock %s: %w", key.ID, err))
		}
	}
	return errors.Join(errs...)
}

// worker is a node at work on one import.
type worker struct {
	*Service
	key coupon.StockKey
	// name is in the row while it works.
	name string
	// until is when others may take the import.
	until time.Time
}

// errNotMine ends the work on an import that another node took, or that is not to be worked on any
// more.
var errNotMine = errors.New("stocks: the import is somebody else's")

// workOn takes an import and works on it until it waits for a person, ctx ends or another node has it.
func (s *Service) workOn(ctx context.Context, key coupon.StockKey) error {
	name, err := s.config.Draw()
	if err != nil {
		return err
	}
	w := &worker{Service: s, key: key, name: name}
	ctx = store.Sparing(ctx)
	for i, err := w.take(ctx); ; i, err = w.step(ctx, i) {
		switch {
		case errors.Is(err, errNotMine):
			return nil
		case err != nil:
			return errors.Join(err, w.leave(ctx, fault.Text{}))
		case !i.Works():
			return nil
		case ctx.Err() != nil:
			return w.leave(ctx, fault.Text{})
		}
	}
}

// step goes on a little. What only a person can mend pauses the import.
func (w *worker) step(ctx context.Context, i codefile.Import) (codefile.Import, error) {
	ctx = context.WithoutCancel(ctx) // a step that began ends
	if i.Phase == codefile.Checking {
		return w.check(ctx, &i)
	}
	done, err := w.importNext(ctx)
	if refusal := fault.Of(err); err != nil && !errors.Is(err, errNotMine) && refusal.Kind == fault.Refused {
		return done, errors.Join(errNotMine, w.leave(ctx, refusal.Text))
	}
	return done, err
}

// take begins to work on an import that nobody works on.
func (w *worker) take(ctx context.Context) (i codefile.Import, err error) {
	err = w.config.Store.Write(ctx, func(tx store.Tx) error {
		if i, err = tx.LockCodeImport(ctx, w.key); err != nil {
			return err
		}
		if !i.Free(w.config.Real.Now()) {
			return errNotMine
		}
		return w.keep(ctx, tx, &i)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = errNotMine
	}
	return i, err
}

// hold locks the import that it works on, or reports errNotMine.
func (w *worker) hold(ctx context.Context, tx store.Tx, phase codefile.Phase) (codefile.Import, error) {
	i, err := tx.LockCodeImport(ctx, w.key)
	if errors.Is(err, store.ErrNotFound) || err == nil && (i.Worker != w.name || i.Phase != phase) {
		err = errNotMine
	}
	return i, err
}

// keep stores an import that it works on, for the time of another lease; one that waits for somebody
// is nobody's.
func (w *worker) keep(ctx context.Context, tx store.Tx, i *codefile.Import) error {
	i.Updated, i.Worker, i.Until = w.now(), w.name, w.config.Real.Now().Add(lease)
	if !i.Works() {
		i.Worker, i.Until = "", time.Time{}
	}
	w.until = i.Until
	return tx.UpdateCodeImport(ctx, *i)
}

// leave lets others take the import; a problem pauses it.
func (w *worker) leave(ctx context.Context, problem fault.Text) error {
	ctx = context.WithoutCancel(ctx) // others need not wait for the lease
	err := w.config.Store.Write(ctx, func(tx store.Tx) error {
		i, err := tx.LockCodeImport(ctx, w.key)
		if errors.Is(err, store.ErrNotFound) || err == nil && i.Worker != w.name {
			return errNotMine
		}
		if err != nil {
			return err
		}
		if problem != (fault.Text{}) {
			i.Phase, i.Problem = codefile.Paused, problem
		}
		i.Worker, i.Until = "", time.Time{}
		return tx.UpdateCodeImport(ctx, i)
	})
	if errors.Is(err, errNotMine) {
		err = nil
	}
	return err
}

// importNext brings the next codes into the pool, under the rules of an upload by the API, and counts
// them in the same transaction: whatever stops between two of them, none is brought twice.
func (w *worker) importNext(ctx context.Context) (i codefile.Import, err error) {
	err = w.config.Store.Write(ctx, func(tx store.Tx) error {
		now := w.config.Clock.For(string(w.key.Creator)).Now()
		stock, counters, err := tx.LockStock(ctx, w.key, day.Of(now))
		if err != nil {
			return err
		}
		if i, err = w.hold(ctx, tx, codefile.Running); err != nil {
			return err
		}
		part, err := tx.NextImportPart(ctx, store.PartKey{Stock: w.key, Kind: codefile.GoodCodes, Number: i.Done})
		if err != nil {
			return fmt.Errorf("codes from %d on: %w", i.Done, err)
		}
		codes := codefile.DecodeCodes(part.Data)
		had, err := upload(ctx, tx, &store.LockedStock{Stock: stock, Counters: counters}, codes, now)
		if err != nil {
			return err
		}
		i.Count(int64(len(codes)), int64(len(had)))
		return store.InOrder(
			func() error {
				return tx.DropImportParts(ctx, store.PartKey{Stock: w.key, Kind: codefile.GoodCodes, Number: i.Done})
			},
			func() error { return w.keep(ctx, tx, &i) },
			func() error {
				return tx.AppendAudit(ctx, []store.AuditEntry{{
					Owner: stock.Creator, At: now, Actor: i.Actor, Action: "busifavor.codes.upload", Object: "stock/" + string(stock.ID),
					After: fmt.Sprintf(`{"import":%q,"codes":%d,"existed":%d}`, i.ID, len(codes), len(had)),
				}})
			},
		)
	})
	return i, err
}
