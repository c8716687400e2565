package held

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Holder is a user who looks at their own card pack.
type Holder struct {
	AppID  merchant.AppID
	OpenID user.OpenID
	// Party narrows what is shown to what one merchant created or sent; "" does not.
	Party merchant.ID
}

// Card is a voucher in its holder's card pack.
type Card struct {
	View
	// MerchantName is the name of the merchant that created the stock.
	MerchantName string
	// Waiting is true while the voucher cannot be used yet.
	Waiting bool
}

// CardsQuery asks for the vouchers of a holder, of all merchants.
type CardsQuery struct {
	Holder
	// State narrows the list unless it is empty. A merchant whose business time was moved may
	// see it change at another moment.
	State  voucher.State
	Offset int64
	// Limit is 1 to MaxPage.
	Limit int64
}

// statesOf are all states, or the one that narrows a list.
func statesOf(one voucher.State) []voucher.State {
	if one == "" {
		return voucher.States()
	}
	return []voucher.State{one}
}

// Cards is a page of the holder's own vouchers, the newest first, with how many there are in
// all. It reports user.ErrUnknown.
func (s *Service) Cards(ctx context.Context, q CardsQuery) (cards []Card, total int64, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		var found []voucher.Voucher
		found, total, err = tx.UserVouchers(ctx, store.VoucherQuery{
			Holder: holder.ID, VisibleTo: q.Party, States: statesOf(q.State), Now: s.config.Clock.For("").Now(), Offset: q.Offset, Limit: q.Limit,
		})
		if err == nil {
			cards, err = s.cards(ctx, tx, found)
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("vouchers of card pack: %w", err)
	}
	return cards, total, nil
}

// CardQuery asks for one voucher of a holder.
type CardQuery struct {
	Holder
	ID voucher.ID
}

// Card returns one of the holder's own vouchers. It reports user.ErrUnknown, and
// voucher.ErrNotFound for one that is not there or somebody else's.
func (s *Service) Card(ctx context.Context, q CardQuery) (card Card, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		holder, err := s.config.Users.Resolve(ctx, tx, q.AppID, q.OpenID)
		if err != nil {
			return err
		}
		v, err := tx.Voucher(ctx, q.ID)
		switch {
		case errors.Is(err, store.ErrNotFound), err == nil && v.Holder != holder.ID:
			return voucher.ErrNotFound
		case err != nil:
			return err
		case q.Party != "" && !v.VisibleTo(q.Party):
			return voucher.ErrNotFound
		}
		cards, err := s.cards(ctx, tx, []voucher.Voucher{v})
		if err == nil {
			card = cards[0]
		}
		return err
	})
	if err != nil {
		return Card{}, fmt.Errorf("voucher of card pack: %w", err)
	}
	return card, nil
}

// cards shows vouchers of several merchants, each in the business time of the creator of its
// stock.
func (s *Service) cards(ctx context.Context, tx store.ReadTx, vouchers []voucher.Voucher) ([]Card, error) {
	views, err := s.views(ctx, tx, "", vouchers)
	if err != nil {
		return nil, err
	}
	names := map[merchant.ID]string{}
	cards := make([]Card, len(views))
	for i := range views {
		v := &views[i].Voucher
		name, known := names[v.Stock.Creator]
		if !known {
			m, err := tx.Merchant(ctx, v.Stock.Creator)
			if err != nil {
				return nil, fmt.Errorf("merchant %s: %w", v.Stock.Creator, err)
			}
			name = m.CardName()
			names[v.Stock.Creator] = name
		}
		now := s.config.Clock.For(string(v.Stock.Creator)).Now()
		views[i].State = v.StateAt(now)
		cards[i] = Card{View: views[i], MerchantName: name, Waiting: views[i].State == voucher.StateSent && now.Before(v.Window.Begin)}
	}
	return cards, nil
}
