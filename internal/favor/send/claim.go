package send

import (
	"context"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// Door is how a voucher reaches its holder.
type Door string

// The doors. Users open all but the first.
const (
	// DoorCall is the merchant's call (4.11).
	DoorCall Door = ""
	// DoorMiniApp is the plug-in in a mini program, DoorH5 the claim page (4.11).
	DoorMiniApp Door = "miniapp"
	DoorH5      Door = "h5"
)

// action is how the audit names a voucher that came through the door.
func (d Door) action() string {
	if d == DoorCall {
		return "favor.coupons.send"
	}
	return "favor.claim." + string(d)
}

// ClaimCommand asks for one voucher for the user who opened a page: the claim page or a mini
// program with the plug-in. That the sender stands behind it must have been proved.
type ClaimCommand struct {
	Door Door
	// Sender gives the voucher out.
	Sender merchant.ID
	// AppID is whose openid it is; "" is the appid under which it is registered.
	AppID   merchant.AppID
	OpenID  user.OpenID
	StockID voucher.StockID
	// Creator must be that of the stock; "" is whoever it is.
	Creator merchant.ID
	// RequestNo is unique for the stock and the user. A repeat returns the voucher that it
	// got.
	RequestNo string
	// At is for when an offer is asked; the zero time is now. A claim is always made now.
	At time.Time
}

// Claimed is the claimed voucher.
type Claimed struct {
	ID voucher.ID
	// Repeated is true when the request number had got the voucher before.
	Repeated bool
}

// Claim gives a voucher to a user. Its refusals are those of [Service.Send], but that an appid
// may be the creator's, too, and that openids and appids are refused as on every claim page:
// user.ErrUnknown, merchant.ErrAppID.
func (s *Service) Claim(ctx context.Context, cmd ClaimCommand) (Claimed, error) {
	p, err := s.enter(ctx, cmd)
	if err != nil {
		return Claimed{}, fmt.Errorf("claim of stock %s: %w", cmd.StockID, err)
	}
	if p.claim.user, err = s.config.Directory.User(ctx, s.config.Users, p.claim.appid, cmd.OpenID); err != nil {
		return Claimed{}, fmt.Errorf("claim of stock %s: %w", cmd.StockID, err)
	}
	got, err := s.give(ctx, p.claim)
	if err != nil {
		return Claimed{}, fmt.Errorf("claim of stock %s: %w", cmd.StockID, err)
	}
	return Claimed{ID: got.id, Repeated: got.repeated}, nil
}

// parties are who takes part in a claim.
type parties struct {
	claim   claim
	stock   voucher.Stock
	creator merchant.Merchant
}

// enter finds the parties of a claim and reports whether the sender may give out the stock.
func (s *Service) enter(ctx context.Context, cmd ClaimCommand) (p parties, err error) {
	sender, err := s.config.Directory.Merchant(ctx, cmd.Sender)
	if err != nil {
		return p, err
	}
	if p.stock, err = s.stock(ctx, cmd.StockID); err != nil {
		return p, err
	}
	if cmd.Creator != "" && cmd.Creator != p.stock.Creator {
		return p, voucher.ErrStockOfOthers.At("create_coupon_merchant", string(cmd.Creator))
	}
	if p.creator, err = s.config.Directory.Merchant(ctx, p.stock.Creator); err != nil {
		return p, err
	}
	appid := cmd.AppID
	if appid == "" {
		if appid, err = s.config.Directory.AppIDOf(ctx, cmd.OpenID, &sender, &p.creator); err != nil {
			return p, err
		}
	}
	if err := s.config.Directory.CheckVoucherSender(ctx, &p.stock, cmd.Sender, appid); err != nil {
		return p, err
	}
	p.claim = claim{door: cmd.Door, stock: p.stock.StockKey, sender: cmd.Sender, appid: appid, openid: cmd.OpenID, number: cmd.RequestNo}
	return p, merchant.CheckAppID(appid, &sender, &p.creator)
}

// Offer is what a user sees before the claim.
type Offer struct {
	Stock voucher.Stock
	// MerchantName is that of the creator.
	MerchantName string
	// AppID is under which the openid counts.
	AppID merchant.AppID
	// Claimed is the voucher that the request number has got already, else "".
	Claimed voucher.ID
	// State is where the stock stands now.
	State voucher.StockState
	// Refusal is why a claim would be refused now, as far as can be told before; nil when it
	// would not.
	Refusal error
}

// Offer shows what [Service.Claim] would give. It changes nothing and promises nothing.
func (s *Service) Offer(ctx context.Context, cmd ClaimCommand) (Offer, error) {
	p, err := s.enter(ctx, cmd)
	if err != nil {
		return Offer{}, fmt.Errorf("offer of stock %s: %w", cmd.StockID, err)
	}
	o := Offer{MerchantName: p.creator.CardName(), AppID: p.claim.appid}
	at := cmd.At
	if at.IsZero() {
		at = s.config.Clock.For(string(p.stock.Creator)).Now()
	}
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) error { return s.offer(ctx, tx, &o, &p.claim, at) }); err != nil {
		return Offer{}, fmt.Errorf("offer of stock %s: %w", cmd.StockID, err)
	}
	return o, nil
}

// offer reads what the claim depends on.
func (s *Service) offer(ctx context.Context, tx store.ReadTx, o *Offer, c *claim, now time.Time) (err error) {
	if o.Stock, err = tx.VoucherStock(ctx, c.stock.ID); err != nil {
		return err
	}
	u, err := s.config.Users.Resolve(ctx, tx, c.appid, c.openid)
	if err != nil {
		return err
	}
	c.user = u
	o.State = o.Stock.StateAt(now)
	requests, err := tx.Requests(ctx, []store.RequestKey{c.request()})
	if err != nil {
		return err
	}
	if first, known := requests[c.request()]; known {
		got := again(c, &first)
		o.Claimed = got.id
		return got.err
	}
	one := sheet{stock: o.Stock, now: now}
	asked, err := s.asked(ctx, tx, &one, &u)
	if err != nil {
		return err
	}
	counters, err := tx.VoucherCounters(ctx, []voucher.StockKey{c.stock}, day.Of(now))
	o.Refusal = o.Stock.Admit(counters[c.stock], asked, s.config.MonthlyMost)
	return err
}

// asked reads what was given to a user.
func (s *Service) asked(ctx context.Context, tx store.ReadTx, one *sheet, u *user.User) (voucher.Asked, error) {
	a := voucher.Asked{User: u, Now: one.now}
	held, err := tx.VoucherHeld(ctx, []store.VoucherHolderKey{one.holder(u)})
	a.Held = held[one.holder(u)]
	if err != nil || s.config.MonthlyMost == 0 {
		return a, err
	}
	months, err := tx.VoucherMonths(ctx, []store.VoucherMonthKey{one.month(u)})
	a.InMonth = months[one.month(u)]
	return a, err
}
