package stocks

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

// perWrite is how many codes a check writes down in one transaction.
const perWrite = 20 * codefile.PerStep

// check sorts the lines of a file out: codes wait in parts of their own then, wrong lines are listed,
// and the bytes are gone. It reads the file more than once: to know which lines come again, and to
// write down what they are worth. One that stopped on the way begins again.
func (w *worker) check(ctx context.Context, i *codefile.Import) (codefile.Import, error) {
	repeats, err := w.repeats(ctx, i)
	if err == nil {
		err = w.forget(ctx)
	}
	s := &sorting{worker: w, repeats: repeats}
	if err == nil {
		err = w.lines(ctx, i, func(l codefile.Line) error { return s.line(ctx, l) })
	}
	if err == nil {
		err = s.flush(ctx)
	}
	switch {
	case errors.Is(err, codefile.ErrTooMany):
		return w.end(ctx, s, codefile.ErrTooMany)
	case err != nil:
		return *i, err
	case s.good == 0:
		return w.end(ctx, s, codefile.ErrEmpty)
	}
	return w.end(ctx, s, nil)
}

// repeats finds the lines that have the code of an earlier one.
func (w *worker) repeats(ctx context.Context, i *codefile.Import) ([]codefile.Repeat, error) {
	right := int64(0)
	if err := w.rightLines(ctx, i, func(codefile.Line) { right++ }); err != nil {
		return nil, err
	}
	if right > codefile.MostMarks {
		return nil, codefile.ErrTooMany
	}
	rounds := codefile.Rounds(right)
	marks := codefile.NewMarks(rounds)
	for range rounds {
		if err := w.rightLines(ctx, i, marks.Add); err != nil {
			return nil, err
		}
		marks.Next()
	}
	return marks.Repeats(), nil
}

// rightLines calls each for every line that is right by itself.
func (w *worker) rightLines(ctx context.Context, i *codefile.Import, each func(codefile.Line)) error {
	return w.lines(ctx, i, func(l codefile.Line) error {
		if l.Wrong() == "" && !l.Blank() {
			each(l)
		}
		return nil
	})
}

// lines calls each for every line of a file.
func (w *worker) lines(ctx context.Context, i *codefile.Import, each func(codefile.Line) error) error {
	var splitter codefile.Splitter
	for at := int64(0); at < i.Size; {
		part, err := w.part(ctx, at)
		if err != nil {
			return err
		}
		if err := splitter.Push(part.Data, each); err != nil {
			return err
		}
		at += int64(len(part.Data))
	}
	return splitter.End(each)
}

