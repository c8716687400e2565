package bill_test

import (
	"crypto/sha1"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/sqlitestore"
)

// linesOfABill is how long the bill of the benchmark is; a million takes half a minute to
// arrange.
var linesOfABill = flag.Int("lines", 10_000, "lines of the bill that the benchmark makes")

// BenchmarkBill makes the link of a bill, which hashes it, and reads it. The heap is what
// is live at its largest, looked at every thousand lines or so.
func BenchmarkBill(b *testing.B) {
	s, err := sqlitestore.Open(b.Context(), sqlitestore.Options{Path: filepath.Join(b.TempDir(), "favord.db"), Mode: store.Sandbox})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	o := openOffice(b, s)
	const part = 10_000
	for n := 0; n < *linesOfABill; n += part {
		o.happen(payment.FlowUse, min(part, *linesOfABill-n), o.stock.Begin.Add(time.Duration(n/part)*time.Minute))
	}
	o.clock.Set(day.Of(o.stock.End).End().Add(bill.ReadyAfter + time.Second))
	var peak uint64
	for b.Loop() {
		link, err := o.Whole(b.Context(), o.query(bill.Uses))
		if err != nil {
			b.Fatal(err)
		}
		file, err := o.Open(b.Context(), alice, link.Token)
		if err != nil {
			b.Fatal(err)
		}
		digest := sha1.New()
		lines, err := file.WriteTo(b.Context(), io.MultiWriter(digest, &watch{peak: &peak}))
		if err != nil || lines != int64(*linesOfABill) || fmt.Sprintf("%x", digest.Sum(nil)) != link.SHA1 {
			b.Fatalf("%d lines: %v", lines, err)
		}
	}
	b.ReportMetric(float64(peak)/(1<<20), "MB-heap")
	b.ReportMetric(float64(*linesOfABill)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// watch remembers the largest heap that it saw.
type watch struct {
	peak   *uint64
	writes int
}

// Write implements io.Writer.
func (w *watch) Write(p []byte) (int, error) {
	const every = 16
	if w.writes++; w.writes%every == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		*w.peak = max(*w.peak, m.HeapAlloc)
	}
	return len(p), nil
}
