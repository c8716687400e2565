package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Refusals of a sub-merchant.
var (
	ErrNotProvider = fault.New(fault.Refused,
		"只有服务商（PROVIDER）才有子商户", "Only a PROVIDER has sub-merchants.")
	ErrSubIsProvider = fault.New(fault.Refused,
		"子商户须为普通商户（ORDINARY）", "A sub-merchant must be ORDINARY.")
	ErrHasSubMerchants = fault.New(fault.Refused,
		"该商户还有子商户，须先解除关系", "The merchant still has sub-merchants; remove them first.")
)

// Member is a merchant with its relations.
type Member struct {
	merchant.Merchant
	// SubMerchants are those of a provider.
	SubMerchants []merchant.ID
	// Brands are the chain brands that it is one of.
	Brands []string
}

// Merchants returns up to limit merchants in the order of their ids, those after the given
// one. The limit is 1 to MaxPage.
func (s *Service) Merchants(ctx context.Context, after merchant.ID, limit int) (page []Member, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		merchants, err := tx.MerchantPage(ctx, after, limit)
		if err != nil {
			return err
		}
		page = make([]Member, len(merchants))
		for i := range merchants {
			if page[i], err = related(ctx, tx, merchants[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list merchants: %w", err)
	}
	return page, nil
}

// Merchant returns a merchant, or merchant.ErrNotRegistered.
func (s *Service) Merchant(ctx context.Context, id merchant.ID) (m Member, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		m, err = member(ctx, tx, id)
		return err
	})
	if err != nil {
		return Member{}, fmt.Errorf("merchant: %w", err)
	}
	return m, nil
}

func member(ctx context.Context, tx store.ReadTx, id merchant.ID) (Member, error) {
	m, err := findMerchant(ctx, tx, id, "mchid")
	if err != nil {
		return Member{}, err
	}
	return related(ctx, tx, m)
}

// related is a merchant with its relations.
func related(ctx context.Context, tx store.ReadTx, m merchant.Merchant) (Member, error) {
	subs, err := tx.SubMerchants(ctx, m.ID)
	if err != nil {
		return Member{}, err
	}
	brands, err := tx.Brands(ctx, m.ID)
	return Member{Merchant: m, SubMerchants: subs, Brands: brands}, err
}

// findMerchant returns a merchant that a field of a request names.
func findMerchant(ctx context.Context, tx store.ReadTx, id merchant.ID, field string) (merchant.Merchant, error) {
	m, err := tx.Merchant(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return merchant.Merchant{}, merchant.ErrNotRegistered.At(field, string(id))
	}
	return m, err
}

// MerchantChange changes a merchant. What is not given stays as it is.
type MerchantChange struct {
	// Actor is who asks, for the audit trail.
	Actor string
	ID    merchant.ID
	// Name is the short name on cards; "" leaves it.
	Name string
	Kind merchant.Kind
	// KeyMode says which kind of platform key the merchant trusts; "" leaves it.
	KeyMode merchant.KeyMode
	// Brand replaces the one that there is; nil leaves it.
	Brand *merchant.Brand
	// AppIDs and Permissions replace those that there are; nil leaves them.
	AppIDs      []merchant.AppID
	Permissions []merchant.Permission
}

// ChangeMerchant changes a merchant and returns it. It is refused with merchant.ErrNotRegistered, or
// ErrHasSubMerchants for a provider that would be one no more.
func (s *Service) ChangeMerchant(ctx context.Context, c MerchantChange) (m Member, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if m, err = member(ctx, tx, c.ID); err != nil {
			return err
		}
		if c.Kind == merchant.Ordinary && len(m.SubMerchants) > 0 {
			return ErrHasSubMerchants
		}
		was := m.Merchant
		c.apply(&m.Merchant, s.config.Clock.Now())
		if err := tx.UpdateMerchant(ctx, m.Merchant); err != nil {
			return err
		}
		if err := switchEvents(ctx, tx, &m.Merchant); err != nil {
			return err
		}
		entry := s.audit(c.ID, c.Actor, "manage.merchants.change", "merchant/"+string(c.ID))
		entry.Before, entry.After = trail.Between(was.Said(), m.Said())
		return tx.AppendAudit(ctx, []store.AuditEntry{entry})
	})
	if err != nil {
		return Member{}, fmt.Errorf("change merchant: %w", err)
	}
	return m, nil
}