// part reads the bytes of the file from an offset on. It says now and then that it is still at work.
func (w *worker) part(ctx context.Context, at int64) (part store.ImportPart, err error) {
	if w.config.Real.Now().Add(lease / 2).After(w.until) {
		err = w.config.Store.Write(ctx, func(tx store.Tx) error {
			i, err := w.hold(ctx, tx, codefile.Checking)
			if err != nil {
				return err
			}
			return w.keep(ctx, tx, &i)
		})
		if err != nil {
			return part, err
		}
	}
	err = w.config.Store.Read(ctx, func(tx store.ReadTx) error {
		part, err = tx.NextImportPart(ctx, store.PartKey{Stock: w.key, Kind: codefile.FileBytes, Number: at})
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return part, errNotMine // it was abandoned
	case err == nil && part.Number != at:
		err = fmt.Errorf("the bytes from %d to %d are missing", at, part.Number)
	}
	return part, err
}

// forget removes what an earlier check wrote down.
func (w *worker) forget(ctx context.Context) error {
	return w.config.Store.Write(ctx, func(tx store.Tx) error {
		return store.InOrder(
			func() error { _, err := w.hold(ctx, tx, codefile.Checking); return err },
			func() error {
				return tx.DropImportParts(ctx, store.PartKey{Stock: w.key, Kind: codefile.GoodCodes, Number: all})
			},
			func() error {
				return tx.DropImportParts(ctx, store.PartKey{Stock: w.key, Kind: codefile.WrongLines, Number: all})
			},
		)
	})
}

// end ends a check, with a reason why nothing can be imported or nil.
func (w *worker) end(ctx context.Context, s *sorting, refusal *fault.Error) (i codefile.Import, err error) {
	err = w.config.Store.Write(ctx, func(tx store.Tx) error {
		if i, err = w.hold(ctx, tx, codefile.Checking); err != nil {
			return err
		}
		drop := func(kind codefile.Kind) func() error {
			return func() error { return tx.DropImportParts(ctx, store.PartKey{Stock: w.key, Kind: kind, Number: all}) }
		}
		steps := []func() error{drop(codefile.FileBytes)}
		i.Phase, i.Lines, i.Good, i.Wrong = codefile.Ready, s.lines, s.good, s.wrong
		if refusal != nil {
			i.Phase, i.Problem, i.Good = codefile.Refused, refusal.Text, 0
			steps = append(steps, drop(codefile.GoodCodes))
		}
		return store.InOrder(append(steps, func() error { return w.keep(ctx, tx, &i) })...)
	})
	return i, err
}

// sorting is a file on its way from bytes to codes and wrong lines.
type sorting struct {
	*worker
	// repeats are the lines that come again and were not met yet.
	repeats []codefile.Repeat
	// lines, good and wrong count what was met; listed are the wrong lines that were written down.
	lines, good, wrong, listed int64
	// codes and bad wait to be written down.
	codes []coupon.Code
	bad   []codefile.WrongLine
}

// line sorts a line out.
func (s *sorting) line(ctx context.Context, l codefile.Line) error {
	s.lines = l.Number
	why, first := l.Wrong(), int64(0)
	if len(s.repeats) > 0 && int64(s.repeats[0].Line) == l.Number {
		why, first, s.repeats = codefile.Again, int64(s.repeats[0].First), s.repeats[1:]
	}
	switch {
	case l.Blank():
		return nil
	case why == "":
		s.good++
		s.codes = append(s.codes, coupon.Code(l.Text))
	default:
		s.wrong++
		if s.wrong <= codefile.MostListed {
			s.bad = append(s.bad, codefile.WrongOf(l, why, first))
		}
	}
	switch {
	case s.good > codefile.MostCodes:
		return codefile.ErrTooMany
	case len(s.codes) == perWrite || len(s.bad) == codefile.PerStep:
		return s.flush(ctx)
	}
	return nil
}

// flush writes down what waits, codes in whole steps unless they are the last.
func (s *sorting) flush(ctx context.Context) error {
	parts, err := s.parts()
	if err != nil || len(parts) == 0 {
		return err
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		i, err := s.hold(ctx, tx, codefile.Checking)
		if err != nil {
			return err
		}
		for _, part := range parts {
			if err := tx.InsertImportPart(ctx, part); err != nil {
				return err
			}
		}
		return s.keep(ctx, tx, &i)
	})
	s.listed += int64(len(s.bad))
	s.codes, s.bad = s.codes[:0], s.bad[:0]
	return err
}

// parts are what waits, in the form in which it is stored.
func (s *sorting) parts() (parts []store.ImportPart, err error) {
	for from := 0; from < len(s.codes); from += codefile.PerStep {
		some := s.codes[from:min(from+codefile.PerStep, len(s.codes))]
		number := s.good - int64(len(s.codes)) + int64(from)
		parts = append(parts, store.ImportPart{
			PartKey: store.PartKey{Stock: s.key, Kind: codefile.GoodCodes, Number: number}, Data: codefile.EncodeCodes(some),
		})
	}
	if len(s.bad) == 0 {
		return parts, nil
	}
	data, err := codefile.EncodeWrong(s.bad)
	return append(parts, store.ImportPart{
		PartKey: store.PartKey{Stock: s.key, Kind: codefile.WrongLines, Number: s.listed}, Data: data,
	}), err
}
