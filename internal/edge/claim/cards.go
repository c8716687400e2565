package claim

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
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
	Cards  []entry
	Total  int64
	// Previous and Next lead to other pages; empty where there is none.
	Previous, Next string
}

// tab narrows the list to a state.
type tab struct {
	Text, Address string
	Chosen        bool
}

// entry is a card of the list.
type entry struct {
	pack
	Address string
}

// showCards lists the coupons of a user of a sandbox.
func (s *Server) showCards(ctx context.Context, r *http.Request) reply {
	q, err := cardsQuery(r.URL.RawQuery)
	if err != nil {
		return s.problem(r, err)
	}
	found, err := s.Wallet.Cards(ctx, q)
	if err != nil {
		return s.problem(r, err)
	}
	l := s.lookFor(r.Header)
	view := listView{OpenID: string(q.OpenID), Total: found.Total, Tabs: l.tabs(q)}
	for i := range found.Coupons {
		v := &found.Coupons[i]
		v.Stock.Entrance.CodeDisplay = displayNone // a list has no codes
		shown, err := l.pack(v)
		if err != nil {
			return s.problem(r, err)
		}
		view.Cards = append(view.Cards, entry{shown, cardAddress(q.Holder, v.Coupon.Stock.ID, v.Coupon.Code)})
	}
	if q.Offset > 0 {
		view.Previous = packAddress(q.Holder, q.State, max(0, q.Offset-pageSize))
	}
	if next := q.Offset + pageSize; next < found.Total {
		view.Next = packAddress(q.Holder, q.State, next)
	}
	return s.show(http.StatusOK, "cards.html", page{Lang: l.language, Title: l.Choose("卡包", "Card pack"), Content: view})
}

func cardsQuery(raw string) (held.CardsQuery, error) {
	query, err := url.ParseQuery(raw)
	if err != nil || query.Get("appid") == "" || query.Get("openid") == "" {
		return held.CardsQuery{}, errAddress
	}
	q := held.CardsQuery{
		Holder: held.Holder{AppID: merchant.AppID(query.Get("appid")), OpenID: user.OpenID(query.Get("openid"))},
		State:  coupon.State(query.Get("state")), Limit: pageSize,
	}
	if text := query.Get("offset"); text != "" {
		if q.Offset, err = strconv.ParseInt(text, 10, 64); err != nil || q.Offset < 0 || q.Offset > maxOffset {
			return held.CardsQuery{}, errAddress
		}
	}
	return q, nil
}

func (l language) tabs(q held.CardsQuery) []tab {
	list := []tab{{Text: l.Choose("全部", "All"), Address: packAddress(q.Holder, "", 0), Chosen: q.State == ""}}
	for _, state := range coupon.States() {
		list = append(list, tab{Text: l.stateText(state), Address: packAddress(q.Holder, state, 0), Chosen: q.State == state})
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

// showCard shows one coupon of a user of a sandbox.
func (s *Server) showCard(ctx context.Context, r *http.Request) reply {
	q, err := cardQuery(r.URL.RawQuery)
	if err != nil {
		return s.problem(r, err)
	}
	v, err := s.Wallet.Card(ctx, q)
	if err != nil {
		return s.problem(r, err)
	}
	l := s.lookFor(r.Header)
	shown, err := l.pack(&v)
	if err != nil {
		return s.problem(r, err)
	}
	gone := v.State == coupon.StateDeleted || v.State == coupon.StateDeactivated
	view := cardView{pack: shown, Pack: packAddress(q.Holder, "", 0), MayDelete: s.Delete != nil && !gone}
	return s.show(http.StatusOK, "card.html", page{Lang: l.language, Title: view.Benefit, Color: view.Color, Content: view})
}

func cardQuery(raw string) (held.CardQuery, error) {
	query, err := url.ParseQuery(raw)
	if err != nil || query.Get("appid") == "" || query.Get("openid") == "" {
		return held.CardQuery{}, errAddress
	}
	return held.CardQuery{
		Holder:  held.Holder{AppID: merchant.AppID(query.Get("appid")), OpenID: user.OpenID(query.Get("openid"))},
		StockID: coupon.StockID(query.Get("stock_id")), Code: coupon.Code(query.Get("coupon_code")),
	}, nil
}

// deleteCard takes a coupon out of the pack.
func (s *Server) deleteCard(ctx context.Context, r *http.Request) reply {
	q, err := cardQuery(r.URL.RawQuery)
	if err == nil && s.Delete == nil {
		err = errAddress
	}
	if err == nil {
		err = s.Delete(ctx, q)
	}
	if err != nil {
		return s.problem(r, err)
	}
	return reply{status: http.StatusSeeOther, location: packAddress(q.Holder, "", 0)}
}
