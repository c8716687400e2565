package directory

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/base/lane"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// named is an openid as a call names it.
type named struct {
	policy user.Policy
	appid  merchant.AppID
	openid user.OpenID
}

// found is whom an openid stands for, or why it stands for nobody.
type found struct {
	user user.User
	err  error
}

// User returns whom an openid stands for. Who is unknown and taken by the policy is
// registered first, in a transaction of its own, so that no batch of others has to. Those who
// are not in memory are looked up together.
func (d *Directory) User(ctx context.Context, p user.Policy, appid merchant.AppID, id user.OpenID) (user.User, error) {
	u, err := d.users.Get(ctx, id, func(ctx context.Context) (user.User, error) {
		one, err := d.lookups.Do(ctx, struct{}{}, named{p, appid, id})
		if err == nil {
			err = one.err
		}
		return one.user, err
	})
	if err != nil {
		return user.User{}, err
	}
	return p.Judge(u, appid, id)
}

// AppIDOf returns the appid under which an openid is registered. One that nobody registered
// counts as one of the first appid that any of the merchants has.
func (d *Directory) AppIDOf(ctx context.Context, id user.OpenID, merchants ...*merchant.Merchant) (appid merchant.AppID, err error) {
	err = d.store.Glance(ctx, func(tx store.ReadTx) error {
		u, err := tx.UserByOpenID(ctx, id)
		appid = u.AppID
		return err
	})
	if !errors.Is(err, user.ErrNotFound) {
		return appid, err
	}
	for _, m := range merchants {
		if len(m.AppIDs) > 0 {
			return m.AppIDs[0], nil
		}
	}
	return "", merchant.ErrAppID
}

// Bounds of looking up.
const (
	maxUsers    = 100_000
	maxLookups  = 8192
	maxTogether = 256
)

func lookupBounds() lane.Bounds { return lane.Bounds{Queue: maxLookups, Batch: maxTogether} }

// lookUp answers several questions with one.
func (d *Directory) lookUp(ctx context.Context, _ struct{}, asked []named) ([]found, error) {
	ids := make([]user.OpenID, len(asked))
	for i := range asked {
		ids[i] = asked[i].openid
	}
	var known map[user.OpenID]user.User
	if err := d.store.Glance(ctx, func(tx store.ReadTx) (err error) {
		known, err = tx.Users(ctx, ids)
		return err
	}); err != nil {
		return nil, fmt.Errorf("users: %w", err)
	}
	answers := make([]found, len(asked))
	var fresh []user.User
	for i, a := range asked {
		if answers[i].user, answers[i].err = a.policy.Judge(known[a.openid], a.appid, a.openid); answers[i].err == nil && !answers[i].user.Known {
			fresh = append(fresh, answers[i].user)
		}
	}
	if len(fresh) == 0 {
		return answers, nil
	}
	known, err := d.register(ctx, fresh)
	for i, a := range asked {
		if answers[i].err == nil && !answers[i].user.Known {
			answers[i].user, answers[i].err = a.policy.Judge(known[a.openid], a.appid, a.openid)
		}
	}
	return answers, err
}

// register makes users known, and returns them as they are: somebody else may have registered
// them meanwhile.
func (d *Directory) register(ctx context.Context, fresh []user.User) (known map[user.OpenID]user.User, err error) {
	ids := make([]user.OpenID, len(fresh))
	for i := range fresh {
		ids[i] = fresh[i].OpenID
	}
	err = d.store.Write(ctx, func(tx store.Tx) (err error) {
		if err := tx.InsertUsers(ctx, fresh); err != nil {
			return err
		}
		known, err = tx.Users(ctx, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("register users: %w", err)
	}
	return known, nil
}
