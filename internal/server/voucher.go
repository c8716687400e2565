package server

import (
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/grant"
	"github.com/favord/favord/internal/picture"
	"github.com/favord/favord/internal/promotion"
	"github.com/favord/favord/internal/purse"
	"github.com/favord/favord/internal/rail"
	"github.com/favord/favord/internal/statement"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/internal/voucher"
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
	promotion *promotion.Service
	grant     *grant.Service
	purse     *purse.Service
	rail      *rail.Service
	statement *statement.Service
}

func (s *Server) vouchers(known *directory.Directory, business clock.Business, users user.Policy, images picture.Rules) vouchers {
	rules := &s.config.Vouchers
	words := rules.ForbiddenWords
	if words == nil {
		words = promotion.Words()
	}
	return vouchers{
		promotion: promotion.New(promotion.Config{
			Store: s.store, Directory: known, Clock: business, Words: words, RunningMost: limitOr(rules.RunningLimit, promotion.RunningMost), Images: images,
			Overdraft: s.config.Mode == store.Sandbox,
			NewID:     func() (voucher.StockID, error) { return voucher.NewStockID(s.config.Random) },
		}),
		grant: grant.New(grant.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			MonthlyMost: fen.Fen(limitOr(rules.MonthlyLimit, int64(grant.MonthlyMost))), Lanes: s.config.lanes(),
		}),
		purse: purse.New(purse.Config{Store: s.store, Clock: business, Users: users}),
		rail:  rail.New(rail.Config{Store: s.store, Directory: known, Clock: business, Users: users}),
		statement: statement.New(statement.Config{
			Store: s.store, Clock: business, Time: s.config.Clock, ReadyAfter: statement.ReadyAfter,
			Authenticate: func(message []byte) []byte { return s.keyring.Authenticate("bill", message) },
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
