// Package held shows the vouchers that users hold to the merchants that created or sent
// them. It changes nothing.
package held

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time: that of the caller decides what has expired.
	Clock clock.Business
	// Users says what happens to unknown openids.
	Users user.Policy
}

// Service shows vouchers. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// View is a voucher with its stock, as its parties see it.
type View struct {
	Voucher voucher.Voucher
	// State is the state now.
	State voucher.State
	Stock voucher.Stock
}

// GetQuery asks for one voucher of a user.
type GetQuery struct {
	Caller merchant.ID
	AppID  merchant.AppID
	OpenID user.OpenID
	ID     voucher.ID
}

// Get returns one voucher of a user (favor 4.13).
func (s *Service) Get(ctx context.Context, q GetQuery) (View, error) {
	var view View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.holder(ctx, tx, q.Caller, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		v, err := tx.Voucher(ctx, q.ID)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && v.Holder != holder.ID:
			return voucher.ErrNotFound
		case err != nil:
			return err
		case !v.VisibleTo(q.Caller):
			return voucher.ErrForeign
		}
		views, err := s.views(ctx, tx, q.Caller, []voucher.Voucher{v})
		if err == nil {
			view = views[0]
		}
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("voucher %s: %w", q.ID, err)
	}
	return view, nil
}

// holder returns the user that an openid stands for under an appid of the caller.
func (s *Service) holder(ctx context.Context, tx store.ReadTx, caller merchant.ID, appid merchant.AppID, openid user.OpenID) (user.User, error) {
	m, err := tx.Merchant(ctx, caller)
	if err != nil {
		return user.User{}, fmt.Errorf("merchant %s: %w", caller, err)
	}
	if !m.Owns(appid) {
		return user.User{}, voucher.ErrAppID.At("appid", string(appid))
	}
	holder, err := s.config.Users.Resolve(ctx, tx, appid, openid)
	if errors.Is(err, user.ErrUnknown) {
		return user.User{}, voucher.ErrUser
	}
	return holder, err
}

// views adds the stocks, each read once.
func (s *Service) views(ctx context.Context, tx store.ReadTx, caller merchant.ID, vouchers []voucher.Voucher) ([]View, error) {
	now := s.config.Clock.For(string(caller)).Now()
	stocks := map[voucher.StockID]voucher.Stock{}
	views := make([]View, len(vouchers))
	for i, v := range vouchers {
		stock, known := stocks[v.Stock.ID]
		if !known {
			var err error
			if stock, err = tx.VoucherStock(ctx, v.Stock.ID); err != nil {
				return nil, fmt.Errorf("stock of vouchers %s: %w", v.Stock.ID, err)
			}
			stocks[v.Stock.ID] = stock
		}
		views[i] = View{Voucher: v, State: v.StateAt(now), Stock: stock}
	}
	return views, nil
}

// DefaultPage and MaxPage are the sizes of a page that no call asks for, and the largest
// (favor 4.12, the latter inferred).
const (
	DefaultPage = 20
	MaxPage     = 100
)

// Filter is which of a user's vouchers are wanted.
type Filter string

// The filters. Expired vouchers are never shown.
const (
	AllLiving Filter = ""
	OnlySent  Filter = "SENDED"
	// SentAndUsed is what the wire calls USED; surprising, but documented.
	SentAndUsed Filter = "USED"
)

func (f Filter) states() []voucher.State {
	if f == OnlySent {
		return []voucher.State{voucher.StateSent}
	}
	return []voucher.State{voucher.StateSent, voucher.StateUsed}
}

// ListQuery asks for a user's vouchers. Creator and Sender narrow; Available counts only
// without them, and then Stock, Filter and the page do not. None of the three means the
// caller as creator.
type ListQuery struct {
	Caller    merchant.ID
	AppID     merchant.AppID
	OpenID    user.OpenID
	StockID   voucher.StockID
	Filter    Filter
	Creator   merchant.ID
	Sender    merchant.ID
	Available merchant.ID
	// Consumer asks for consumer money only, which does not exist here.
	Consumer bool
	// Number is that of the page, from 0, Size 1 to MaxPage.
	Number, Size int64
}

