package claim

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/held"
	favorheld "github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
)

// pageSize is how many cards a page lists; maxOffset bounds how far one can go.
const (
	pageSize  = 20
	maxOffset = 1_000_000
)

// errAddress refuses an address of the card pack that makes no sense.
var errAddress = fault.New(fault.Invalid, "地址参数有误：须有appid和openid", "The address must contain appid and openid.")

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

// visit is a request for the card pack, whose user is known.
type visit struct {
	walk   walk
	appid  merchant.AppID
	openid user.OpenID
	query  url.Values
}

// readVisit finds out whose card pack is asked for.
func (s *Server) readVisit(r *http.Request) (*visit, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || query.Get(nameAppID) == "" || query.Get(nameOpenID) == "" {
		return nil, errAddress
	}
	v := &visit{appid: merchant.AppID(query.Get(nameAppID)), openid: user.OpenID(query.Get(nameOpenID)), query: query}
	v.walk = walkOf(v.appid, v.openid)
	return v, nil
}

func (v *visit) holder() held.Holder { return held.Holder{AppID: v.appid, OpenID: v.openid} }

func (v *visit) voucherHolder() favorheld.Holder {
	return favorheld.Holder{AppID: v.appid, OpenID: v.openid}
}

func (v *visit) state() coupon.State { return coupon.State(v.query.Get(nameState)) }

// offset is how many cards come before the page.
func (v *visit) offset() (n int64, err error) {
	if text := v.query.Get(nameOffset); text != "" {
		if n, err = strconv.ParseInt(text, 10, 64); err != nil || n < 0 || n > maxOffset {
			return 0, errAddress
		}
	}
	return n, nil
}

// showCards lists the coupons and cash vouchers of a user.
func (s *Server) showCards(ctx context.Context, r *http.Request) reply {
	v, err := s.readVisit(r)
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
	v, err := s.readVisit(r)
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

func (v *visit) couponQuery() held.CardQuery {
	return held.CardQuery{Holder: v.holder(), StockID: coupon.StockID(v.query.Get(nameStock)), Code: coupon.Code(v.query.Get(nameCode))}
}

// deleteCard takes a coupon out of the pack.
func (s *Server) deleteCard(ctx context.Context, r *http.Request) reply {
	v, err := s.readVisit(r)
	if err == nil && s.Delete == nil {
		err = errAddress
	}
	if err == nil {
		err = s.Delete(ctx, v.couponQuery())
	}
	if err != nil {
		return s.problem(r, err)
	}
	return reply{status: http.StatusSeeOther, location: v.walk.pack("", 0)}
}