// switchEvents switches the events of merchant coupons on or off as the permissions say.
func switchEvents(ctx context.Context, tx store.Tx, m *merchant.Merchant) error {
	c, err := tx.Callback(ctx, merchant.CallbackKey{Owner: m.ID, Product: merchant.BusiFavor})
	if errors.Is(err, store.ErrNotFound) || err == nil && c.On == m.Told(merchant.BusiFavor) {
		return nil
	}
	if err != nil {
		return err
	}
	c.On = !c.On
	return tx.SetCallback(ctx, c)
}

func (c *MerchantChange) apply(m *merchant.Merchant, now time.Time) {
	if c.Name != "" {
		m.Name = c.Name
	}
	if c.Kind != "" {
		m.Kind = c.Kind
	}
	if c.KeyMode != "" {
		m.SetKeyMode(c.KeyMode, now)
	}
	if c.Brand != nil {
		m.Brand = *c.Brand
	}
	if c.AppIDs != nil {
		m.AppIDs = distinct(c.AppIDs)
	}
	if c.Permissions != nil {
		m.Permissions = distinct(c.Permissions)
	}
}

// distinct returns what a list holds, each once.
func distinct[T ~string](list []T) []T { return slices.Compact(slices.Sorted(slices.Values(list))) }

// Relation is a provider with one of its sub-merchants.
type Relation struct {
	// Actor is who asks, for the audit trail.
	Actor         string
	Provider, Sub merchant.ID
}

// AddSubMerchant adds a sub-merchant to a provider and returns the provider; doing it again
// changes nothing. It is refused with merchant.ErrNotRegistered, ErrNotProvider or ErrSubIsProvider.
func (s *Service) AddSubMerchant(ctx context.Context, r Relation) (Member, error) {
	return s.relate(ctx, r, "manage.merchants.add_sub", func(tx store.Tx, provider merchant.Merchant) error {
		sub, err := findMerchant(ctx, tx, r.Sub, "sub_mchid")
		switch {
		case err != nil:
			return err
		case provider.Kind != merchant.Provider:
			return ErrNotProvider.At("mchid", string(r.Provider))
		case sub.Kind != merchant.Ordinary:
			return ErrSubIsProvider.At("sub_mchid", string(r.Sub))
		}
		return tx.AddSubMerchant(ctx, r.Provider, r.Sub)
	})
}

// RemoveSubMerchant ends the relation of a provider and a sub-merchant and returns the
// provider; when there is none nothing changes. Stocks that were created stay.
func (s *Service) RemoveSubMerchant(ctx context.Context, r Relation) (Member, error) {
	return s.relate(ctx, r, "manage.merchants.remove_sub", func(tx store.Tx, _ merchant.Merchant) error {
		return tx.RemoveSubMerchant(ctx, r.Provider, r.Sub)
	})
}

// subs are what the audit says about the sub-merchants of a provider.
type subs struct {
	List []merchant.ID `json:"sub_merchants"`
}

func (s *Service) relate(ctx context.Context, r Relation, action string, change func(store.Tx, merchant.Merchant) error) (m Member, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		provider, err := findMerchant(ctx, tx, r.Provider, "mchid")
		if err != nil {
			return err
		}
		had, err := tx.SubMerchants(ctx, r.Provider)
		if err != nil {
			return err
		}
		if err := change(tx, provider); err != nil {
			return err
		}
		if m, err = member(ctx, tx, r.Provider); err != nil {
			return err
		}
		entry := s.audit(r.Provider, r.Actor, action, "merchant/"+string(r.Provider)+"/sub/"+string(r.Sub))
		entry.Before, entry.After = trail.Between(subs{had}, subs{m.SubMerchants})
		return tx.AppendAudit(ctx, []store.AuditEntry{entry})
	})
	if err != nil {
		return Member{}, fmt.Errorf("sub-merchant: %w", err)
	}
	return m, nil
}
