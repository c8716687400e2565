package server

import (
	"github.com/favord/favord/internal/campaign"
	"github.com/favord/favord/internal/card"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/issue"
	"github.com/favord/favord/internal/ledger"
	"github.com/favord/favord/internal/media"
	"github.com/favord/favord/internal/order"
	"github.com/favord/favord/internal/redeem"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/subsidy"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/internal/wallet"
)

// capabilities are what the edges share.
type capabilities struct {
	campaign *campaign.Service
	issue    *issue.Service
	redeem   *redeem.Service
	wallet   *wallet.Service
	subsidy  *subsidy.Service
	ledger   *ledger.Service
	order    *order.Service
	card     *card.Service
	media    *media.Service
}

func (s *Server) capabilities(business clock.Business) capabilities {
	users := user.Policy{AutoRegister: s.config.Mode == store.Sandbox}
	orders := coupon.OrderPolicy{TakeAny: s.config.Mode == store.Sandbox}
	known := directory.New(s.store, s.config.Clock)
	return capabilities{
		campaign: campaign.New(campaign.Config{Store: s.store, Clock: business, NewID: s.newStockID, Users: users}),
		issue: issue.New(issue.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users, Lanes: s.config.lanes(),
		}),
		redeem: redeem.New(redeem.Config{Store: s.store, Directory: known, Clock: business, Users: users, Orders: orders}),
		wallet: wallet.New(wallet.Config{Store: s.store, Clock: business, Users: users}),
		subsidy: subsidy.New(subsidy.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Orders: orders,
		}),
		ledger: ledger.New(ledger.Config{Store: s.store, Clock: business}),
		order:  order.New(order.Config{Store: s.store, Clock: business}),
		card: card.New(card.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users,
			TakeAny: s.config.Mode == store.Sandbox,
		}),
		media: media.New(media.Config{Store: s.store, Clock: business, Random: s.config.Random, Base: s.mediaBase()}),
	}
}
