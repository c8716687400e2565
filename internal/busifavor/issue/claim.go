package issue

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// ClaimCommand asks for one coupon for the user who opened a page: the claim page or a
// mini program with the plug-in (busifavor 10.3, 10.4). That the sender stands behind it
// must have been proved.
type ClaimCommand struct {
	Channel coupon.Channel
	// Sender gives the coupon out.
	Sender merchant.ID
	// AppID is whose openid it is; "" is the appid under which it is registered.
	AppID   merchant.AppID
	OpenID  user.OpenID
	StockID coupon.StockID
	// RequestNo is unique for the stock and the user. A repeat returns the coupon that
	// it got.
	RequestNo string
	// Code is the merchant's own, for stocks that want one.
	Code coupon.Code
	// SendTime, if not zero, stands for the time of receipt where validity is relative
	// to it.
	SendTime time.Time
	// At, if not zero, is when an offer is looked at; a claim is always made now.
	At time.Time
}

// Claimed names the claimed coupon.
type Claimed struct {
	Sent
	// Repeated is true when the request number had got the coupon before.
	Repeated bool
}

// Claim issues a coupon to a user. Its refusals are those of [Service.Send], but that no
// permission for the call is needed.
func (s *Service) Claim(ctx context.Context, cmd ClaimCommand) (Claimed, error) {
	p, appid, err := s.enter(ctx, cmd)
	if err != nil {
		return Claimed{}, fmt.Errorf("claim of stock %s: %w", cmd.StockID, err)
	}
	got, err := s.give(ctx, p, cmd.claimOf(appid))
	if err != nil {
		return Claimed{}, fmt.Errorf("claim of stock %s: %w", cmd.StockID, err)
	}
	return Claimed{Sent: Sent{StockID: cmd.StockID, RequestNo: cmd.RequestNo, Code: got.code}, Repeated: got.repeated}, nil
}

func (cmd *ClaimCommand) claimOf(appid merchant.AppID) claim {
	return claim{
		Claim: coupon.Claim{Sender: cmd.Sender, Channel: cmd.Channel, RequestNo: cmd.RequestNo, Code: cmd.Code, SendTime: cmd.SendTime},
		appid: appid, openid: cmd.OpenID,
	}
}

// enter finds the parties of a claim, and the appid of its openid.
func (s *Service) enter(ctx context.Context, cmd ClaimCommand) (parties, merchant.AppID, error) {
	sender, err := s.config.Directory.Merchant(ctx, cmd.Sender)
	if err != nil {
		return parties{}, "", err
	}
	p, err := s.partiesOf(ctx, sender, cmd.StockID)
	if err != nil || cmd.AppID != "" {
		return p, cmd.AppID, err
	}
	appid, err := s.config.Directory.AppIDOf(ctx, cmd.OpenID, &p.sender, &p.belong)
	return p, appid, err
}

// Offer is what a user sees before the claim.
type Offer struct {
	Stock coupon.Stock
	// MerchantName is the name on the card.
	MerchantName string
	// AppID is under which the openid counts.
	AppID merchant.AppID
	// Claimed is the coupon that the request number has got already, else "".
	Claimed coupon.Code
	// Refusal is why a claim would be refused now, as far as can be told before.
	Refusal coupon.Refusal
}

// Offer shows what [Service.Claim] would give. It changes nothing and promises nothing.
func (s *Service) Offer(ctx context.Context, cmd ClaimCommand) (Offer, error) {
	p, appid, err := s.enter(ctx, cmd)
	if err == nil {
		err = s.admit(ctx, p, appid)
	}
	if err != nil {
		return Offer{}, fmt.Errorf("offer of stock %s: %w", cmd.StockID, err)
	}
	o := Offer{Stock: p.stock, AppID: appid}
	c := cmd.claimOf(appid)
	if err := p.stock.CheckCode(&c.Claim); err != nil {
		return Offer{}, fmt.Errorf("offer of stock %s: %w", cmd.StockID, err)
	}
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) error { return s.offer(ctx, tx, &o, c, cmd.At) }); err != nil {
		return Offer{}, fmt.Errorf("offer of stock %s: %w", cmd.StockID, err)
	}
	o.MerchantName = o.Stock.Dress(&p.belong)
	return o, nil
}

// offer reads what the claim depends on; without a time it looks at it now.
func (s *Service) offer(ctx context.Context, tx store.ReadTx, o *Offer, c claim, at time.Time) (err error) {
	if o.Stock, err = tx.Stock(ctx, o.Stock.ID); err != nil {
		return err
	}
	if c.User, err = s.config.Users.Resolve(ctx, tx, c.appid, c.openid); err != nil {
		return err
	}
	own, n, err := given(ctx, tx, &o.Stock, &c)
	if err != nil {
		return err
	}
	if first, known := earlier(own, c.RequestNo); known {
		if first.Content != contentOf(&o.Stock, &c.Claim) {
			return coupon.ErrClaimContent
		}
		o.Claimed = first.Code
		return nil
	}
	if at.IsZero() {
		at = s.config.Clock.For(string(o.Stock.Creator)).Now()
	}
	counters, err := tx.Counters(ctx, o.Stock.StockKey, day.Of(at))
	o.Refusal = o.Stock.Admit(counters, &c.User, n, at)
	return err
}

// given returns what the user of a claim got of a stock, and how many coupons count for the quota.
func given(ctx context.Context, tx store.ReadTx, stock *coupon.Stock, c *claim) (own []store.Given, n int64, err error) {
	accounts := []store.HolderKey{{Stock: stock.StockKey, Holder: c.User.ID}}
	linked := map[user.ID][]user.ID{}
	if stock.Limits.NaturalPerson == coupon.Yes {
		if linked, err = tx.LinkedAccounts(ctx, []user.ID{c.User.Person}); err != nil {
			return nil, 0, err
		}
		for _, account := range append(linked[c.User.Person], c.User.Person) {
			accounts = append(accounts, store.HolderKey{Stock: stock.StockKey, Holder: account})
		}
	}
	got, err := tx.Given(ctx, accounts)
	return got[accounts[0]], held(stock, &c.User, got, linked), err
}
