// Package pay lets payments consume vouchers and refunds give them back. Whoever moves the
// money, a wallet's payment system, calls it: it quotes what vouchers do for an order, consumes
// them with the payment, and undoes that with a refund.
package pay

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
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
	// Lane bounds what waits in one lane; the zero value is that of [lane.DefaultBounds].
	Lane lane.Bounds
	// Lanes is how many batches run at once; 0 is [lane.DefaultLanes].
	Lanes int
}

// Service is the payment rail. It is safe for concurrent use.
type Service struct {
	config  Config
	lookups *lane.Group[struct{}, lookup, looked]
	lanes   *lane.Spread[claim, outcome]
}

// New returns a service.
func New(c Config) *Service {
	s := &Service{config: c}
	s.lookups = lane.New(lane.DefaultBounds(), s.lookUp)
	s.lanes = lane.NewSpread(c.Lane, c.Lanes, s.run)
	return s
}

// Lane is where payments wait for each other.
func (s *Service) Lane() lane.Watched { return s.lanes }

// MaxVouchers is how many vouchers one payment may consume.
const MaxVouchers = 20

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
	// Vouchers are all that were not used and have not ended, the newest first.
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
	m, err := s.config.Directory.Merchant(ctx, caller)
	if err != nil {
		return err
	}
	if !m.May(merchant.PaymentRail) {
		return voucher.ErrNoRail
	}
	return s.known(ctx, o)
}

// Quote tells what a user's vouchers do for an order. It changes nothing.
func (s *Service) Quote(ctx context.Context, q QuoteQuery) (quote Quote, err error) {
	if err := s.admit(ctx, q.Caller, &q.Order); err != nil {
		return Quote{}, fmt.Errorf("quote: %w", err)
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		quote, err = s.quote(ctx, tx, q.Payer, &q.Order)
		return err
	})
	if err != nil {
		return Quote{}, fmt.Errorf("quote: %w", err)
	}
	return quote, nil
}

func (s *Service) quote(ctx context.Context, tx store.ReadTx, payer Payer, o *voucher.Order) (Quote, error) {
	holder, err := s.config.Users.Resolve(ctx, tx, payer.AppID, payer.OpenID)
	if err != nil {
		return Quote{}, err
	}
	hands, err := s.living(ctx, tx, holder.ID)
	if err != nil {
		return Quote{}, err
	}
	var quote Quote
	for creator, hand := range hands {
		held, _, err := tx.UserVouchers(ctx, store.VoucherQuery{
			Holder: holder.ID, Creator: creator, States: []voucher.State{voucher.StateSent}, Now: hand.now, Limit: store.NoLimit,
		})
		if err != nil {
			return Quote{}, err
		}
		for i := range held {
			stock := hand.stocks[held[i].Stock.ID]
			quote.Vouchers = append(quote.Vouchers, Quoted{Voucher: held[i], Stock: stock, Fit: stock.Apply(&held[i], o, hand.now)})
		}
	}
	quote.sort()
	quote.choose(o.Total)
	return quote, nil
}

// hand is what a user has of one creator: stocks with vouchers that have not ended at now.
type hand struct {
	now    time.Time
	stocks map[voucher.StockID]voucher.Stock
}

// living returns what a user has of each creator, by whose clock the vouchers end. Every voucher
// counts, however many there are.
func (s *Service) living(ctx context.Context, tx store.ReadTx, holder user.ID) (map[merchant.ID]hand, error) {
	held, err := tx.HeldVoucherStocks(ctx, holder)
	if err != nil {
		return nil, err
	}
	hands := map[merchant.ID]hand{}
	for _, one := range held {
		of, known := hands[one.Creator]
		if !known {
			of = hand{now: s.config.Clock.For(string(one.Creator)).Now(), stocks: map[voucher.StockID]voucher.Stock{}}
		}
		if one.Until.Before(of.now) {
			continue
		}
		hands[one.Creator] = of
		if of.stocks[one.ID], err = tx.VoucherStock(ctx, one.ID); err != nil {
			return nil, err
		}
	}
	return hands, nil
}

// sort puts the newest vouchers first; those of one creator are in order already.
func (q *Quote) sort() {
	slices.SortStableFunc(q.Vouchers, func(a, b Quoted) int {
		return cmp.Or(b.Voucher.Received.Compare(a.Voucher.Received), cmp.Compare(a.Stock.Creator, b.Stock.Creator))
	})
}

// now is the time by which a stock's vouchers are judged.
func (s *Service) now(stock *voucher.Stock) time.Time {
	return s.config.Clock.For(string(stock.Creator)).Now()
}

// choose finds the vouchers that together take most off: of each creator those that may be
// combined, or the best one that stands alone; of all these the largest discounts.
func (q *Quote) choose(total fen.Fen) {
	together, alone := map[merchant.ID][]*Quoted{}, map[merchant.ID]*Quoted{}
	for i := range q.Vouchers {
		v := &q.Vouchers[i]
		creator := v.Stock.Creator
		switch best := alone[creator]; {
		case v.Misfit != voucher.NoMisfit:
		case v.Stock.Payment.Combine:
			together[creator] = append(together[creator], v)
		case best == nil || v.Discount > best.Discount:
			alone[creator] = v
		}
	}
	for creator, best := range alone {
		if _, sum := largest(together[creator], total); best.Discount >= sum {
			together[creator] = []*Quoted{best}
		}
	}
	var all []*Quoted
	for _, creator := range slices.Sorted(maps.Keys(together)) {
		all = append(all, together[creator]...)
	}
	best, sum := largest(all, total)
	q.Discount = sum
	for _, v := range best {
		q.Best = append(q.Best, v.Voucher.ID)
	}
}

// largest takes the largest discounts as long as they fit into one payment.
func largest(vouchers []*Quoted, total fen.Fen) (taken []*Quoted, sum fen.Fen) {
	slices.SortStableFunc(vouchers, func(a, b *Quoted) int { return cmp.Compare(b.Discount, a.Discount) })
	for _, v := range vouchers {
		if len(taken) < MaxVouchers && sum+v.Discount <= total {
			taken = append(taken, v)
			sum += v.Discount
		}
	}
	return taken, sum
}
