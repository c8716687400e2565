// Package attention finds what needs somebody: stocks that are nearly given out, that end with
// much left or wait for a decision, pools of codes that run low, certificates that end, events
// that nobody took. It looks at stocks, callbacks and certificates, never at coupons.
package attention

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/shelf"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// Bounds of a look.
const (
	// MaxStocks is how many stocks of each product are looked at, the newest first.
	MaxStocks = 500
	// MaxMerchants is how many merchants are looked at, in the order of their ids.
	MaxMerchants = 50
	// MaxDead is where the count of events ends that are given up.
	MaxDead = 100
)

// Age is how old an answer may be. Only the latest of a few merchants are kept.
const (
	Age     = 5 * time.Second
	maxKept = 100
)

// Kind is what is the matter.
type Kind string

// The kinds, the most pressing first.
const (
	// Dead counts events that were given up.
	Dead Kind = "DELIVERIES_DEAD"
	// Failing is a callback whose receiver took none of the latest events.
	Failing Kind = "RECEIVER_FAILING"
	// Certificate is the last certificate of a merchant or of the platform for it, which ends soon
	// or has ended.
	Certificate Kind = "CERTIFICATE_ENDS"
	// CodesLow is a pool with few codes left.
	CodesLow Kind = "CODES_LOW"
	// NearlyOut is a stock, or its budget, that is nearly given out.
	NearlyOut  Kind = "STOCK_NEARLY_OUT"
	BudgetLow  Kind = "BUDGET_NEARLY_SPENT"
	EndsUnused Kind = "STOCK_ENDS_UNUSED"
	// Review is a stock that waits for the platform's decision, Inactive one that should have
	// begun and was not started.
	Review   Kind = "STOCK_UNDER_REVIEW"
	Inactive Kind = "STOCK_NOT_STARTED"
)

// Kinds lists every kind, the most pressing first.
func Kinds() []Kind {
	return []Kind{Dead, Failing, Certificate, CodesLow, NearlyOut, BudgetLow, EndsUnused, Review, Inactive}
}

// Matter is something that needs somebody.
type Matter struct {
	Kind  Kind
	Owner merchant.ID
	// Product, StockID and Name are of the stock; Product is also of the callback.
	Product merchant.Product
	StockID string
	Name    string
	// Left of Whole: coupons, codes, or fen of a budget. Of callbacks, Left counts the events that
	// were given up, to MaxDead, or were not taken.
	Left, Whole int64
	// At is when the stock or the certificate ends, or the stock should have begun.
	At time.Time
	// Detail is the serial number of the certificate, or why the receiver took the latest event not:
	// its status or the problem.
	Detail string
}

// List is what needs somebody, the most pressing first.
type List struct {
	Matters []Matter
	// Whole says that nothing was left out for the bounds of a look.
	Whole bool
}

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Business is the time of stocks, Clock that of callbacks and certificates.
	Business clock.Business
	Clock    clock.Clock
}

// Service looks. It is safe for concurrent use.
type Service struct {
	config Config
	kept   *shelf.Shelf[merchant.ID, List]
}

// New returns a service.
func New(c Config) *Service {
	return &Service{config: c, kept: shelf.New[merchant.ID, List](c.Clock, maxKept, Age)}
}

// List returns what needs somebody at a merchant or, when it is empty, at all of them; it may be
// Age old.
func (s *Service) List(ctx context.Context, owner merchant.ID) (List, error) {
	list, err := s.kept.Get(ctx, owner, func(ctx context.Context) (List, error) { return s.look(ctx, owner) })
	if err != nil {
		return List{}, fmt.Errorf("attention: %w", err)
	}
	return list, nil
}

// look is one look, in one consistent state.
func (s *Service) look(ctx context.Context, owner merchant.ID) (List, error) {
	var found List
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		l := look{service: s, tx: tx, list: List{Whole: true}, byKind: map[Kind][]Matter{}}
		if err := l.all(ctx, owner); err != nil {
			return err
		}
		found = l.sorted()
		return nil
	})
	return found, err
}

type look struct {
	service *Service
	tx      store.ReadTx
	list    List
	byKind  map[Kind][]Matter
}

func (l *look) all(ctx context.Context, owner merchant.ID) error {
	owners, err := l.owners(ctx, owner)
	if err != nil {
		return err
	}
	if err := l.coupons(ctx, owner); err != nil {
		return err
	}
	room := int64(MaxStocks)
	for _, one := range owners {
		looked, err := l.vouchers(ctx, one, room)
		if err != nil {
			return err
		}
		room -= looked
		for _, subject := range []func(context.Context, merchant.ID) error{l.certificates, l.callbacks} {
			if err := subject(ctx, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// owners are the merchants to look at.
func (l *look) owners(ctx context.Context, owner merchant.ID) ([]merchant.ID, error) {
	if owner != "" {
		return []merchant.ID{owner}, nil
	}
	page, err := l.tx.MerchantPage(ctx, "", MaxMerchants+1)
	if len(page) > MaxMerchants {
		page, l.list.Whole = page[:MaxMerchants], false
	}
	owners := make([]merchant.ID, len(page))
	for i := range page {
		owners[i] = page[i].ID
	}
	return owners, err
}

func (l *look) add(m Matter) { l.byKind[m.Kind] = append(l.byKind[m.Kind], m) }

// sorted has what was found, by kind.
func (l *look) sorted() List {
	for _, kind := range Kinds() {
		l.list.Matters = append(l.list.Matters, l.byKind[kind]...)
	}
	return l.list
}
