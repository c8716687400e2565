package notify

import (
	"context"
	"errors"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// clerk writes the resources of a batch of events in one reading transaction.
type clerk struct {
	service *Service
	tx      store.ReadTx
	// appids are those under which the users of the events are named, by stock.
	appids map[string]merchant.AppID
	// users are those that are registered, by the openid in the event.
	users map[user.OpenID]user.User
	// unknown are those that got an openid here, to be registered.
	unknown []user.User
}

// write sets the resource of each claim that has none, or the problem.
func (s *Service) write(ctx context.Context, claims []*claim) error {
	c := &clerk{service: s}
	if err := c.lookUpStocks(ctx, claims); err != nil {
		return err
	}
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		c.tx, c.unknown = tx, nil
		return c.write(ctx, claims)
	}); err != nil {
		return err
	}
	if len(c.unknown) == 0 {
		return nil
	}
	// The merchant will ask for the user by this openid.
	return s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.InsertUsers(ctx, c.unknown) })
}

// lookUpStocks finds the notify_appids of the stocks that events are about.
func (c *clerk) lookUpStocks(ctx context.Context, claims []*claim) error {
	c.appids = map[string]merchant.AppID{}
	for _, one := range claims {
		if len(one.Sealed) > 0 {
			continue
		}
		one.said, _ = one.event.Read() // write says what cannot be read
		sent, is := one.said.(delivery.CouponSent)
		if !is {
			continue
		}
		if _, known := c.appids[string(sent.StockID)]; known {
			continue
		}
		stock, err := c.service.config.Directory.Stock(ctx, sent.StockID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		c.appids[string(sent.StockID)] = stock.NotifyAppID
	}
	return nil
}

func (c *clerk) write(ctx context.Context, claims []*claim) error {
	if err := c.lookUpUsers(ctx, claims); err != nil {
		return err
	}
	for _, one := range claims {
		if len(one.Sealed) > 0 && one.KeyVersion > 0 {
			continue
		}
		kind, known := c.service.kinds[one.event.Kind]
		if !known {
			continue // of a later release; the attempt says so
		}
		resource, err := kind.resource(ctx, c, one.said, one.event.At)
		if errors.Is(err, delivery.ErrPayload) {
			continue // the attempt says so
		}
		if err != nil {
			return err
		}
		if one.resource, err = apiv3.EncodeJSON(resource); err != nil {
			return err
		}
	}
	return nil
}

// lookUpUsers reads all users that are named at once.
func (c *clerk) lookUpUsers(ctx context.Context, claims []*claim) (err error) {
	var ids []user.OpenID
	for _, one := range claims {
		if sent, is := one.said.(delivery.CouponSent); is && c.appids[string(sent.StockID)] != "" {
			ids = append(ids, sent.OpenID)
		}
	}
	if len(ids) > 0 {
		c.users, err = c.tx.Users(ctx, ids)
	}
	return err
}

// user is who got a coupon, as under the notify_appid of its stock: nobody without one, or
// when the user is not known there.
func (c *clerk) user(ctx context.Context, sent *delivery.CouponSent) (user.User, error) {
	appid := c.appids[string(sent.StockID)]
	if appid == "" {
		return user.User{}, nil
	}
	holder, known := c.users[sent.OpenID]
	if !known {
		holder = user.User{AppID: sent.AppID, OpenID: sent.OpenID, ID: sent.Holder, Person: sent.Holder}
	}
	there, err := c.service.config.Users.Under(ctx, c.tx, holder, appid)
	switch {
	case errors.Is(err, user.ErrUnknown):
		return user.User{}, nil
	case err != nil:
		return user.User{}, err
	}
	if !there.Known && there.OpenID != sent.OpenID {
		c.unknown = append(c.unknown, there)
	}
	return there, nil
}
