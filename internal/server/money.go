package server

import (
	"github.com/favord/favord/internal/card"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/ledger"
	"github.com/favord/favord/internal/order"
	"github.com/favord/favord/internal/subsidy"
	"github.com/favord/favord/internal/user"
)

// money are the capabilities about money between merchants, and cards.
type money struct {
	subsidy *subsidy.Service
	ledger  *ledger.Service
	order   *order.Service
	card    *card.Service
}

func (s *Server) money(known *directory.Directory, business clock.Business, users user.Policy, orders coupon.OrderPolicy) money {
	return money{
		subsidy: subsidy.New(subsidy.Config{Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Orders: orders}),
		ledger:  ledger.New(ledger.Config{Store: s.store, Clock: business}),
		order:   order.New(order.Config{Store: s.store, Clock: business}),
		card: card.New(card.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			TakeAny: orders.TakeAny,
		}),
	}
}
