package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Refusals of callbacks (busifavor B18, B19, favor 4.18, 4.19).
var (
	ErrMerchantUnknown = fault.New(fault.MerchantUnknown, "商户号不存在", "The merchant does not exist.")
	ErrForeign         = fault.New(fault.Forbidden, "无权限", "A merchant may see and set its own callback only.")
	// ErrNotCaller is what vouchers say to whoever asks for another merchant, whether there
	// is one or not.
	ErrNotCaller = fault.New(fault.Refused, "非法的商户号", "mchid must be the caller.")
	ErrNotSet    = fault.New(fault.NotFound, "查询的资源不存在", "No notify_url was set.")
)

// SetCommand sets a callback.
type SetCommand struct {
	// Call is the signature of the call: a repeat has no second effect.
	Call   once.Call
	Caller merchant.ID
	// MchID is whose callback; empty is the caller's.
	MchID   merchant.ID
	Product merchant.Product
	URL     string
	// On switches the events on or off; nil is on.
	On *bool
}

// kept is a callback as a repeat of the call reads it. The names are stored.
type kept struct {
	Owner     merchant.ID      `json:"owner"`
	Product   merchant.Product `json:"product"`
	URL       string           `json:"url"`
	On        bool             `json:"on"`
	UpdatedAt int64            `json:"updated_at"`
}

func (k *kept) callback() merchant.Callback {
	return merchant.Callback{
		CallbackKey: merchant.CallbackKey{Owner: k.Owner, Product: k.Product},
		URL:         k.URL, On: k.On, UpdatedAt: time.Unix(k.UpdatedAt, 0),
	}
}

// said is what the audit says about a callback; nothing about one that was never set.
func said(c *merchant.Callback) any {
	if c.URL == "" {
		return nil
	}
	return struct {
		URL string `json:"notify_url"`
		On  bool   `json:"on"`
	}{c.URL, c.On}
}

// SetCallback says where a merchant wants the events of a product sent from now on. What
// happened before is not sent. The last one wins.
func (s *Service) SetCallback(ctx context.Context, cmd SetCommand) (merchant.Callback, error) {
	if err := s.own(ctx, cmd.Product, cmd.Caller, cmd.MchID); err != nil {
		return merchant.Callback{}, err
	}
	if err := s.CheckURL(cmd.URL); err != nil {
		return merchant.Callback{}, err
	}
	answer, err := once.Write(ctx, s.config.Store, cmd.Call.Request(), func(tx store.Tx) (kept, error) {
		c := merchant.Callback{
			CallbackKey: merchant.CallbackKey{Owner: cmd.Caller, Product: cmd.Product},
			URL:         cmd.URL, On: cmd.On == nil || *cmd.On, UpdatedAt: s.config.Business.For(string(cmd.Caller)).Now(),
		}
		m, err := tx.Merchant(ctx, cmd.Caller)
		if err != nil {
			return kept{}, err
		}
		c.On = c.On && m.Told(cmd.Product)
		was, err := tx.Callback(ctx, c.CallbackKey)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return kept{}, err
		}
		if err := tx.SetCallback(ctx, c); err != nil {
			return kept{}, err
		}
		before, after := trail.Between(said(&was), said(&c))
		return kept{c.Owner, c.Product, c.URL, c.On, c.UpdatedAt.Unix()}, tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: c.Owner, At: c.UpdatedAt, Actor: string(cmd.Caller), Action: string(c.Product) + ".callbacks.set", Object: "callback/" + string(c.Product),
			Before: before, After: after,
		}})
	})
	if err != nil {
		return merchant.Callback{}, fmt.Errorf("set callback: %w", err)
	}
	return answer.callback(), nil
}

// CheckURL refuses a URL that nothing is sent to.
func (s *Service) CheckURL(url string) error {
	err := s.config.Post.CheckURL(url)
	if refusal := fault.Of(err); err != nil && refusal.Kind == fault.Invalid {
		return refusal.At("notify_url", url)
	}
	return err
}

// Callback returns the callback of a merchant for a product; an empty mchid is the caller's.
func (s *Service) Callback(ctx context.Context, caller, mchid merchant.ID, product merchant.Product) (c merchant.Callback, err error) {
	if err := s.own(ctx, product, caller, mchid); err != nil {
		return merchant.Callback{}, err
	}
	err = s.config.Store.Glance(ctx, func(tx store.ReadTx) error {
		c, err = tx.Callback(ctx, merchant.CallbackKey{Owner: caller, Product: product})
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return merchant.Callback{}, ErrNotSet
	}
	if err != nil {
		return merchant.Callback{}, fmt.Errorf("callback: %w", err)
	}
	return c, nil
}

// own wants a merchant to ask for itself.
func (s *Service) own(ctx context.Context, product merchant.Product, caller, mchid merchant.ID) error {
	switch {
	case mchid == "" || mchid == caller:
		return nil
	case product == merchant.Favor:
		return ErrNotCaller.At("mchid", string(mchid))
	}
	_, err := s.config.Directory.Merchant(ctx, mchid)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrMerchantUnknown.At("mchid", string(mchid))
	case err != nil:
		return err
	}
	return ErrForeign
}
