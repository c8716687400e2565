// Package send sends vouchers to users, a hot path: what is asked for at the same time is
// decided in batches, each in one transaction that locks the stocks, asks the rules for
// every claim in turn and writes the lot.
package send

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/origin"
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
	// Clock is business time.
	Clock clock.Business
	// Random is where voucher ids come from.
	Random io.Reader
	// Users says what happens to unknown openids.
	Users user.Policy
	// MonthlyMost is the face value that a user may receive of one creator in a calendar
	// month; 0 is no such rule.
	MonthlyMost fen.Fen
	// Lane bounds what waits in one lane; the zero value is that of
	// [lane.DefaultBounds].
	Lane lane.Bounds
	// Lanes is how many batches run at once; 0 is [lane.DefaultLanes]. A stock has one lane,
	// always the same.
	Lanes int
}

// MonthlyMost is the rule of the real service: 5000 yuan (favor 3.2).
const MonthlyMost = fen.Fen(500_000)

// Service sends vouchers. It is safe for concurrent use.
type Service struct {
	config Config
	lanes  *lane.Spread[claim, outcome]
}

// New returns a service.
func New(c Config) *Service {
	s := &Service{config: c}
	s.lanes = lane.NewSpread(c.Lane, c.Lanes, s.run)
	return s
}

// Lane is where sends wait for each other.
func (s *Service) Lane() lane.Watched { return s.lanes }

// Command asks for one voucher for one user.
type Command struct {
	// Caller is the sender.
	Caller merchant.ID
	AppID  merchant.AppID
	OpenID user.OpenID
	// StockID is of a stock that Creator must have created.
	StockID voucher.StockID
	Creator merchant.ID
	// RequestNo is unique for the sender, whatever the stock. A repeat returns the voucher
	// that it got.
	RequestNo string
	// Values counts the values that the call named for the voucher: no stock takes any.
	Values int
}

// Send gives a voucher to a user and returns its id (favor 4.11). lane.ErrFull says that too
// many wait for the stock.
func (s *Service) Send(ctx context.Context, cmd Command) (voucher.ID, error) {
	stock, err := s.admit(ctx, cmd)
	if err != nil {
		return "", fmt.Errorf("send of stock %s: %w", cmd.StockID, err)
	}
	u, err := s.config.Directory.User(ctx, s.config.Users, cmd.AppID, cmd.OpenID)
	if err != nil {
		return "", fmt.Errorf("send of stock %s: %w", cmd.StockID, asVoucherFault(err))
	}
	got, err := s.give(ctx, claim{
		door: DoorCall, stock: stock, sender: cmd.Caller, appid: cmd.AppID, openid: cmd.OpenID, user: u, number: cmd.RequestNo,
	})
	if err != nil {
		return "", fmt.Errorf("send of stock %s: %w", cmd.StockID, err)
	}
	return got.id, nil
}

// give waits until a claim is decided.
func (s *Service) give(ctx context.Context, c claim) (outcome, error) {
	c.requestID = origin.Request(ctx)
	got, err := s.lanes.Do(ctx, string(c.stock.Creator), string(c.stock.ID), c)
	if err == nil {
		err = got.err
	}
	return got, err
}

// admit checks everything that does not depend on what else is sent: who asks, for which
// stock, with which appid. As a rule none of it needs the database. The contract checks the user
// before the stock: a refusal here looks whether there is one.
func (s *Service) admit(ctx context.Context, cmd Command) (voucher.StockKey, error) {
	if cmd.Values > 0 {
		return voucher.StockKey{}, voucher.ErrStockOfOthers
	}
	caller, err := s.config.Directory.Merchant(ctx, cmd.Caller)
	if err != nil {
		return voucher.StockKey{}, err
	}
	if !caller.Owns(cmd.AppID) {
		return voucher.StockKey{}, voucher.ErrAppID.At("appid", string(cmd.AppID))
	}
	stock, err := s.sendable(ctx, cmd)
	if fault.KindOf(err) != fault.Internal {
		err = errors.Join(s.checkUser(ctx, cmd), err)
	}
	return stock, err
}

// sendable returns the stock if the caller may send it.
func (s *Service) sendable(ctx context.Context, cmd Command) (voucher.StockKey, error) {
	stock, err := s.stock(ctx, cmd.StockID)
	switch {
	case err != nil:
		return voucher.StockKey{}, err
	case stock.Creator != cmd.Creator:
		return voucher.StockKey{}, voucher.ErrStockOfOthers.At("stock_creator_mchid", string(cmd.Creator))
	}
	return stock.StockKey, s.config.Directory.CheckVoucherSender(ctx, &stock, cmd.Caller, cmd.AppID)
}

// stock returns a stock by its id, or voucher.ErrStockNotFound.
func (s *Service) stock(ctx context.Context, id voucher.StockID) (voucher.Stock, error) {
	stock, err := s.config.Directory.VoucherStock(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return voucher.Stock{}, voucher.ErrStockNotFound.At("stock_id", string(id))
	}
	return stock, err
}

// checkUser reports whether the openid leads to a user.
func (s *Service) checkUser(ctx context.Context, cmd Command) error {
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		_, err := s.config.Users.Resolve(ctx, tx, cmd.AppID, cmd.OpenID)
		return err
	})
	return asVoucherFault(err)
}

// asVoucherFault turns the refusal of an openid into that of this product.
func asVoucherFault(err error) error {
	if errors.Is(err, user.ErrUnknown) {
		return voucher.ErrUser
	}
	return err
}

// claim is one user's request for one voucher of a stock.
type claim struct {
	door   Door
	stock  voucher.StockKey
	sender merchant.ID
	appid  merchant.AppID
	openid user.OpenID
	user   user.User
	number string
	// requestID is that of the call, for the audit.
	requestID string
}

// outcome is what one claim of a batch gets: a voucher or a refusal.
type outcome struct {
	id voucher.ID
	// repeated is true when the number had got the voucher before.
	repeated bool
	err      error
}

// maxAttempts is how often a batch is decided anew because another one was faster at what no
// lock protects: a request number or a user's month that two stocks share, or an id that was
// drawn before. Each time, whoever was faster has gone on.
const maxAttempts = 8

// run decides claims, of any stocks, in one transaction. When that fails, each stock gets a
// transaction of its own.
func (s *Service) run(ctx context.Context, claims []claim) ([]outcome, error) {
	return lane.Apart(claims,
		func(c *claim) voucher.StockKey { return c.stock },
		func(part []claim) ([]outcome, error) { return s.decided(ctx, part) },
		func(err error) outcome { return outcome{err: err} })
}

// decided is batch, repeated as long as another transaction was faster.
func (s *Service) decided(ctx context.Context, claims []claim) (outcomes []outcome, err error) {
	for range maxAttempts {
		outcomes, err = s.batch(ctx, claims)
		if !errors.Is(err, store.ErrDuplicate) && !errors.Is(err, store.ErrStale) {
			break
		}
	}
	return outcomes, err
}

// batch decides claims in one transaction. Its error is that of the whole batch; what a
// claim is refused for is in its outcome.
func (s *Service) batch(ctx context.Context, claims []claim) ([]outcome, error) {
	var outcomes []outcome
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		b, err := s.open(ctx, tx, claims)
		if err != nil {
			return err
		}
		if outcomes, err = b.decide(s.config.Random); err != nil {
			return err
		}
		return b.write(ctx, tx)
	})
	return outcomes, err
}
