package held

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Place is where an export is. The zero Place is before all coupons.
type Place struct {
	Code  coupon.Code
	Stock coupon.StockID
}

// Export asks for the next coupons of a merchant's stocks, in the order of their codes.
type Export struct {
	// Actor is who asks, for the audit.
	Actor   string
	Creator merchant.ID
	// Stock narrows unless it is empty.
	Stock coupon.StockID
	After Place
	// OpenIDs says that openids are asked for. Without it they are left out.
	OpenIDs bool
}

// Exported are some coupons. There may be few, or none, and still more behind Next.
type Exported struct {
	Coupons []View
	// Next is what to go on behind; the zero Place when that was all.
	Next Place
}

// exportWindow is through how many coupons of the database a piece of an export goes.
const exportWindow = 2000

// Export returns coupons, and writes into the audit of the server that it did before it returns
// any.
func (s *Service) Export(ctx context.Context, e Export) (got Exported, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		found, err := tx.ScanCoupons(ctx, store.CouponScan{
			Creator: e.Creator, Stock: e.Stock, After: store.CouponPlace(e.After), Window: exportWindow,
		})
		if err != nil {
			return err
		}
		if !e.OpenIDs {
			for i := range found.Coupons {
				found.Coupons[i].OpenID, found.Coupons[i].Use.OpenID = "", ""
			}
		}
		got.Next = Place(found.End)
		got.Coupons, err = s.ownViews(ctx, tx, found.Coupons)
		return err
	})
	if err == nil && (len(got.Coupons) > 0 || e.After == Place{}) {
		err = s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.AppendAudit(ctx, []store.AuditEntry{s.taken(&e, len(got.Coupons))}) })
	}
	if err != nil {
		return Exported{}, fmt.Errorf("export coupons: %w", err)
	}
	return got, nil
}

// taken says what somebody took from the server.
func (s *Service) taken(e *Export, count int) store.AuditEntry {
	object := "merchant/" + string(e.Creator)
	if e.Stock != "" {
		object = "stock/" + string(e.Stock)
	}
	return store.AuditEntry{
		Owner: store.Platform, At: s.config.Clock.For("").Now().Truncate(time.Second), Actor: e.Actor, Action: "manage.exports.coupons",
		Object: object, After: fmt.Sprintf(`{"coupons":%d,"openids":%t}`, count, e.OpenIDs),
	}
}
