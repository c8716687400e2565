package server

import (
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/grant"
	"github.com/favord/favord/internal/promotion"
	"github.com/favord/favord/internal/purse"
	"github.com/favord/favord/internal/statement"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/internal/voucher"
)

// vouchers are the capabilities of cash vouchers.
type vouchers struct {
	promotion *promotion.Service
	grant     *grant.Service
	purse     *purse.Service
	statement *statement.Service
}

func (s *Server) vouchers(known *directory.Directory, business clock.Business, users user.Policy, images coupon.Images) vouchers {
	return vouchers{
		promotion: promotion.New(promotion.Config{
			Store: s.store, Directory: known, Clock: business, Words: promotion.Words(), RunningMost: promotion.RunningMost, Images: images,
			NewID: func() (voucher.StockID, error) { return voucher.NewStockID(s.config.Random) },
		}),
		grant: grant.New(grant.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			MonthlyMost: grant.MonthlyMost, Lanes: s.config.lanes(),
		}),
		purse: purse.New(purse.Config{Store: s.store, Clock: business, Users: users}),
		statement: statement.New(statement.Config{
			Store: s.store, Clock: business, Time: s.config.Clock, ReadyAfter: statement.ReadyAfter,
			Authenticate: func(message []byte) []byte { return s.keyring.Authenticate("bill", message) },
		}),
	}
}
