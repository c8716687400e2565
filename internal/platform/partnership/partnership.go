// Package partnership decides who besides its creator may give out a stock: it builds,
// ends and lists partnerships. That they count is the business of those who issue.
package partnership

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Business
	// OwnAppIDs lets only appids of the stock's creator be partners, instead of any that
	// is bound to a merchant (partnerships 7).
	OwnAppIDs bool
}

// Service changes and lists partnerships. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Command asks to build or to end a partnership.
type Command struct {
	// Call is the signature of the call. It counts before the key, which it does not cover:
	// whoever captured the call could send it with another one.
	Call once.Call
	// Caller must have created the stock.
	Caller merchant.ID
	// Key is unique for the caller and the operation; a repeat gets the first answer.
	Key      string
	Resource partner.Resource
	StockID  string
	Partner  partner.Partner
}

// Refusals of a change (partnerships 7).
var (
	ErrContent = fault.New(fault.Refused,
		"幂等值重复，且与之前请求的参数不一致",
		"The Idempotency-Key was used before with other content.").Numbered(fault.NumberRepeated)
	ErrStockNotFound = fault.New(fault.NotFound, "批次不存在", "The stock does not exist.")
	ErrStockForeign  = fault.New(fault.Blocked, "调用商户无权限", "The stock belongs to another merchant.")
	// ErrStockEnded has the text of the vouchers' pages (favor 3.1, inferred here).
	ErrStockEnded = fault.New(fault.Refused, "活动已结束或未激活", "The stock was stopped or has ended.")
	ErrAppID      = fault.New(fault.AppIDMismatch,
		"AppID与mchid不匹配",
		"The appid of the partner is not bound to a merchant. Check it, and bind it first.")
	ErrMerchant = fault.New(fault.MerchantUnknown, "商户号不合法", "The merchant_id of the partner does not exist.")
	ErrNone     = fault.New(fault.NotFound, "合作关系不存在", "This partnership never existed.")
)

// answer is the stored form of a partnership as it was answered: never rename a field.
type answer struct {
	State      partner.State `json:"state"`
	Created    int64         `json:"created_at"`
	Built      int64         `json:"built_at"`
	Terminated int64         `json:"terminated_at,omitempty"`
	Updated    int64         `json:"updated_at"`
}

// Build establishes a partnership. One that is established stays as it is (partnerships 3).
func (s *Service) Build(ctx context.Context, cmd Command) (partner.Partnership, error) {
	p, err := s.change(ctx, cmd, store.OpBuildPartnership, s.build)
	if err != nil {
		return partner.Partnership{}, fmt.Errorf("build partnership: %w", err)
	}
	return p, nil
}

// Terminate ends a partnership: the partner may give out nothing more, and what it gave out
// stays valid. One that has ended stays as it is (partnerships 4).
func (s *Service) Terminate(ctx context.Context, cmd Command) (partner.Partnership, error) {
	p, err := s.change(ctx, cmd, store.OpTerminatePartnership, s.terminate)
	if err != nil {
		return partner.Partnership{}, fmt.Errorf("terminate partnership: %w", err)
	}
	return p, nil
}

// step is what one of the two operations does within the transaction. It returns the
// partnership, and whether that has changed.
type step func(ctx context.Context, tx store.ReadTx, target *target) (partner.Partnership, bool, error)

// target is the locked stock of a change.
type target struct {
	partner.Key
	ended bool
	now   time.Time
	// was is what there was before; "" is nothing.
	was partner.State
}

// change runs a step once for each call and for each idempotency key.
func (s *Service) change(ctx context.Context, cmd Command, op store.Operation, run step) (partner.Partnership, error) {
	if err := cmd.check(); err != nil {
		return partner.Partnership{}, err
	}
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: op, Number: cmd.Key},
		Content:    store.ContentOf(string(cmd.Resource), cmd.StockID, string(cmd.Partner.Type), cmd.Partner.ID),
		Refused:    ErrContent.At("Idempotency-Key", cmd.Key), At: s.config.Clock.For(string(cmd.Caller)).Now(),
	}
	a, err := once.Write(ctx, s.config.Store, cmd.Call.Request(), func(tx store.Tx) (answer, error) {
		return once.Settle(ctx, tx, request, func() (answer, error) { return s.carryOut(ctx, tx, cmd, request.At, run) })
	})
	return a.partnership(cmd.key()), err
}

func (s *Service) carryOut(ctx context.Context, tx store.Tx, cmd Command, now time.Time, run step) (answer, error) {
	t, err := s.lock(ctx, tx, cmd, now)
	if err != nil {
		return answer{}, err
	}
	p, changed, err := run(ctx, tx, t)
	if err == nil && changed {
		err = write(ctx, tx, t, &p)
	}
	return answerOf(&p), err
}

// check finds what the declaration of a request cannot say: the id that fits the type.
func (cmd *Command) check() error {
	switch {
	case cmd.Partner.ID != "":
		return nil
	case cmd.Partner.Type == partner.ByAppID:
		return fault.Missing("partner.appid")
	default:
		return fault.Missing("partner.merchant_id")
	}
}

func answerOf(p *partner.Partnership) answer {
	return answer{
		State: p.State, Created: store.Seconds(p.Created), Built: store.Seconds(p.Built),
		Terminated: store.Seconds(p.Terminated), Updated: store.Seconds(p.Updated),
	}
}

func (a *answer) partnership(key partner.Key) partner.Partnership {
	return partner.Partnership{
		Key: key, State: a.State,
		Created: store.TimeOf(a.Created), Built: store.TimeOf(a.Built), Terminated: store.TimeOf(a.Terminated), Updated: store.TimeOf(a.Updated),
	}
}

