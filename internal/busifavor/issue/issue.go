// Package issue gives coupons to users: the hot path. What is asked for at the same time
// is decided in batches, each in one transaction that locks the stocks, asks the rules for
// every claim in turn and writes the lot.
package issue

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Business
	// Random is where coupon codes come from.
	Random io.Reader
	// Users says what happens to unknown openids.
	Users user.Policy
	// Lane bounds what waits in one lane; the zero value is that of
	// [lane.DefaultBounds].
	Lane lane.Bounds
	// Lanes is how many batches run at once; 0 is [lane.DefaultLanes]. A stock has one
	// lane, always the same, so that its claims share a transaction; stocks that
	// share a lane share its transactions, too.
	Lanes int
}

// Service issues coupons. It is safe for concurrent use.
type Service struct {
	config Config
	lanes  *lane.Spread[claim, outcome]

	// followed counts the batches that were decided while the one before them was written, calm those that
	// have still to come before another one may be.
	followed, calm atomic.Int64
}

// New returns a service.
func New(c Config) *Service {
	s := &Service{config: c}
	s.lanes = lane.NewRelayedSpread(c.Lane, c.Lanes, s.run)
	return s
}

// Lane is where claims wait for each other.
func (s *Service) Lane() lane.Watched { return s.lanes }

// SendCommand asks for one coupon for one user.
type SendCommand struct {
	// Caller is the sender.
	Caller  merchant.ID
	AppID   merchant.AppID
	OpenID  user.OpenID
	StockID coupon.StockID
	// RequestNo is unique for the stock and the user. A repeat returns the
	// coupon that it got.
	RequestNo string
	// Code is the merchant's own, for stocks that want one.
	Code coupon.Code
}

// Sent names the issued coupon.
type Sent struct {
	StockID   coupon.StockID
	RequestNo string
	Code      coupon.Code
}

// Send issues a coupon (busifavor B9). Refusals of the stock's limits are of kind
// fault.Limited; lane.ErrFull says that too many wait for the stock.
func (s *Service) Send(ctx context.Context, cmd SendCommand) (Sent, error) {
	got, err := s.send(ctx, cmd)
	if err != nil {
		return Sent{}, fmt.Errorf("issue of stock %s: %w", cmd.StockID, err)
	}
	return Sent{StockID: cmd.StockID, RequestNo: cmd.RequestNo, Code: got.code}, nil
}

func (s *Service) send(ctx context.Context, cmd SendCommand) (outcome, error) {
	caller, err := s.config.Directory.Merchant(ctx, cmd.Caller)
	if err != nil {
		return outcome{}, err
	}
	if err := mayCall(&caller); err != nil {
		return outcome{}, err
	}
	p, err := s.partiesOf(ctx, caller, cmd.StockID)
	if err != nil {
		return outcome{}, err
	}
	return s.give(ctx, p, claim{
		Claim: coupon.Claim{Sender: cmd.Caller, Channel: coupon.ChannelAPI, RequestNo: cmd.RequestNo, Code: cmd.Code},
		appid: cmd.AppID, openid: cmd.OpenID,
	})
}

// mayCall reports a merchant that may not issue by the API.
func mayCall(caller *merchant.Merchant) error {
	if !caller.May(merchant.IssueByAPI) {
		return coupon.ErrNoPermission
	}
	return nil
}

// give checks everything that does not depend on what else is issued, finds the user, and has
// the claim decided. None of the checks needs the database, as a rule.
func (s *Service) give(ctx context.Context, p parties, c claim) (outcome, error) {
	if err := s.admit(ctx, p, c.appid); err != nil {
		return outcome{}, err
	}
	if err := p.stock.CheckCode(&c.Claim); err != nil {
		return outcome{}, err
	}
	var err error
	if c.User, err = s.config.Directory.User(ctx, s.config.Users, c.appid, c.openid); err != nil {
		return outcome{}, err
	}
	c.stock = p.stock.StockKey
	c.chooses = p.stock.CodeMode == coupon.CodesByCall
	c.byPerson = p.stock.Limits.NaturalPerson == coupon.Yes
	got, err := s.lanes.Do(ctx, string(c.stock.Creator), string(c.stock.ID), c)
	if err == nil {
		err = got.err
	}
	return got, err
}

// claim is a claim of a stock by a user who is known.
type claim struct {
	stock coupon.StockKey
	coupon.Claim
	appid  merchant.AppID
	openid user.OpenID
	// chooses says that the stock has codes that merchants choose: that never changes.
	// byPerson says that it has a limit for natural persons, as far as is known.
	chooses, byPerson bool
}

// outcome is what one claim of a batch gets: a code or a refusal.
type outcome struct {
	code coupon.Code
	// repeated is true for the coupon that the number got before.
	repeated bool
	err      error
}

// run decides claims, of any stocks, in one transaction. When that fails, each stock gets
// a transaction of its own.
func (s *Service) run(ctx context.Context, claims []claim, relay *lane.Relay) ([]outcome, error) {
	pass := func(l *left) { relay.Pass(l) }
	if before, is := relay.Before.(*left); is {
		if outcomes, done, err := s.follow(ctx, claims, before, pass); done {
			return outcomes, err
		}
	}
	return lane.Apart(claims,
		func(c *claim) coupon.StockKey { return c.stock },
		func(part []claim) ([]outcome, error) { return s.batch(ctx, part, nil, pass) },
		func(err error) outcome { return outcome{err: err} })
}

// batch decides claims in one transaction, which starts over when a code is drawn that
// somebody has. Its error is that of the whole batch; what a claim is refused for is in its
// outcome. It may follow another one, and passes on what it leaves.
func (s *Service) batch(ctx context.Context, claims []claim, before *left, pass func(*left)) ([]outcome, error) {
	return once.Transaction(ctx, s.config.Store, func(tx store.Tx) ([]outcome, error) {
		b, err := s.open(ctx, tx, claims, before)
		if err != nil {
			return nil, err
		}
		verdicts := b.decide(claims)
		if err := b.assign(ctx, tx, s.config.Random); err != nil {
			return nil, err
		}
		r := b.rows()
		if err := tx.SetCounters(ctx, r.counters...); err != nil {
			return nil, err
		}
		s.passOn(b, pass)
		return b.answer(verdicts), r.write(ctx, tx)
	})
}
