package held

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Operators see every voucher, whose party they are not.

// BrowseQuery asks for the vouchers of a user, of all merchants.
type BrowseQuery struct {
	// OpenID is one that is registered, under any appid.
	OpenID user.OpenID
	// State narrows the list unless it is empty. A merchant whose business time was moved may see
	// it change at another moment.
	State  voucher.State
	Offset int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// Browse returns a page of a user's vouchers to an operator, the newest first, with how many there
// are in all. It reports user.ErrUnknown.
func (s *Service) Browse(ctx context.Context, q BrowseQuery) (cards []Card, total int64, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := tx.UserByOpenID(ctx, q.OpenID)
		if errors.Is(err, user.ErrNotFound) {
			return user.ErrUnknown.At("openid", string(q.OpenID))
		}
		if err != nil {
			return err
		}
		var found []voucher.Voucher
		found, total, err = tx.UserVouchers(ctx, store.VoucherQuery{
			Holder: holder.ID, States: statesOf(q.State), Now: s.config.Clock.For("").Now(), Offset: q.Offset, Limit: q.Limit,
		})
		if err == nil {
			cards, err = s.cards(ctx, tx, found)
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("browse vouchers: %w", err)
	}
	return cards, total, nil
}

// Show returns a voucher to an operator, or voucher.ErrNotFound.
func (s *Service) Show(ctx context.Context, id voucher.ID) (card Card, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		v, err := tx.Voucher(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return voucher.ErrNotFound
		}
		if err != nil {
			return err
		}
		cards, err := s.cards(ctx, tx, []voucher.Voucher{v})
		if err == nil {
			card = cards[0]
		}
		return err
	})
	if err != nil {
		return Card{}, fmt.Errorf("show voucher: %w", err)
	}
	return card, nil
}

// MaxLines is how many lines of bills Lines looks up.
const MaxLines = 40

// Lines returns the lines of bills about a voucher that were written at the times given: at most
// MaxLines of them, the first ones.
func (s *Service) Lines(ctx context.Context, v *voucher.Voucher, kind payment.FlowKind, at []time.Time) (lines []payment.Flow, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		lines = nil
		for _, t := range at[:min(len(at), MaxLines)] {
			found, err := tx.Flows(ctx, store.FlowQuery{Stock: v.Stock, Kind: kind, From: t, To: t, Limit: store.MaxFlows})
			if err != nil {
				return err
			}
			lines = append(lines, slices.DeleteFunc(found, func(f payment.Flow) bool { return f.Voucher != v.ID })...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lines about voucher %s: %w", v.ID, err)
	}
	return lines, nil
}
