package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// ForgetCommand asks to forget who a user is.
type ForgetCommand struct {
	// Actor is who asks, for the audit.
	Actor string
	// OpenID is one of the user's; or what the account is called since it was forgotten, to look
	// once more.
	OpenID user.OpenID
}

// Forgotten is what became of a user.
type Forgotten struct {
	Account user.ID
	// Name is what the account is called from now on.
	Name user.OpenID
	// OpenIDs is how many were registered for the account; Coupons and Vouchers in how many one
	// stood.
	OpenIDs, Coupons, Vouchers int64
	// Linked is how many openids are left of others who are the same natural person.
	Linked int64
}

// Forget removes every openid and the unionid of a user's account from all rows. Coupons, vouchers,
// limits and the audit stay: they go by the account. An openid that comes again later is registered
// as a new one, and leads to the same account. It reports ErrNoUser. What was begun and failed is
// done by doing it again.
func (s *Service) Forget(ctx context.Context, c ForgetCommand) (f Forgotten, err error) {
	u, err := s.User(ctx, c.OpenID)
	if err != nil {
		return Forgotten{}, fmt.Errorf("forget user: %w", err)
	}
	f = Forgotten{Account: u.ID, Name: user.Forgotten(u.ID)}
	// Before the users go, so that whoever is interrupted finds them again; and for what was given out
	// meanwhile, after it.
	for _, step := range []func() error{
		func() error { return s.rename(ctx, &f) },
		func() error { return s.forgetAccount(ctx, c.Actor, &f) },
		func() error { return s.rename(ctx, &f) },
	} {
		if err := step(); err != nil {
			return Forgotten{}, fmt.Errorf("forget user: %w", err)
		}
	}
	return f, nil
}

// forgetAccount removes the users of the account.
func (s *Service) forgetAccount(ctx context.Context, actor string, f *Forgotten) error {
	return s.config.Store.Write(ctx, func(tx store.Tx) error {
		all, err := tx.UsersOfAccount(ctx, f.Account, maxLinked)
		if err != nil {
			return err
		}
		f.OpenIDs = 0
		for i := range all {
			if all[i].OpenID != f.Name {
				f.OpenIDs++
			}
		}
		if len(all) == 0 { // somebody else did
			return nil
		}
		linked, err := tx.UsersOfPerson(ctx, all[0].Person, "", maxLinked)
		if err != nil {
			return err
		}
		f.Linked = 0
		for i := range linked {
			if linked[i].ID != f.Account && linked[i].OpenID != user.Forgotten(linked[i].ID) {
				f.Linked++
			}
		}
		entry := s.audit(store.Platform, actor, "manage.users.forget", "account/"+f.Account.String())
		entry.After = fmt.Sprintf(`{"openids":%d}`, f.OpenIDs)
		return store.InOrder(
			func() error { return tx.ForgetAccount(ctx, all[0].Forget()) },
			func() error { return tx.AppendAudit(ctx, []store.AuditEntry{entry}) },
		)
	})
}

// renamePage is how many coupons or vouchers are looked at together.
const renamePage = 100

// rename replaces openids in everything that the account holds.
func (s *Service) rename(ctx context.Context, f *Forgotten) error {
	for offset := int64(0); ; offset += renamePage {
		named, last, err := s.namedCoupons(ctx, f, offset)
		if err == nil && len(named) > 0 {
			err = s.renameCoupons(ctx, f, named)
		}
		if err != nil {
			return err
		}
		if last {
			break
		}
	}
	for offset := int64(0); ; offset += renamePage {
		named, last, err := s.namedVouchers(ctx, f, offset)
		if err == nil && len(named) > 0 {
			err = s.renameVouchers(ctx, f, named)
		}
		if err != nil || last {
			return err
		}
	}
}

// namedCoupons returns the coupons of a page in which an openid stands, and whether it is the last
// one.
func (s *Service) namedCoupons(ctx context.Context, f *Forgotten, offset int64) (named []coupon.Key, last bool, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page, _, err := tx.UserCoupons(ctx, store.CouponQuery{Holder: f.Account, Now: s.config.Clock.Now(), Offset: offset, Limit: renamePage})
		named, last = nil, len(page) < renamePage
		for i := range page {
			if names(&page[i], f.Name) {
				named = append(named, page[i].Key)
			}
		}
		return err
	})
	return named, last, err
}

// names reports whether an openid stands in a coupon besides what it is to be called.
func names(c *coupon.Coupon, name user.OpenID) bool {
	return c.OpenID != name || c.Use.OpenID != "" && c.Use.OpenID != name
}

// renameCoupons replaces the openid in coupons, and in what merchants are told of them.
func (s *Service) renameCoupons(ctx context.Context, f *Forgotten, keys []coupon.Key) error {
	renamed := int64(0)
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		locked, err := tx.LockCoupons(ctx, keys)
		if err != nil {
			return err
		}
		var list []coupon.Coupon
		for _, key := range keys {
			c, there := locked.Coupons[key]
			if !there || !names(&c, f.Name) {
				continue
			}
			c.OpenID = f.Name
			if c.Use.OpenID != "" {
				c.Use.OpenID = f.Name
			}
			list = append(list, c)
		}
		renamed = int64(len(list))
		if err := tx.RenameHolders(ctx, list); err != nil {
			return err
		}
		for i := range list {
			if err := renameEvent(ctx, tx, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		f.Coupons += renamed
	}
	return err
}

// renameEvent replaces the openid in the event of a coupon, if there is one.
func renameEvent(ctx context.Context, tx store.Tx, c *coupon.Coupon) error {
	id := delivery.NewEventID(delivery.KindCouponSent, string(c.Stock.ID), string(c.Code))
	d, err := tx.DeliveryOf(ctx, c.Stock.Creator, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	e, err := tx.EventAt(ctx, d.Key)
	if err != nil {
		return err
	}
	said, err := e.Read()
	sent, is := said.(delivery.CouponSent)
	if err != nil || !is {
		return err
	}
	sent.OpenID = c.OpenID
	text, err := json.Marshal(sent)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	return tx.ReplacePayload(ctx, d.Key, text)
}

// namedVouchers is namedCoupons for vouchers.
func (s *Service) namedVouchers(ctx context.Context, f *Forgotten, offset int64) (named []store.VoucherKey, last bool, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page, _, err := tx.UserVouchers(ctx, store.VoucherQuery{Holder: f.Account, Now: s.config.Clock.Now(), Offset: offset, Limit: renamePage})
		named, last = nil, len(page) < renamePage
		for i := range page {
			if page[i].OpenID != f.Name {
				named = append(named, store.VoucherKey{Stock: page[i].Stock, ID: page[i].ID})
			}
		}
		return err
	})
	return named, last, err
}

func (s *Service) renameVouchers(ctx context.Context, f *Forgotten, keys []store.VoucherKey) error {
	renamed := int64(0)
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		locked, err := tx.LockVouchers(ctx, keys)
		if err != nil {
			return err
		}
		var list []voucher.Voucher
		for _, key := range keys {
			if v, there := locked[key.ID]; there && v.OpenID != f.Name {
				v.OpenID = f.Name
				list = append(list, v)
			}
		}
		renamed = int64(len(list))
		return tx.RenameVoucherHolders(ctx, list)
	})
	if err == nil {
		f.Vouchers += renamed
	}
	return err
}
