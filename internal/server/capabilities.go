package server

import (
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/ids"
	"github.com/favord/favord/internal/busifavor/held"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/platform/audit"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/drafting"
	"github.com/favord/favord/internal/platform/media"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// capabilities are what the edges share.
type capabilities struct {
	campaign    *stocks.Service
	issue       *issue.Service
	redeem      *redeem.Service
	wallet      *held.Service
	media       *media.Service
	partnership *partnership.Service
	registry    *registry.Service
	account     *account.Service
	audit       *audit.Service
	drafts      *drafting.Service
	vouchers    vouchers
	money       money

	known *directory.Directory
	users user.Policy
}

// users says what happens to openids that nobody registered: only a sandbox takes them.
func (s *Server) users() user.Policy {
	return user.Policy{AutoRegister: s.config.Mode == store.Sandbox && !s.config.StrictUsers}
}

// capabilities are those over a store.
func (s *Server) capabilities(in store.Store, business clock.Business) capabilities {
	users := s.users()
	orders := coupon.OrderPolicy{TakeAny: s.config.Mode == store.Sandbox && !s.config.StrictOrders}
	known := directory.New(in, s.config.Clock)
	images := picture.Rules{Base: s.mediaBase(), Samples: s.config.Mode == store.Sandbox}
	return capabilities{
		known: known, users: users,
		campaign: stocks.New(stocks.Config{
			Store: in, Clock: business, NewID: s.newStockID, Images: images, Users: users, Review: s.config.ReviewStocks,
			Real: s.config.Clock, Draw: s.drawName, Log: s.config.Log,
		}),
		issue: issue.New(issue.Config{
			Store: in, Directory: known, Clock: business, Random: s.config.Random, Users: users, Lanes: s.lanes,
		}),
		redeem: redeem.New(redeem.Config{
			Store: in, Directory: known, Clock: business, Users: users, Orders: orders, Lanes: s.lanes,
		}),
		wallet: held.New(held.Config{Store: in, Clock: business, Users: users}),
		media:  media.New(media.Config{Store: in, Clock: business, Random: s.config.Random, Base: images.Base}),

		partnership: partnership.New(partnership.Config{Store: in, Clock: business, OwnAppIDs: s.config.OwnAppIDs}),
		account:     account.New(account.Config{Store: in, Clock: s.config.Clock, Vault: s.keyring}),
		drafts:      drafting.New(drafting.Config{Store: in, Clock: s.config.Clock}),
		audit:       audit.New(audit.Config{Store: in, Clock: s.config.Clock, Log: s.config.Log}),
		registry:    registry.New(registry.Config{Store: in, Clock: s.config.Clock}),
		vouchers:    s.vouchers(in, known, business, users, images),
		money:       s.money(in, known, business, users, orders),
	}
}

// nameBytes is how many random bytes a name has that nobody guesses.
const nameBytes = 12

func (s *Server) drawName() (string, error) { return ids.Unguessable(s.config.Random, nameBytes) }

func (s *Server) newStockID() (coupon.StockID, error) { return coupon.NewStockID(s.config.Random) }