func (cmd *Command) key() partner.Key {
	return partner.Key{
		Stock: partner.Stock{Creator: cmd.Caller, ID: cmd.StockID}, Resource: cmd.Resource, Partner: cmd.Partner,
	}
}

// lock finds the stock and keeps its partnerships from changing meanwhile.
func (s *Service) lock(ctx context.Context, tx store.Tx, cmd Command, now time.Time) (*target, error) {
	t := &target{Key: cmd.key(), now: now}
	creator, err := creatorOf(ctx, tx, t)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrStockNotFound.At("authorized_data.stock_id", cmd.StockID)
	case err != nil:
		return nil, err
	case creator != cmd.Caller:
		return nil, ErrStockForeign.At("authorized_data.stock_id", cmd.StockID)
	}
	if err := t.lock(ctx, tx); err != nil {
		return nil, err
	}
	return t, nil
}

// creatorOf returns who created the stock of a target.
func creatorOf(ctx context.Context, tx store.ReadTx, t *target) (merchant.ID, error) {
	if t.Resource == partner.ResourceVouchers {
		stock, err := tx.VoucherStock(ctx, voucher.StockID(t.Stock.ID))
		return stock.Creator, err
	}
	stock, err := tx.Stock(ctx, coupon.StockID(t.Stock.ID))
	return stock.Creator, err
}

// lock locks the stock and notes whether it has ended.
func (t *target) lock(ctx context.Context, tx store.Tx) error {
	today := day.Of(t.now)
	if t.Resource == partner.ResourceCoupons {
		key := coupon.StockKey{Creator: t.Stock.Creator, ID: coupon.StockID(t.Stock.ID)}
		stock, _, err := tx.LockStock(ctx, key, today)
		t.ended = stock.StateAt(t.now) == coupon.StockStopped
		return err
	}
	key := voucher.StockKey{Creator: t.Stock.Creator, ID: voucher.StockID(t.Stock.ID)}
	locked, err := tx.LockVoucherStocks(ctx, []voucher.StockKey{key}, today)
	if err != nil {
		return err
	}
	one, found := locked[key]
	t.ended = one.Stock.StateAt(t.now) == voucher.StockStopped
	if !found {
		return store.ErrNotFound // it was there a moment ago
	}
	return nil
}

func (s *Service) build(ctx context.Context, tx store.ReadTx, t *target) (partner.Partnership, bool, error) {
	if err := s.checkPartner(ctx, tx, t); err != nil {
		return partner.Partnership{}, false, err
	}
	p, err := tx.Partnership(ctx, t.Key)
	changed := true
	switch {
	case errors.Is(err, store.ErrNotFound):
		p = partner.New(t.Key, t.now)
	case err != nil:
		return partner.Partnership{}, false, err
	default:
		t.was = p.State
		changed = p.Build(t.now)
	}
	if changed && t.ended {
		return partner.Partnership{}, false, ErrStockEnded.At("authorized_data.stock_id", t.Stock.ID)
	}
	return p, changed, nil
}

// checkPartner reports whether there is such a partner.
func (s *Service) checkPartner(ctx context.Context, tx store.ReadTx, t *target) error {
	if t.Partner.Type == partner.ByMerchant {
		_, err := tx.Merchant(ctx, merchant.ID(t.Partner.ID))
		if errors.Is(err, store.ErrNotFound) {
			return ErrMerchant.At("partner.merchant_id", t.Partner.ID)
		}
		return err
	}
	bound, err := s.bound(ctx, tx, t.Stock.Creator, merchant.AppID(t.Partner.ID))
	if err == nil && !bound {
		return ErrAppID.At("partner.appid", t.Partner.ID)
	}
	return err
}

func (s *Service) bound(ctx context.Context, tx store.ReadTx, owner merchant.ID, appid merchant.AppID) (bool, error) {
	if !s.config.OwnAppIDs {
		return tx.AppIDBound(ctx, appid)
	}
	m, err := tx.Merchant(ctx, owner)
	return m.Owns(appid), err
}

func (s *Service) terminate(ctx context.Context, tx store.ReadTx, t *target) (partner.Partnership, bool, error) {
	p, err := tx.Partnership(ctx, t.Key)
	if errors.Is(err, store.ErrNotFound) {
		return partner.Partnership{}, false, ErrNone
	}
	if err != nil {
		return partner.Partnership{}, false, err
	}
	t.was = p.State
	changed := p.Terminate(t.now)
	return p, changed, nil
}

// write stores a partnership that has changed.
func write(ctx context.Context, tx store.Tx, t *target, p *partner.Partnership) error {
	action := map[partner.State]string{
		partner.Established: "partnerships.build", partner.Terminated: "partnerships.terminate",
	}[p.State]
	before := ""
	if t.was != "" {
		before = stateOf(t.was)
	}
	return store.InOrder(
		func() error { return tx.PutPartnership(ctx, *p) },
		func() error {
			return tx.AppendAudit(ctx, []store.AuditEntry{{
				Owner: p.Stock.Creator, At: t.now, Actor: string(p.Stock.Creator), Action: action,
				Object: fmt.Sprintf("stock/%s/partner/%s/%s", p.Stock.ID, p.Partner.Type, p.Partner.ID),
				Before: before, After: stateOf(p.State),
			}})
		},
	)
}

// stateOf is a state as the audit says it.
func stateOf(s partner.State) string { return `{"state":"` + string(s) + `"}` }
