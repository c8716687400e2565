package registry

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Membership says that a merchant is one of a chain brand.
type Membership struct {
	// Actor is who says so, for the audit trail.
	Actor    string
	Merchant merchant.ID
	Brand    string
}

// JoinBrand makes a merchant one of a chain brand, whose merchants may pay subsidies to each
// other (busifavor 12.2). Doing it again changes nothing. It reports
// merchant.ErrNotRegistered.
func (s *Service) JoinBrand(ctx context.Context, m Membership) error {
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		if _, err := findMerchant(ctx, tx, m.Merchant, "mchid"); err != nil {
			return err
		}
		if err := tx.JoinBrand(ctx, m.Merchant, m.Brand); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: m.Merchant, At: s.config.Clock.Now(), Actor: m.Actor, Action: "manage.merchants.join_brand", Object: "brand/" + m.Brand,
			After: fmt.Sprintf(`{"brand":%q}`, m.Brand),
		}})
	}); err != nil {
		return fmt.Errorf("join brand: %w", err)
	}
	return nil
}
