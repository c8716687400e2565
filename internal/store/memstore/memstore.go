// Package memstore keeps everything in memory. It is the engine of fast tests and
// the model that the other engines are compared with: plain maps, one lock, no
// cleverness.
package memstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/draft"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// errClosed reports a call after Close.
var errClosed = errors.New("memstore: closed")

// Store implements store.Store. Use New.
type Store struct {
	mu       sync.RWMutex
	closed   bool
	commits  int64
	data     data
	onChange []func(owner merchant.ID)
	standby  standby
}

// data is the committed state. Slices and pointers inside values are never
// changed in place.
type data struct {
	// draw chooses one of n free codes.
	draw         func(n int) int
	merchants    map[merchant.ID]merchant.Merchant
	subMerchants map[[2]merchant.ID]bool
	certificates map[merchant.ID][]merchant.Certificate
	platformKeys map[merchant.ID][]merchant.PlatformKey
	secrets      map[store.SecretKey]store.Secret
	sealingKeys  []store.SealingKey
	users        map[user.OpenID]user.User

	stocks   map[coupon.StockKey]coupon.Stock
	creators map[coupon.StockID]merchant.ID
	counters map[coupon.StockKey]coupon.Counters
	days     map[dayKey]int64
	// lastIDs are the highest IDs of the coupons of each stock.
	lastIDs map[coupon.StockKey]int64

	coupons map[coupon.Key]coupon.Coupon
	// given are the coupons of each holder in each stock.
	given map[store.HolderKey][]store.Given
	// byHolder lists keys in the order of IDs, byCode in that of issue.
	byHolder map[user.ID][]coupon.Key
	byCode   map[coupon.Code][]coupon.Key

	// codes are the uploaded ones. uploads lists them in the order of upload, with those
	// that were deleted; free are the free ones in no order, and change in place.
	codes   map[coupon.Key]uploaded
	uploads map[coupon.StockKey][]coupon.Code
	free    map[coupon.StockKey][]coupon.Code

	// imports are files on their way into pools, importParts what they consist of.
	imports     map[coupon.StockKey]codefile.Import
	importParts map[store.PartKey][]byte

	favor        vouchers
	paid         payments
	partnerships map[partner.Key]partner.Partnership
	// partnered lists the keys in the order of creation.
	partnered []partner.Key
	images    map[picture.Token]store.Image
	drafts    map[string]draft.Draft

	money
	people

	requests map[store.RequestKey]store.Request
	// audit has the entry with the ID n at n-1; heads are where the chains end.
	audit []store.AuditEntry
	heads map[merchant.ID]store.Seal

	callbacks map[merchant.CallbackKey]merchant.Callback
	// deliveries have what their events say. places are the last ones that were given.
	deliveries map[delivery.Key]delivery.Due
	byEvent    map[eventKey]delivery.Key
	places     map[merchant.ID]int64
	attempts   map[delivery.Key][]delivery.Attempt

	tallies  map[tally.Key]tally.Count
	expiries map[expiryKey]int64
}

type eventKey struct {
	owner merchant.ID
	id    string
}

type dayKey struct {
	stock coupon.StockKey
	day   day.Day
}

