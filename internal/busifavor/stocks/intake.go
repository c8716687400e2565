package stocks

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// Intake brings a file of codes for the pool of a stock. Its bytes follow with AddPart; then a node
// checks it, and once RunImport says so imports it, whoever looks.
type Intake struct {
	// Actor is who asks, for the audit.
	Actor   string
	StockID coupon.StockID
	// Name is that of the file. Print is the same for the same file, as whoever uploads says.
	Name, Print string
	// Size is that of the file, in bytes.
	Size int64
}

// ImportID names an import of a stock.
type ImportID struct {
	Actor   string
	StockID coupon.StockID
	ID      string
}

// BeginImport begins an import, or finds the one of the same file that is not over yet, so that an
// upload goes on where it was. There is one for a stock at most.
func (s *Service) BeginImport(ctx context.Context, in Intake) (i codefile.Import, err error) {
	id, err := s.config.Draw()
	if err != nil {
		return i, err
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) (err error) {
		i, err = s.beginImport(ctx, tx, in, id)
		return err
	})
	if errors.Is(err, store.ErrDuplicate) { // two began at once
		err = codefile.ErrBusy
	}
	if err != nil {
		return codefile.Import{}, fmt.Errorf("begin import of codes of stock %s: %w", in.StockID, err)
	}
	return i, nil
}

func (s *Service) beginImport(ctx context.Context, tx store.Tx, in Intake, id string) (codefile.Import, error) {
	stock, err := find(ctx, tx, in.StockID)
	if err == nil {
		err = stock.CheckUpload()
	}
	if err != nil {
		return codefile.Import{}, err
	}
	was, err := tx.LockCodeImport(ctx, stock.StockKey)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return was, err
	case !was.Over() && was.Same(in.Print, in.Size):
		return was, nil
	case !was.Over():
		return was, codefile.ErrBusy
	default:
		if err := tx.DropCodeImport(ctx, stock.StockKey); err != nil {
			return was, err
		}
	}
	now := s.now()
	i := codefile.Import{
		Stock: stock.StockKey, ID: id, Name: in.Name, Print: in.Print, Size: in.Size, Actor: in.Actor,
		Phase: codefile.Uploading, Created: now, Updated: now,
	}
	err = store.InOrder(
		func() error { return tx.InsertCodeImport(ctx, i) },
		func() error { return s.note(ctx, tx, &i, in.Actor, "manage.codeimports.begin") },
	)
	return i, err
}

// now is real time, to the second.
func (s *Service) now() time.Time { return s.config.Real.Now().Truncate(time.Second) }

// note writes into the audit what somebody did with an import.
func (s *Service) note(ctx context.Context, tx store.Tx, i *codefile.Import, actor, action string) error {
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: i.Stock.Creator, At: i.Updated, Actor: actor, Action: action, Object: "stock/" + string(i.Stock.ID) + "/import/" + i.ID,
		After: fmt.Sprintf(`{"phase":%q,"good":%d,"done":%d}`, i.Phase, i.Good, i.Done),
	}})
}

// Import returns the import of a stock, or codefile.ErrUnknown.
func (s *Service) Import(ctx context.Context, id coupon.StockID) (i codefile.Import, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		i, err = known(tx.CodeImport(ctx, stock.StockKey))
		return err
	})
	if err != nil {
		return codefile.Import{}, fmt.Errorf("import of codes of stock %s: %w", id, err)
	}
	return i, nil
}

// known says that there is none as people are told.
func known(i codefile.Import, err error) (codefile.Import, error) {
	if errors.Is(err, store.ErrNotFound) {
		err = codefile.ErrUnknown
	}
	return i, err
}

// changeImport changes the import that an id names, and wakes those who work.
func (s *Service) changeImport(
	ctx context.Context, id ImportID, change func(tx store.Tx, i *codefile.Import) error,
) (i codefile.Import, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		stock, err := find(ctx, tx, id.StockID)
		if err != nil {
			return err
		}
		if i, err = known(tx.LockCodeImport(ctx, stock.StockKey)); err == nil && i.ID != id.ID {
			err = codefile.ErrUnknown.At("import_id", id.ID)
		}
		if err != nil {
			return err
		}
		return change(tx, &i)
	})
	if err != nil {
		return codefile.Import{}, fmt.Errorf("import of codes of stock %s: %w", id.StockID, err)
	}
	s.poke()
	return i, nil
}

// Part is a part of a file.
type Part struct {
	ImportID
	// Offset is where it begins in the file, in bytes.
	Offset int64
	// Data is 1 to codefile.PartBytes.
	Data []byte
}

