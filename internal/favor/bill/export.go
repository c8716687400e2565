package bill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Export asks an operator's question: for the next payments with vouchers of a stock, or for the
// refunds, as they happened. It has what no bill waits for, and any time.
type Export struct {
	// Actor is who asks, for the audit.
	Actor string
	Stock voucher.StockID
	Kind  Kind
	// From and Until bound the time, the latter exclusively; zero does not.
	From, Until time.Time
	// AfterAt and AfterID are of the last line of the piece before; zero for the first piece.
	AfterAt time.Time
	AfterID int64
}

// Exported is a piece of an export.
type Exported struct {
	Lines []payment.Flow
	// More says that there may be more behind the last line.
	More bool
}

// endOfTime is behind every time that is stored.
func endOfTime() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

// Export returns lines, and writes into the audit of the server that it did before it returns any.
// It reports voucher.ErrStockNotFound.
func (s *Service) Export(ctx context.Context, e Export) (got Exported, err error) {
	q := store.FlowQuery{Kind: e.Kind, From: e.From, To: endOfTime(), AfterAt: e.AfterAt, AfterID: e.AfterID, Limit: store.MaxFlows}
	if !e.Until.IsZero() {
		q.To = e.Until.Add(-time.Second)
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := tx.VoucherStock(ctx, e.Stock)
		if errors.Is(err, store.ErrNotFound) {
			return voucher.ErrStockNotFound.At("stock_id", string(e.Stock))
		}
		if err != nil {
			return err
		}
		q.Stock = stock.StockKey
		got.Lines, err = tx.Flows(ctx, q)
		return err
	})
	got.More = len(got.Lines) == store.MaxFlows
	if err == nil && (len(got.Lines) > 0 || e.AfterID == 0) {
		err = s.config.Store.Write(ctx, func(tx store.Tx) error {
			return tx.AppendAudit(ctx, []store.AuditEntry{{
				Owner: store.Platform, At: s.config.Clock.For("").Now().Truncate(time.Second), Actor: e.Actor, Action: "manage.exports.payments",
				Object: "stock/" + string(e.Stock), After: fmt.Sprintf(`{"kind":%q,"lines":%d}`, e.Kind, len(got.Lines)),
			}})
		})
	}
	if err != nil {
		return Exported{}, fmt.Errorf("export payments: %w", err)
	}
	return got, nil
}
