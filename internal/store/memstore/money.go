package memstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// money is the part of the state that is about money between merchants, and cards.
type money struct {
	brands    map[brandKey]bool
	orders    map[string]coupon.Order
	subsidies map[string]coupon.Subsidy
	returns   map[string]coupon.SubsidyReturn
	balances  map[payment.Account]fen.Fen
	postings  []payment.Posting
	cards     map[string]store.Card
	holders   map[cardKey]string
}

type brandKey struct {
	id    merchant.ID
	brand string
}

type cardKey struct {
	card   string
	holder user.ID
}

func newMoney() money {
	return money{
		brands:    map[brandKey]bool{},
		orders:    map[string]coupon.Order{},
		subsidies: map[string]coupon.Subsidy{},
		returns:   map[string]coupon.SubsidyReturn{},
		balances:  map[payment.Account]fen.Fen{},
		cards:     map[string]store.Card{},
		holders:   map[cardKey]string{},
	}
}

func (t *tx) SameBrand(_ context.Context, a, b merchant.ID) (bool, error) {
	for key := range t.data.brands {
		if key.id == a && t.data.brands[brandKey{b, key.brand}] {
			return true, nil
		}
	}
	return false, nil
}

func (t *tx) Brands(_ context.Context, id merchant.ID) (list []string, _ error) {
	for key := range t.data.brands {
		if key.id == id {
			list = append(list, key.brand)
		}
	}
	slices.Sort(list)
	return list, nil
}

func (t *tx) JoinBrand(_ context.Context, id merchant.ID, brand string) error {
	if err := t.known(id); err != nil {
		return err
	}
	put(t, t.data.brands, brandKey{id, brand}, true)
	return nil
}

func (t *tx) Order(_ context.Context, transactionID string) (coupon.Order, error) {
	o, found := t.data.orders[transactionID]
	if !found {
		return coupon.Order{}, store.ErrNotFound
	}
	return o, nil
}

func (t *tx) HasOrder(_ context.Context, id merchant.ID, outTradeNo string) (bool, error) {
	for _, o := range t.data.orders {
		if o.Merchant == id && o.OutTradeNo == outTradeNo {
			return true, nil
		}
	}
	return false, nil
}

func (t *tx) InsertOrder(_ context.Context, o coupon.Order) error {
	if _, found := t.data.orders[o.TransactionID]; !found {
		put(t, t.data.orders, o.TransactionID, o)
	}
	return nil
}

func (t *tx) LockOrder(ctx context.Context, transactionID string) (coupon.Order, error) {
	return t.Order(ctx, transactionID)
}

func (t *tx) UpdateOrder(_ context.Context, o coupon.Order) error {
	if _, found := t.data.orders[o.TransactionID]; !found {
		return store.ErrNotFound
	}
	put(t, t.data.orders, o.TransactionID, o)
	return nil
}

func (t *tx) Subsidies(_ context.Context, q store.SubsidyQuery) ([]coupon.Subsidy, error) {
	var found []coupon.Subsidy
	for _, s := range t.data.subsidies {
		if q.Matches(&s) {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b coupon.Subsidy) int { return cmp.Compare(b.ReceiptID, a.ReceiptID) })
	return found[:min(len(found), store.MaxReceipts)], nil
}

func (t *tx) Subsidy(_ context.Context, receiptID string) (coupon.Subsidy, error) {
	s, found := t.data.subsidies[receiptID]
	if !found {
		return coupon.Subsidy{}, store.ErrNotFound
	}
	return s, nil
}

func (t *tx) SubsidyReturns(_ context.Context, of coupon.Key) ([]coupon.SubsidyReturn, error) {
	var found []coupon.SubsidyReturn
	for _, r := range t.data.returns {
		if r.Key == of {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b coupon.SubsidyReturn) int { return cmp.Compare(b.ReturnReceiptID, a.ReturnReceiptID) })
	return found[:min(len(found), store.MaxReceipts)], nil
}

func (t *tx) SubsidyReturn(_ context.Context, returnReceiptID string) (coupon.SubsidyReturn, error) {
	r, found := t.data.returns[returnReceiptID]
	if !found {
		return coupon.SubsidyReturn{}, store.ErrNotFound
	}
	return r, nil
}