// AddPart adds the next part of a file. One that is here already changes nothing; one from elsewhere
// is refused with codefile.ErrPlace. After the last part the file is checked.
func (s *Service) AddPart(ctx context.Context, p Part) (codefile.Import, error) {
	return s.changeImport(ctx, p.ImportID, func(tx store.Tx, i *codefile.Import) error {
		next, err := i.Take(p.Offset, int64(len(p.Data)))
		if err != nil || !next {
			return err
		}
		i.Updated = s.now()
		key := store.PartKey{Stock: i.Stock, Kind: codefile.FileBytes, Number: p.Offset}
		return store.InOrder(
			func() error { return tx.InsertImportPart(ctx, store.ImportPart{PartKey: key, Data: p.Data}) },
			func() error { return tx.UpdateCodeImport(ctx, *i) },
		)
	})
}

// RunImport has what a file has be imported, or go on after it was paused.
func (s *Service) RunImport(ctx context.Context, id ImportID) (codefile.Import, error) {
	return s.moveImport(ctx, id, "manage.codeimports.run", (*codefile.Import).Run)
}

// PauseImport has nobody go on with an import.
func (s *Service) PauseImport(ctx context.Context, id ImportID) (codefile.Import, error) {
	return s.moveImport(ctx, id, "manage.codeimports.pause", (*codefile.Import).Pause)
}

func (s *Service) moveImport(
	ctx context.Context, id ImportID, action string, move func(*codefile.Import) error,
) (codefile.Import, error) {
	return s.changeImport(ctx, id, func(tx store.Tx, i *codefile.Import) error {
		was := i.Phase
		if err := move(i); err != nil || i.Phase == was {
			return err
		}
		i.Updated, i.Worker, i.Until = s.now(), "", time.Time{}
		return store.InOrder(
			func() error { return tx.UpdateCodeImport(ctx, *i) },
			func() error { return s.note(ctx, tx, i, id.Actor, action) },
		)
	})
}

// RemoveImport abandons an import: codes that are in the pool stay. When it is gone nothing changes.
func (s *Service) RemoveImport(ctx context.Context, id ImportID) error {
	_, err := s.changeImport(ctx, id, func(tx store.Tx, i *codefile.Import) error {
		i.Updated = s.now()
		return store.InOrder(
			func() error { return tx.DropCodeImport(ctx, i.Stock) },
			func() error { return s.note(ctx, tx, i, id.Actor, "manage.codeimports.remove") },
		)
	})
	if errors.Is(err, codefile.ErrUnknown) {
		err = nil
	}
	return err
}

// WrongQuery asks for wrong lines of a file.
type WrongQuery struct {
	ImportID
	// After is how many were seen.
	After int64
}

// WrongPage has the next wrong lines.
type WrongPage struct {
	Lines []codefile.WrongLine
	// Next is how many were seen then; 0 when there are no more.
	Next int64
}

// WrongLines lists lines of a file that are not imported, up to codefile.MostListed of them, some at a
// time.
func (s *Service) WrongLines(ctx context.Context, q WrongQuery) (page WrongPage, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := find(ctx, tx, q.StockID)
		if err != nil {
			return err
		}
		i, err := known(tx.CodeImport(ctx, stock.StockKey))
		if err == nil && (i.ID != q.ID) {
			err = codefile.ErrUnknown.At("import_id", q.ID)
		}
		if err != nil || i.Phase == codefile.Uploading || i.Phase == codefile.Checking {
			return err
		}
		page, err = wrongPage(ctx, tx, store.PartKey{Stock: i.Stock, Kind: codefile.WrongLines, Number: q.After})
		return err
	})
	if err != nil {
		return WrongPage{}, fmt.Errorf("wrong lines of codes of stock %s: %w", q.StockID, err)
	}
	return page, nil
}

func wrongPage(ctx context.Context, tx store.ReadTx, from store.PartKey) (page WrongPage, err error) {
	part, err := tx.NextImportPart(ctx, from)
	if errors.Is(err, store.ErrNotFound) {
		return page, nil
	}
	if err != nil {
		return page, err
	}
	if page.Lines, err = codefile.DecodeWrong(part.Data); err != nil {
		return page, err
	}
	page.Next = part.Number + int64(len(page.Lines))
	_, err = tx.NextImportPart(ctx, store.PartKey{Stock: from.Stock, Kind: from.Kind, Number: page.Next})
	if errors.Is(err, store.ErrNotFound) {
		page.Next, err = 0, nil
	}
	return page, err
}

// all is above the number of every part.
const all = math.MaxInt64
