package claim

import (
	"context"
	"net/http"
	"slices"

	"github.com/favord/favord/internal/busifavor/held"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/voucher"
)

// pageSize is how many cards a page lists; maxOffset bounds how far one can go.
const (
	pageSize  = 20
	maxOffset = 1_000_000
)

// listView is the card pack.
type listView struct {
	OpenID string
	Tabs   []tab
	// Parts are cash vouchers and coupons, in this order; a page may have only one of them.
	Parts []part
	Total int64
	// Previous and Next lead to other pages; empty where there is none.
	Previous, Next string
}

// tab narrows the list to a state.
type tab struct {
	Text, Address string
	Chosen        bool
}

// part is what a page lists of one product.
type part struct {
	Title string
	Cards []entry
}

// entry is a card of the list.
type entry struct {
	pack
	Address string
}

// showCards lists the coupons and cash vouchers of a user.
func (s *Server) showCards(ctx context.Context, r *http.Request) reply {
	v, err := s.readVisit(ctx, r)
	if err != nil {
		return s.problem(r, err)
	}
	l := s.lookFor(r.Header)
	view, err := s.list(ctx, v, l)
	if err != nil {
		return s.problem(r, err)
	}
	return s.show(http.StatusOK, "cards.html", page{Lang: l.language, Title: l.Choose("卡包", "Card pack"), Content: view})
}

// list reads a page of the card pack: the vouchers, then the coupons.
func (s *Server) list(ctx context.Context, v *visit, l look) (*listView, error) {
	offset, err := v.offset()
	if err != nil {
		return nil, err
	}
	view := &listView{OpenID: string(v.openid), Tabs: l.tabs(v)}
	vouchers, before, err := s.listVouchers(ctx, v, offset, l)
	if err != nil {
		return nil, err
	}
	coupons, behind, err := s.listCoupons(ctx, v, max(0, offset-before), pageSize-len(vouchers.Cards), l)
	if err != nil {
		return nil, err
	}
	for _, one := range []part{vouchers, coupons} {
		if len(one.Cards) > 0 {
			view.Parts = append(view.Parts, one)
		}
	}
	view.Total = before + behind
	if offset > 0 {
		view.Previous = v.walk.pack(v.state(), max(0, offset-pageSize))
	}
	if next := offset + pageSize; next < view.Total {
		view.Next = v.walk.pack(v.state(), next)
	}
	return view, nil
}

// listVouchers lists a page of vouchers and counts them all.
func (s *Server) listVouchers(ctx context.Context, v *visit, offset int64, l look) (part, int64, error) {
	list := part{Title: l.Choose("代金券", "Cash vouchers")}
	state := voucher.State(v.state())
	if state != "" && !slices.Contains(voucher.States(), state) {
		return list, 0, nil
	}
	cards, total, err := s.Purse.Cards(ctx, favorheld.CardsQuery{Holder: v.voucherHolder(), State: state, Offset: offset, Limit: pageSize})
	for i := range cards {
		list.Cards = append(list.Cards, entry{l.voucherPack(&cards[i]), v.walk.voucher(cards[i].Voucher.ID)})
	}
	return list, total, err
}

// listCoupons lists at most so many coupons and counts them all.
func (s *Server) listCoupons(ctx context.Context, v *visit, offset int64, most int, l look) (part, int64, error) {
	list := part{Title: l.Choose("商家券", "Coupons")}
	found, err := s.Wallet.Cards(ctx, held.CardsQuery{Holder: v.holder(), State: v.state(), Offset: offset, Limit: pageSize})
	if err != nil {
		return list, 0, err
	}
	for i := range found.Coupons[:min(most, len(found.Coupons))] {
		c := &found.Coupons[i]
		c.Stock.Entrance.CodeDisplay = displayNone // a list has no codes
		shown, err := l.pack(c)
		if err != nil {
			return list, 0, err
		}
		list.Cards = append(list.Cards, entry{shown, v.walk.coupon(&c.Coupon)})
	}
	return list, found.Total, nil
}

func (l language) tabs(v *visit) []tab {
	list := []tab{{Text: l.Choose("全部", "All"), Address: v.walk.pack("", 0), Chosen: v.state() == ""}}
	for _, state := range coupon.States() {
		list = append(list, tab{Text: l.stateText(state), Address: v.walk.pack(state, 0), Chosen: v.state() == state})
	}
	return list
}

// cardView is one card of the pack.
type cardView struct {
	pack
	Pack string
	// MayDelete is true while the holder can take the card out of the pack.
	MayDelete bool
}

// showCard shows one coupon or cash voucher of a user.
func (s *Server) showCard(ctx context.Context, r *http.Request) reply {
	v, err := s.readVisit(ctx, r)
	if err != nil {
		return s.problem(r, err)
	}
	l := s.lookFor(r.Header)
	view, err := s.card(ctx, v, l)
	if err != nil {
		return s.problem(r, err)
	}
	view.Pack = v.walk.pack("", 0)
	return s.show(http.StatusOK, "card.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
}

// card reads the card that an address names.
func (s *Server) card(ctx context.Context, v *visit, l look) (*cardView, error) {
	if id := v.query.Get(nameVoucher); id != "" {
		one, err := s.Purse.Card(ctx, favorheld.CardQuery{Holder: v.voucherHolder(), ID: voucher.ID(id)})
		if err != nil {
			return nil, err
		}
		return &cardView{pack: l.voucherPack(&one)}, nil
	}
	one, err := s.Wallet.Card(ctx, v.couponQuery())
	if err != nil {
		return nil, err
	}
	shown, err := l.pack(&one)
	gone := one.State == coupon.StateDeleted || one.State == coupon.StateDeactivated
	return &cardView{pack: shown, MayDelete: s.Delete != nil && !gone}, err
}

// deleteCard takes a coupon out of the pack.
func (s *Server) deleteCard(ctx context.Context, r *http.Request) reply {
	v, err := s.readVisit(ctx, r)
	if err == nil && s.Delete == nil {
		err = errAddress
	}
	if err == nil {
		err = s.deleteOwn(ctx, v.couponQuery())
	}
	if err != nil {
		return s.problem(r, err)
	}
	return reply{status: http.StatusSeeOther, location: v.walk.pack("", 0)}
}

// deleteOwn takes a coupon out of the pack if the pack shows it.
func (s *Server) deleteOwn(ctx context.Context, q held.CardQuery) error {
	if q.Party != "" {
		if _, err := s.Wallet.Card(ctx, q); err != nil {
			return err
		}
	}
	return s.Delete(ctx, q)
}
