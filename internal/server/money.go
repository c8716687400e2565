package server

import (
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/platform/attention"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/order"
	"github.com/favord/favord/internal/platform/statistics"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// money are the capabilities about money between merchants, and cards.
type money struct {
	subsidy *subsidy.Service
	ledger  *ledger.Service
	order   *order.Service
	card    *card.Service
	// statistics and attention are about both products.
	statistics *statistics.Service
	attention  *attention.Service
}

// steady is the machine's clock where business time is the same and never goes back.
func (s *Server) steady() clock.Clock {
	if s.config.Mode == store.Sandbox {
		return nil
	}
	return s.config.Clock
}

func (s *Server) money(
	in store.Store, known *directory.Directory, business clock.Business, users user.Policy, orders coupon.OrderPolicy,
) money {
	return money{
		subsidy: subsidy.New(subsidy.Config{Store: in, Directory: known, Clock: business, Random: s.config.Random, Orders: orders}),
		ledger:  ledger.New(ledger.Config{Store: in, Clock: business}),
		order:   order.New(order.Config{Store: in, Clock: business}),
		statistics: statistics.New(statistics.Config{
			Store: in, Directory: known, Clock: business, Steady: s.steady(), Log: s.config.Log,
		}),
		attention: attention.New(attention.Config{Store: in, Business: business, Clock: s.config.Clock}),
		card: card.New(card.Config{
			Store: in, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			TakeAny: orders.TakeAny,
		}),
	}
}