// New returns an empty store.
func New() *Store {
	return &Store{data: data{
		draw:         rand.IntN,
		merchants:    map[merchant.ID]merchant.Merchant{},
		subMerchants: map[[2]merchant.ID]bool{},
		certificates: map[merchant.ID][]merchant.Certificate{},
		platformKeys: map[merchant.ID][]merchant.PlatformKey{},
		secrets:      map[store.SecretKey]store.Secret{},
		users:        map[user.OpenID]user.User{},
		stocks:       map[coupon.StockKey]coupon.Stock{},
		creators:     map[coupon.StockID]merchant.ID{},
		counters:     map[coupon.StockKey]coupon.Counters{},
		days:         map[dayKey]int64{},
		lastIDs:      map[coupon.StockKey]int64{},
		given:        map[store.HolderKey][]store.Given{},
		coupons:      map[coupon.Key]coupon.Coupon{},
		byHolder:     map[user.ID][]coupon.Key{},
		byCode:       map[coupon.Code][]coupon.Key{},
		imports:      map[coupon.StockKey]codefile.Import{},
		importParts:  map[store.PartKey][]byte{},
		favor:        newVouchers(),
		paid:         newPayments(),
		codes:        map[coupon.Key]uploaded{},
		uploads:      map[coupon.StockKey][]coupon.Code{},
		free:         map[coupon.StockKey][]coupon.Code{},
		partnerships: map[partner.Key]partner.Partnership{},
		images:       map[picture.Token]store.Image{},
		drafts:       map[string]draft.Draft{},
		money:        newMoney(),
		people:       newPeople(),
		requests:     map[store.RequestKey]store.Request{},
		heads:        map[merchant.ID]store.Seal{},
		callbacks:    map[merchant.CallbackKey]merchant.Callback{},
		deliveries:   map[delivery.Key]delivery.Due{},
		byEvent:      map[eventKey]delivery.Key{},
		places:       map[merchant.ID]int64{},
		attempts:     map[delivery.Key][]delivery.Attempt{},
		tallies:      map[tally.Key]tally.Count{},
		expiries:     map[expiryKey]int64{},
	}}
}

// Draw has free codes be chosen by a function, so that a simulation can be played again. It comes
// before the first use of the store.
func (s *Store) Draw(one func(n int) int) { s.data.draw = one }

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, fn func(store.ReadTx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	return fn(&tx{data: &s.data})
}

// Glance implements store.Store: Read costs no more.
func (s *Store) Glance(ctx context.Context, fn func(store.ReadTx) error) error {
	return s.Read(ctx, fn)
}

// Write implements store.Store.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	changed, err := s.write(ctx, fn)
	s.mu.RLock()
	listeners := slices.Clip(s.onChange)
	s.mu.RUnlock()
	for owner := range changed {
		for _, tell := range listeners {
			tell(owner)
		}
	}
	return err
}

// write returns whose cached data the transaction changed.
func (s *Store) write(ctx context.Context, fn func(store.Tx) error) (map[merchant.ID]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	t := &tx{data: &s.data, changed: map[merchant.ID]bool{}}
	committed := false
	defer func() {
		if !committed && !planted.MemoryKept.In() {
			t.rollBack()
		}
	}()
	if err := fn(t); err != nil {
		return nil, err
	}
	committed = true
	s.commits++
	s.standby.lacks(t)
	return t.changed, nil
}

// OnChange implements store.Store.
func (s *Store) OnChange(fn func(owner merchant.ID)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = append(s.onChange, fn)
}

// Ready implements store.Store.
func (s *Store) Ready(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.usable(ctx)
}

// Room implements store.Store.
func (s *Store) Room(ctx context.Context) error { return s.Ready(ctx) }

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return errClosed
	}
	return ctx.Err()
}

// tx works on the committed state in place and remembers how to undo.
type tx struct {
	data *data
	undo []func()
	// changed are the merchants whose data others may have cached.
	changed map[merchant.ID]bool
}

func (t *tx) rollBack() {
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
}

// put stores a value and remembers what was there.
func put[K comparable, V any](t *tx, m map[K]V, key K, value V) {
	old, had := m[key]
	m[key] = value
	t.undo = append(t.undo, func() {
		if had {
			m[key] = old
		} else {
			delete(m, key)
		}
	})
}

// drop removes a value and remembers what was there.
func drop[K comparable, V any](t *tx, m map[K]V, key K) {
	old, had := m[key]
	delete(m, key)
	if had {
		t.undo = append(t.undo, func() { m[key] = old })
	}
}

// push appends to a list and remembers its length. Readers copy what they return, so
// nobody sees the rest of the array behind it.
func push[V any](t *tx, list *[]V, values ...V) {
	length := len(*list)
	*list = append(*list, values...)
	t.undo = append(t.undo, func() { *list = (*list)[:length] })
}
