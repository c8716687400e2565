// Package rail lets payments consume vouchers and refunds give them back. Whoever moves the
// money, a wallet's payment system, calls it: it quotes what vouchers do for an order, consumes
// them with the payment, and undoes that with a refund.
package rail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/internal/voucher"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time: that of a stock's creator decides about its vouchers, that of
	// the merchant who collects about the payment.
	Clock clock.Business
	// Users says what happens to unknown openids.
	Users user.Policy
}

// Service is the payment rail. It is safe for concurrent use.
type Service struct{ Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// MaxVouchers is how many vouchers one payment may consume.
const MaxVouchers = 20

// maxHeld bounds the vouchers of a user that a quote looks at.
const maxHeld = 1000

// Payer is whose vouchers are used.
type Payer struct {
	AppID  merchant.AppID
	OpenID user.OpenID
}

// Quoted is what one voucher does for an order.
type Quoted struct {
	Voucher voucher.Voucher
	Stock   voucher.Stock
	voucher.Fit
}

// Quote is what a user's vouchers do for an order.
type Quote struct {
	// Vouchers are those that could be used at all, the newest first.
	Vouchers []Quoted
	// Best are the vouchers that together take most off, Discount what that is.
	Best     []voucher.ID
	Discount fen.Fen
}

// QuoteQuery asks for a quote.
type QuoteQuery struct {
	// Caller needs the permission merchant.PaymentRail.
	Caller merchant.ID
	Payer  Payer
	Order  voucher.Order
}

// admit checks who calls and what the order says.
func (s *Service) admit(ctx context.Context, caller merchant.ID, o *voucher.Order) error {
	m, err := s.Directory.Merchant(ctx, caller)
	if err != nil {
		return err
	}
	if !m.May(merchant.PaymentRail) {
		return voucher.ErrNoRail
	}
	if err := o.Check(); err != nil {
		return err
	}
	_, err = s.Directory.Merchant(ctx, o.Merchant)
	if errors.Is(err, store.ErrNotFound) {
		return voucher.ErrMerchantUnknown
	}
	return err
}

// Quote tells what a user's vouchers do for an order. It changes nothing.
func (s *Service) Quote(ctx context.Context, q QuoteQuery) (quote Quote, err error) {
	if err := s.admit(ctx, q.Caller, &q.Order); err != nil {
		return Quote{}, fmt.Errorf("quote: %w", err)
	}
	err = s.Store.Read(ctx, func(tx store.ReadTx) error {
		quote, err = s.quote(ctx, tx, q.Payer, &q.Order)
		return err
	})
	if err != nil {
		return Quote{}, fmt.Errorf("quote: %w", err)
	}
	return quote, nil
}

func (s *Service) quote(ctx context.Context, tx store.ReadTx, payer Payer, o *voucher.Order) (Quote, error) {
	holder, err := s.Users.Resolve(ctx, tx, payer.AppID, payer.OpenID)
	if err != nil {
		return Quote{}, err
	}
	// Expiry is judged with the stock's own clock, so nothing is filtered by time here.
	held, _, err := tx.UserVouchers(ctx, store.VoucherQuery{
		Holder: holder.ID, States: []voucher.State{voucher.StateSent}, Limit: maxHeld,
	})
	if err != nil {
		return Quote{}, err
	}
	var quote Quote
	stocks := map[voucher.StockID]voucher.Stock{}
	for i := range held {
		stock, known := stocks[held[i].Stock.ID]
		if !known {
			if stock, err = tx.VoucherStock(ctx, held[i].Stock.ID); err != nil {
				return Quote{}, err
			}
			stocks[stock.ID] = stock
		}
		fit := stock.Apply(&held[i], o, s.now(&stock))
		quote.Vouchers = append(quote.Vouchers, Quoted{Voucher: held[i], Stock: stock, Fit: fit})
	}
	quote.choose(o.Total)
	return quote, nil
}

// now is the time by which a stock's vouchers are judged.
func (s *Service) now(stock *voucher.Stock) time.Time {
	return s.Clock.For(string(stock.Creator)).Now()
}

// choose finds the vouchers that together take most off: of each creator those that may be
// combined, or the best one that stands alone.
func (q *Quote) choose(total fen.Fen) {
	together, alone := map[merchant.ID][]int{}, map[merchant.ID]int{}
	sums := map[merchant.ID]fen.Fen{}
	var creators []merchant.ID
	for i := range q.Vouchers {
		v := &q.Vouchers[i]
		creator := v.Stock.Creator
		if v.Misfit != voucher.NoMisfit {
			continue
		}
		if _, seen := sums[creator]; !seen {
			sums[creator], alone[creator] = 0, -1
			creators = append(creators, creator)
		}
		if v.Stock.Payment.Combine {
			together[creator] = append(together[creator], i)
			sums[creator] += v.Discount
		} else if best := alone[creator]; best < 0 || v.Discount > q.Vouchers[best].Discount {
			alone[creator] = i
		}
	}
	for _, creator := range creators {
		chosen := together[creator]
		if best := alone[creator]; best >= 0 && q.Vouchers[best].Discount >= sums[creator] {
			chosen = []int{best}
		}
		for _, i := range chosen {
			v := &q.Vouchers[i]
			if len(q.Best) < MaxVouchers && q.Discount+v.Discount <= total {
				q.Best = append(q.Best, v.Voucher.ID)
				q.Discount += v.Discount
			}
		}
	}
}
