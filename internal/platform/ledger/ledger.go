// Package ledger shows what merchants' accounts hold and puts money into them from outside.
// Money that moves between merchants is the business of whoever moves it; every transfer
// is two postings that add up to nothing, so that all accounts together hold nothing, too.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Business
}

// Service shows and funds accounts. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// Bounds of an account, in fen.
const (
	// MaxFunding is the most that comes in at once.
	MaxFunding fen.Fen = 1_000_000_000_000
	// maxBalance is what funding must not exceed; what merchants pay each other may.
	maxBalance fen.Fen = 1_000_000_000_000_000
	// maxFunded bounds what all merchants were ever given, so that no sum overflows.
	maxFunded fen.Fen = 1 << 62
)

// Refusals.
var (
	ErrNoMerchant = fault.New(fault.NotFound,
		"商户号不存在", "The merchant does not exist.")
	ErrTooRich = fault.New(fault.Limited,
		"充值后余额将超过上限", "The balance would exceed the limit.")
	ErrContent = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致", "The request number was used before with other content.").Numbered(fault.NumberRepeated)
)

// FundCommand puts money from outside into a merchant's account.
type FundCommand struct {
	Merchant merchant.ID
	// Amount is 1 to MaxFunding fen.
	Amount fen.Fen
	// RequestNo is unique for the merchant. A repeat changes nothing and returns the first
	// answer.
	RequestNo string
	// Actor is who asks, for the audit trail.
	Actor string
}

// Funded is what an account holds after it was funded.
type Funded struct {
	Balance fen.Fen
	At      time.Time
}

// fundedAnswer is the stored form of Funded: never rename a field.
type fundedAnswer struct {
	Balance fen.Fen `json:"balance"`
	At      int64   `json:"at"`
}

// Fund credits a merchant and debits the platform's account for what comes from outside.
func (s *Service) Fund(ctx context.Context, cmd FundCommand) (Funded, error) {
	a, err := once.Transaction(ctx, s.config.Store, func(tx store.Tx) (fundedAnswer, error) {
		return s.fund(ctx, tx, cmd)
	})
	if err != nil {
		return Funded{}, fmt.Errorf("fund %s: %w", cmd.Merchant, err)
	}
	return Funded{Balance: a.Balance, At: time.Unix(a.At, 0)}, nil
}

func (s *Service) fund(ctx context.Context, tx store.Tx, cmd FundCommand) (fundedAnswer, error) {
	if err := known(ctx, tx, cmd.Merchant); err != nil {
		return fundedAnswer{}, err
	}
	from := payment.Account{Owner: store.Platform, Name: payment.AccountFunding}
	to := payment.Account{Owner: cmd.Merchant, Name: payment.AccountBalance}
	held, err := tx.LockBalances(ctx, from, to)
	if err != nil {
		return fundedAnswer{}, err
	}
	now := s.config.Clock.For(string(cmd.Merchant)).Now()
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Merchant, Operation: store.OpFund, Number: cmd.RequestNo},
		Content:    store.ContentOf(strconv.FormatInt(int64(cmd.Amount), 10)), Refused: ErrContent, At: now,
	}
	return once.Settle(ctx, tx, request, func() (fundedAnswer, error) {
		if held[to] > maxBalance-cmd.Amount+fen.Fen(planted.BalanceMost.One()) || held[from] < cmd.Amount-maxFunded {
			return fundedAnswer{}, ErrTooRich
		}
		return fundedAnswer{Balance: held[to] + cmd.Amount, At: now.Unix()}, write(ctx, tx, cmd, payment.Transfer{
			From: from, To: to, Amount: cmd.Amount, At: now, Reference: "funding/" + string(cmd.Merchant) + "/" + cmd.RequestNo,
		})
	})
}

// known refuses merchants that do not exist.
func known(ctx context.Context, tx store.ReadTx, id merchant.ID) error {
	_, err := tx.Merchant(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoMerchant.At("mchid", string(id))
	}
	return err
}

func write(ctx context.Context, tx store.Tx, cmd FundCommand, t payment.Transfer) error {
	if err := tx.Post(ctx, t); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: cmd.Merchant, At: t.At, Actor: cmd.Actor, Action: "manage.balances.fund", Object: "balance/" + string(cmd.Merchant),
		After: fmt.Sprintf(`{"amount":%d}`, t.Amount),
	}})
}

// Statement is what an account holds, and what became of it.
type Statement struct {
	Balance fen.Fen
	// Postings come newest first.
	Postings []payment.Posting
}

// Show returns a merchant's balance and a page of its postings; limit is 1 to
// store.MaxPostings.
func (s *Service) Show(ctx context.Context, id merchant.ID, offset, limit int64) (shown Statement, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		if err := known(ctx, tx, id); err != nil {
			return err
		}
		if shown.Balance, err = tx.Balance(ctx, payment.Account{Owner: id, Name: payment.AccountBalance}); err != nil {
			return err
		}
		shown.Postings, err = tx.Postings(ctx, id, offset, limit)
		return err
	})
	if err != nil {
		return Statement{}, fmt.Errorf("balance of %s: %w", id, err)
	}
	return shown, nil
}