// Page is a part of a list.
type Page struct {
	Vouchers []View
	// Total counts the whole list.
	Total int64
	// Number and Size are those of the answer.
	Number, Size int64
}

// List returns a page of a user's vouchers, the newest first (favor 4.12).
func (s *Service) List(ctx context.Context, q ListQuery) (page Page, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.holder(ctx, tx, q.Caller, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		if err := checkMerchants(ctx, tx, q.Creator, q.Sender, q.Available); err != nil {
			return err
		}
		now := s.config.Clock.For(string(q.Caller)).Now()
		if !q.Consumer && q.Available != "" && q.Creator == "" && q.Sender == "" {
			page, err = s.available(ctx, tx, q, holder.ID, now)
		} else {
			page, err = s.page(ctx, tx, q, holder.ID, now)
		}
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("list vouchers: %w", err)
	}
	return page, nil
}

// checkMerchants reports a merchant that is named and does not exist.
func checkMerchants(ctx context.Context, tx store.ReadTx, ids ...merchant.ID) error {
	for _, id := range ids {
		if id == "" {
			continue
		}
		_, err := tx.Merchant(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return voucher.ErrMerchantUnknown
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) page(ctx context.Context, tx store.ReadTx, q ListQuery, holder user.ID, now time.Time) (Page, error) {
	if q.Consumer {
		return Page{Number: q.Number, Size: q.Size}, nil
	}
	if q.Creator == "" && q.Sender == "" {
		q.Creator = q.Caller
	}
	found, total, err := tx.UserVouchers(ctx, store.VoucherQuery{
		Holder: holder, Stock: q.StockID, Creator: q.Creator, Sender: q.Sender, VisibleTo: q.Caller,
		States: q.Filter.states(), Now: now, Offset: q.Number * q.Size, Limit: q.Size,
	})
	if err != nil {
		return Page{}, err
	}
	if q.Number > 0 && q.Number*q.Size >= total {
		return Page{}, voucher.ErrPage
	}
	views, err := s.views(ctx, tx, q.Caller, found)
	return Page{Vouchers: views, Total: total, Number: q.Number, Size: q.Size}, err
}

// available returns the vouchers that can be spent at a merchant, all in one answer.
func (s *Service) available(ctx context.Context, tx store.ReadTx, q ListQuery, holder user.ID, now time.Time) (Page, error) {
	page := Page{Size: DefaultPage}
	stocks, err := acceptedStocks(ctx, tx, q.Available, holder, now)
	if err != nil || len(stocks) == 0 {
		return page, err
	}
	// A merchant sees all that can be spent at itself, whoever gave it out (4.12).
	visibleTo := q.Caller
	if q.Available == q.Caller {
		visibleTo = ""
	}
	found, total, err := tx.UserVouchers(ctx, store.VoucherQuery{
		Holder: holder, VisibleTo: visibleTo, Stocks: stocks, States: OnlySent.states(), Now: now, Limit: store.NoLimit,
	})
	if err != nil || total == 0 {
		return page, err
	}
	views, err := s.views(ctx, tx, q.Caller, found)
	return Page{Vouchers: views, Total: total, Size: total}, err
}

// acceptedStocks returns those of the stocks of which a user has living vouchers that are
// accepted at a merchant.
func acceptedStocks(ctx context.Context, tx store.ReadTx, at merchant.ID, holder user.ID, now time.Time) ([]voucher.StockID, error) {
	held, err := tx.HeldVoucherStocks(ctx, holder)
	if err != nil {
		return nil, err
	}
	var accepted []voucher.StockID
	for _, one := range held {
		if one.Until.Before(now) {
			continue
		}
		stock, err := tx.VoucherStock(ctx, one.ID)
		if err != nil {
			return nil, fmt.Errorf("stock of vouchers %s: %w", one.ID, err)
		}
		if stock.AcceptedAt(at) {
			accepted = append(accepted, one.ID)
		}
	}
	return accepted, nil
}