func (t *tx) InsertSubsidy(_ context.Context, s coupon.Subsidy) error {
	if _, found := t.data.subsidies[s.ReceiptID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.subsidies, s.ReceiptID, s)
	return nil
}

func (t *tx) UpdateSubsidy(_ context.Context, s coupon.Subsidy) error {
	old, found := t.data.subsidies[s.ReceiptID]
	if !found || old.Key != s.Key {
		return store.ErrNotFound
	}
	old.Status, old.Returned = s.Status, s.Returned
	put(t, t.data.subsidies, s.ReceiptID, old)
	return nil
}

func (t *tx) InsertSubsidyReturn(_ context.Context, r coupon.SubsidyReturn) error {
	if _, found := t.data.returns[r.ReturnReceiptID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.returns, r.ReturnReceiptID, r)
	return nil
}

func (t *tx) Balance(_ context.Context, a payment.Account) (fen.Fen, error) {
	return t.data.balances[a], nil
}

func (t *tx) Postings(_ context.Context, owner merchant.ID, offset, limit int64) ([]payment.Posting, error) {
	newest := slices.Clone(t.data.postings)
	slices.Reverse(newest)
	return page(newest, func(p payment.Posting) bool { return p.Owner == owner }, offset, limit), nil
}

func (t *tx) LockBalances(_ context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error) {
	held := make(map[payment.Account]fen.Fen, len(accounts))
	for _, a := range accounts {
		held[a] = t.data.balances[a]
	}
	return held, nil
}

func (t *tx) Post(_ context.Context, transfers ...payment.Transfer) error {
	for _, one := range transfers {
		for _, p := range payment.PostingsOf(one) {
			now := t.data.balances[p.Account] + p.Amount
			if now < 0 && p.Owner != store.Platform {
				return store.ErrStale
			}
			put(t, t.data.balances, p.Account, now)
			push(t, &t.data.postings, p)
		}
	}
	return nil
}

func (t *tx) Card(_ context.Context, id string) (store.Card, error) {
	c, found := t.data.cards[id]
	if !found {
		return store.Card{}, store.ErrNotFound
	}
	return c, nil
}

func (t *tx) CardCode(_ context.Context, c store.Card, holder user.ID) (string, error) {
	code, found := t.data.holders[cardKey{c.ID, holder}]
	if !found {
		return "", store.ErrNotFound
	}
	return code, nil
}

func (t *tx) InsertCard(_ context.Context, c store.Card) error {
	if _, found := t.data.cards[c.ID]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.cards, c.ID, c)
	return nil
}

func (t *tx) InsertCardHolder(_ context.Context, h store.CardHolder) error {
	for key, code := range t.data.holders {
		if key.card == h.ID && (key.holder == h.Holder || code == h.Code) {
			return store.ErrDuplicate
		}
	}
	put(t, t.data.holders, cardKey{h.ID, h.Holder}, h.Code)
	return nil
}

// moneyHolds proves the invariants about money.
func (d *data) moneyHolds() []store.Invariant {
	balances := store.Invariant{Name: store.InvariantBalances}
	zero := store.Invariant{Name: store.InvariantZero}
	debt := store.Invariant{Name: store.InvariantDebt}
	posted, transfers := map[payment.Account]fen.Fen{}, map[string]fen.Fen{}
	for _, p := range d.postings {
		posted[p.Account] += p.Amount
		transfers[p.Reference] += p.Amount
	}
	for a, held := range d.balances {
		note(&balances, posted[a] == held)
		note(&debt, held >= 0 || a.Owner == store.Platform)
	}
	for _, sum := range transfers {
		note(&zero, sum == 0)
	}
	coupons := store.Invariant{Name: store.InvariantSubsidized}
	orders := store.Invariant{Name: store.InvariantOrders}
	subsidized, ordered := map[coupon.Key]fen.Fen{}, map[string]fen.Fen{}
	for _, s := range d.subsidies {
		if s.Status != coupon.SubsidyFailed {
			subsidized[s.Key] += s.Amount - s.Returned
			ordered[s.TransactionID] += s.Amount - s.Returned
		}
	}
	for key, n := range subsidized {
		note(&coupons, d.coupons[key].Subsidized == n)
	}
	for id, o := range d.orders {
		note(&orders, o.Subsidized == ordered[id] && o.Subsidized <= coupon.MaxSubsidy)
	}
	return []store.Invariant{balances, zero, debt, coupons, orders}
}
