package pay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/base/origin"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// claim is a payment that waits to be decided.
type claim struct {
	cmd *ConsumeCommand
	// requestID is that of the call, for the audit.
	requestID string
	content   store.Content
	ids       []voucher.ID
	// choosing says that other vouchers will do when one of these was taken meanwhile.
	choosing bool

	// What was looked up: whose the vouchers are, and the payer, or why there is none.
	owners map[voucher.ID]voucher.StockKey
	// funded are the stocks with locked budgets.
	funded map[voucher.StockKey]bool
	payer  user.User
	noUser error
}

// outcome is what one claim of a batch gets: a payment or a refusal, or the news that a voucher was
// taken that it chose.
type outcome struct {
	paid  Paid
	err   error
	taken bool
}

// ask looks up what never changes about a claim, and has it decided with others about vouchers of
// the same creator. Vouchers of several creators have a transaction of their own: it is the one
// that touches more than one owner.
func (s *Service) ask(ctx context.Context, c claim) (outcome, error) {
	c.requestID = origin.Request(ctx)
	found, err := s.lookups.Do(ctx, struct{}{}, lookup{c.cmd.Payer.OpenID, c.ids})
	if err != nil {
		return outcome{}, err
	}
	c.owners = found.owners
	c.payer, c.noUser = s.config.Users.Judge(found.user, c.cmd.Payer.AppID, c.cmd.Payer.OpenID)
	if err := s.findFunded(ctx, &c); err != nil {
		return outcome{}, err
	}
	owner, key, single := c.lane()
	if !single {
		outcomes, err := s.decided(ctx, []claim{c})
		if err != nil {
			return outcome{}, err
		}
		return outcomes[0], nil
	}
	return s.lanes.Do(ctx, string(owner), key, c)
}

// findFunded notes which stocks have budgets, which never changes.
func (s *Service) findFunded(ctx context.Context, c *claim) error {
	c.funded = map[voucher.StockKey]bool{}
	for _, id := range c.ids { // in their order
		key, exists := c.owners[id]
		if !exists {
			continue
		}
		stock, err := s.config.Directory.VoucherStock(ctx, key.ID)
		if err != nil {
			return fmt.Errorf("stock %s: %w", key.ID, err)
		}
		if !stock.NoCash {
			c.funded[key] = true
		}
	}
	return nil
}

// lane is where a claim waits: with others about vouchers of one creator, and with those about the
// same voucher. A claim without vouchers waits under whoever is paid. It is false for vouchers of
// several creators.
func (c *claim) lane() (creator merchant.ID, key string, single bool) {
	for _, stock := range c.owners {
		if creator != "" && stock.Creator != creator {
			return "", "", false
		}
		creator = stock.Creator
	}
	if creator == "" {
		return c.cmd.Order.Merchant, string(c.cmd.Order.Merchant), true
	}
	return creator, string(slices.Min(c.ids)), true
}

// lookup is a question for what never changes; looked is the answer.
type lookup struct {
	openid user.OpenID
	ids    []voucher.ID
}

type looked struct {
	owners map[voucher.ID]voucher.StockKey
	user   user.User
}

// lookUp answers questions together.
func (s *Service) lookUp(ctx context.Context, _ struct{}, questions []lookup) ([]looked, error) {
	var openids []user.OpenID
	var ids []voucher.ID
	for i := range questions {
		openids = append(openids, questions[i].openid)
		ids = append(ids, questions[i].ids...)
	}
	answers := make([]looked, len(questions))
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		users, err := tx.Users(ctx, openids)
		if err != nil {
			return err
		}
		owners, err := tx.VoucherOwners(ctx, ids)
		for i, q := range questions {
			answers[i] = looked{user: users[q.openid], owners: make(map[voucher.ID]voucher.StockKey, len(q.ids))}
			for _, id := range q.ids {
				if owner, exists := owners[id]; exists {
					answers[i].owners[id] = owner
				}
			}
		}
		return err
	})
	return answers, err
}

// maxAttempts is how often a batch is decided anew because a transaction id was used elsewhere
// meanwhile. Each time, whoever was faster has gone on.
const maxAttempts = 8

// run decides claims, of any creators, in one transaction. When that fails, each payment gets a
// transaction of its own.
func (s *Service) run(ctx context.Context, claims []claim) ([]outcome, error) {
	return lane.Apart(claims,
		func(c *claim) string { return c.cmd.TransactionID },
		func(part []claim) ([]outcome, error) { return s.decided(ctx, part) },
		func(err error) outcome { return outcome{err: err} })
}

// decided is batch, repeated as long as another transaction was faster.
func (s *Service) decided(ctx context.Context, claims []claim) (outcomes []outcome, err error) {
	for range maxAttempts {
		outcomes, err = s.batch(ctx, claims)
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	return outcomes, err
}

// batch decides claims in one transaction. Its error is that of the whole batch; what a claim is
// refused for is in its outcome.
func (s *Service) batch(ctx context.Context, claims []claim) (outcomes []outcome, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		b, err := s.open(ctx, tx, claims)
		if err != nil {
			return err
		}
		if outcomes, err = b.decide(); err != nil {
			return err
		}
		return b.write(ctx, tx)
	})
	return outcomes, err
}
