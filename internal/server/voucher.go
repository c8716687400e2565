package server

import (
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/internal/favor/held"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	"github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// VoucherRules are the rules about cash vouchers that may be switched. What is nil is as the
// real service has it.
type VoucherRules struct {
	// ForbiddenWords are what no name of a stock may have.
	ForbiddenWords []string
	// MonthlyLimit is what a user may receive of one merchant in a month, in fen;
	// RunningLimit is how many stocks that run may name the same available merchant. 0 is no
	// limit.
	MonthlyLimit, RunningLimit *int64
}

// vouchers are the capabilities of cash vouchers.
type vouchers struct {
	promotion *stocks.Service
	grant     *send.Service
	purse     *held.Service
	rail      *pay.Service
	statement *bill.Service
}

// billToken is what the links of bills are authenticated for.
const billToken = "bill"

func (s *Server) vouchers(
	in store.Store, known *directory.Directory, business clock.Business, users user.Policy, images picture.Rules,
) vouchers {
	rules := &s.config.Vouchers
	words := rules.ForbiddenWords
	if words == nil {
		words = stocks.Words()
	}
	return vouchers{
		promotion: stocks.New(stocks.Config{
			Store: in, Directory: known, Clock: business, Words: words, RunningMost: limitOr(rules.RunningLimit, stocks.RunningMost), Images: images,
			Overdraft: s.config.Mode == store.Sandbox,
			NewID:     func() (voucher.StockID, error) { return voucher.NewStockID(s.config.Random) },
		}),
		grant: send.New(send.Config{
			Store: in, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			MonthlyMost: fen.Fen(limitOr(rules.MonthlyLimit, int64(send.MonthlyMost))), Lanes: s.lanes,
		}),
		purse: held.New(held.Config{Store: in, Clock: business, Users: users}),
		rail:  pay.New(pay.Config{Store: in, Directory: known, Clock: business, Users: users, Lanes: s.lanes}),
		statement: bill.New(bill.Config{
			Store: in, Clock: business, Time: s.config.Clock, ReadyAfter: bill.ReadyAfter,
			Authenticate: func(message []byte) []byte { return s.keyring.Authenticate(billToken, message) },
			Authentic:    func(message, code []byte) bool { return s.keyring.Authentic(billToken, message, code) },
		}),
	}
}

// limitOr returns a limit that was set, or the usual one.
func limitOr(set *int64, usual int64) int64 {
	if set == nil {
		return usual
	}
	return *set
}
