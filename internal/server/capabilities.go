package server

import (
	"github.com/favord/favord/internal/campaign"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/issue"
	"github.com/favord/favord/internal/media"
	"github.com/favord/favord/internal/partnership"
	"github.com/favord/favord/internal/picture"
	"github.com/favord/favord/internal/redeem"
	"github.com/favord/favord/internal/registry"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
	"github.com/favord/favord/internal/wallet"
)

// capabilities are what the edges share.
type capabilities struct {
	campaign    *campaign.Service
	issue       *issue.Service
	redeem      *redeem.Service
	wallet      *wallet.Service
	media       *media.Service
	partnership *partnership.Service
	registry    *registry.Service
	vouchers    vouchers
	money       money

	known *directory.Directory
	users user.Policy
}

// users says what happens to openids that nobody registered: only a sandbox takes them.
func (s *Server) users() user.Policy {
	return user.Policy{AutoRegister: s.config.Mode == store.Sandbox && !s.config.StrictUsers}
}

func (s *Server) capabilities(business clock.Business) capabilities {
	users := s.users()
	orders := coupon.OrderPolicy{TakeAny: s.config.Mode == store.Sandbox && !s.config.StrictOrders}
	known := directory.New(s.store, s.config.Clock)
	images := picture.Rules{Base: s.mediaBase(), Samples: s.config.Mode == store.Sandbox}
	return capabilities{
		known: known, users: users,
		campaign: campaign.New(campaign.Config{
			Store: s.store, Clock: business, NewID: s.newStockID, Images: images, Users: users, Review: s.config.ReviewStocks,
		}),
		issue: issue.New(issue.Config{
			Store: s.store, Directory: known, Clock: business, Random: s.config.Random, Users: users, Lanes: s.config.lanes(),
		}),
		redeem: redeem.New(redeem.Config{Store: s.store, Directory: known, Clock: business, Users: users, Orders: orders}),
		wallet: wallet.New(wallet.Config{Store: s.store, Clock: business, Users: users}),
		media:  media.New(media.Config{Store: s.store, Clock: business, Random: s.config.Random, Base: images.Base}),

		partnership: partnership.New(partnership.Config{Store: s.store, Clock: business, OwnAppIDs: s.config.OwnAppIDs}),
		registry:    registry.New(registry.Config{Store: s.store, Clock: s.config.Clock}),
		vouchers:    s.vouchers(known, business, users, images),
		money:       s.money(known, business, users, orders),
	}
}
