// Package registry keeps who takes part: users with their accounts and persons, merchants
// with their appids, permissions and sub-merchants. It is how an operator tells the server
// what the platform would know. Keys belong to package keyring.
package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time, for the audit trail.
	Clock clock.Clock
}

// Service registers. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// MaxPage is the largest page of a list.
const MaxPage = 100

// maxLinked bounds the openids of one person.
const maxLinked = 1000

// Refusals.
var (
	// ErrNoUser is the answer to an openid that is not registered.
	ErrNoUser = fault.New(fault.NotFound, "该openid未登记", "The openid is not registered.")
	// ErrAppIDUnbound refuses an appid that no merchant has.
	ErrAppIDUnbound = fault.New(fault.Invalid, "该appid未绑定任何商户", "The appid is not bound to any merchant.")
	// ErrTooManyLinked refuses to make one person of too many openids.
	ErrTooManyLinked = fault.New(fault.Refused,
		fmt.Sprintf("同一自然人最多关联%d个openid", maxLinked), fmt.Sprintf("One person may have at most %d openids.", maxLinked))
)

// UserQuery asks for a page of users.
type UserQuery struct {
	// UnionID, Suspicious and SamePersonAs narrow the list; of several the first one in
	// this order counts that is not empty, SamePersonAs before all.
	UnionID      string
	Suspicious   bool
	SamePersonAs user.OpenID
	// After is the last openid of the page before.
	After user.OpenID
	// Limit is 1 to MaxPage.
	Limit int
}

// Users returns a page of users in the order of their openids.
func (s *Service) Users(ctx context.Context, q UserQuery) ([]user.User, error) {
	var page []user.User
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		if q.SamePersonAs == "" {
			page, err = tx.UserPage(ctx, store.UserQuery{UnionID: q.UnionID, Suspicious: q.Suspicious, After: q.After, Limit: q.Limit})
			return err
		}
		one, err := findUser(ctx, tx, q.SamePersonAs, "same_person_as")
		if err == nil {
			page, err = tx.UsersOfPerson(ctx, one.Person, q.After, q.Limit)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return page, nil
}

// User returns a registered user, or ErrNoUser.
func (s *Service) User(ctx context.Context, id user.OpenID) (u user.User, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		u, err = findUser(ctx, tx, id, "openid")
		return err
	})
	if err != nil {
		return user.User{}, fmt.Errorf("user: %w", err)
	}
	return u, nil
}

// findUser returns a registered user that a field of a request names.
func findUser(ctx context.Context, tx store.ReadTx, id user.OpenID, field string) (user.User, error) {
	u, err := tx.UserByOpenID(ctx, id)
	if errors.Is(err, user.ErrNotFound) {
		return user.User{}, ErrNoUser.At(field, string(id))
	}
	return u, err
}

// UserChange registers a user, or changes one. What is not given stays as it is.
type UserChange struct {
	// Actor is who asks, for the audit trail.
	Actor  string
	OpenID user.OpenID
	// AppID is whose openid it is. It never changes.
	AppID merchant.AppID
	// UnionID is the id across appids. Openids that are registered with one share an
	// account from then on.
	UnionID *string
	// SamePersonAs makes one natural person of the user and another one, with everybody
	// who was linked to either; the user's own openid undoes that for the user's account.
	// Coupons that were received before count as they did then.
	SamePersonAs user.OpenID
	// Suspicious marks the account as one that stocks with prevent_api_abuse refuse.
	Suspicious *bool
}

// PutUser registers or changes a user and returns it. It is refused with user.ErrForm,
// ErrAppIDUnbound, user.ErrOtherAppID, user.ErrOtherUnion, user.ErrSecondOpenID, ErrNoUser
// for the other person, or ErrTooManyLinked.
func (s *Service) PutUser(ctx context.Context, c UserChange) (u user.User, err error) {
	if err := user.CheckOpenID(c.OpenID); err != nil {
		return user.User{}, fmt.Errorf("register user: %w", err)
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		u, err = s.putUser(ctx, tx, c)
		return err
	})
	if err != nil {
		return user.User{}, fmt.Errorf("register user: %w", err)
	}
	return u, nil
}

func (s *Service) putUser(ctx context.Context, tx store.Tx, c UserChange) (user.User, error) {
	u, was, err := s.enroll(ctx, tx, c)
	if err != nil {
		return user.User{}, err
	}
	if c.UnionID != nil && *c.UnionID != u.UnionID {
		if err := checkUnion(ctx, tx, &u, *c.UnionID); err != nil {
			return user.User{}, err
		}
		u.UnionID = *c.UnionID
		if err := tx.UpdateUser(ctx, u); err != nil {
			return user.User{}, err
		}
	}
	if c.SamePersonAs != "" {
		if err := link(ctx, tx, &u, c.SamePersonAs); err != nil {
			return user.User{}, err
		}
	}
	if c.Suspicious != nil && *c.Suspicious != u.Suspicious {
		u.Suspicious = *c.Suspicious
		if err := changeAccount(ctx, tx, &u); err != nil {
			return user.User{}, err
		}
	}
	entry := s.audit(store.Platform, c.Actor, "manage.users.put", "account/"+u.ID.String())
	entry.Before, entry.After = trail.Between(was, saidOf(&u))
	return u, tx.AppendAudit(ctx, []store.AuditEntry{entry})
}

// saidOf is what the audit says of a user: nothing that leads to who it is.
func saidOf(u *user.User) any {
	return struct {
		AppID      merchant.AppID `json:"appid"`
		Person     string         `json:"person"`
		Union      bool           `json:"has_unionid"`
		Suspicious bool           `json:"suspicious"`
	}{u.AppID, u.Person.String(), u.UnionID != "", u.Suspicious}
}

// enroll returns the user, who is registered from now on, and what the audit says of who there was.
func (s *Service) enroll(ctx context.Context, tx store.Tx, c UserChange) (u user.User, was any, err error) {
	u, err = tx.UserByOpenID(ctx, c.OpenID)
	switch {
	case err == nil && u.AppID != c.AppID:
		return user.User{}, nil, user.ErrOtherAppID.At("appid", string(c.AppID))
	case err == nil:
		was = saidOf(&u)
		return u, was, nil
	case !errors.Is(err, user.ErrNotFound):
		return u, nil, err
	}
	u, err = register(ctx, tx, c)
	return u, nil, err
}

// register adds a user.
func register(ctx context.Context, tx store.Tx, c UserChange) (user.User, error) {
	bound, err := tx.AppIDBound(ctx, c.AppID)
	if err != nil {
		return user.User{}, err
	}
	if !bound {
		return user.User{}, ErrAppIDUnbound.At("appid", string(c.AppID))
	}
	union := ""
	if c.UnionID != nil {
		union = *c.UnionID
	}
	u := user.New(c.AppID, c.OpenID, union)
	if err := join(ctx, tx, &u); err != nil {
		return user.User{}, err
	}
	if err := tx.InsertUsers(ctx, []user.User{u}); err != nil {
		return user.User{}, err
	}
	return tx.UserByOpenID(ctx, c.OpenID)
}

// join gives a new user the account that its unionid has, if it has one.
func join(ctx context.Context, tx store.ReadTx, u *user.User) error {
	if u.UnionID == "" {
		return nil
	}
	others, err := tx.UserPage(ctx, store.UserQuery{UnionID: u.UnionID, Limit: 1})
	if err != nil || len(others) == 0 {
		return err
	}
	u.ID, u.Person, u.Suspicious = others[0].ID, others[0].Person, others[0].Suspicious
	there, err := tx.UserByAccount(ctx, u.ID, u.AppID)
	switch {
	case errors.Is(err, user.ErrNotFound):
		return checkRoom(ctx, tx, u.Person)
	case err == nil && there.OpenID != u.OpenID: // the same, when it was registered just now
		return user.ErrSecondOpenID.At("unionid", u.UnionID)
	}
	return err
}

// checkRoom reports whether a person may have one more openid.
func checkRoom(ctx context.Context, tx store.ReadTx, person user.ID) error {
	all, err := tx.UsersOfPerson(ctx, person, "", maxLinked)
	if err == nil && len(all) >= maxLinked {
		return ErrTooManyLinked
	}
	return err
}

// checkUnion reports whether a registered user may get a unionid.
func checkUnion(ctx context.Context, tx store.ReadTx, u *user.User, unionID string) error {
	if unionID == "" {
		return nil
	}
	others, err := tx.UserPage(ctx, store.UserQuery{UnionID: unionID, Limit: 1})
	if err == nil && len(others) > 0 && others[0].ID != u.ID {
		return user.ErrOtherUnion.At("unionid", unionID)
	}
	return err
}

// link makes one person of a user and another one.
func link(ctx context.Context, tx store.Tx, u *user.User, as user.OpenID) error {
	if as == u.OpenID {
		u.Person = u.ID
		return changeAccount(ctx, tx, u)
	}
	other, err := findUser(ctx, tx, as, "same_person_as")
	if err != nil || other.Person == u.Person {
		return err
	}
	linked, err := tx.UsersOfPerson(ctx, u.Person, "", maxLinked+1)
	if err != nil {
		return err
	}
	there, err := tx.UsersOfPerson(ctx, other.Person, "", maxLinked+1)
	if err != nil {
		return err
	}
	if len(linked)+len(there) > maxLinked {
		return ErrTooManyLinked
	}
	u.Person = other.Person
	for _, one := range linked {
		one.Person = other.Person
		if err := tx.UpdateUser(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// changeAccount stores the person and the mark of a user for all openids of the account.
func changeAccount(ctx context.Context, tx store.Tx, u *user.User) error {
	all, err := tx.UsersOfAccount(ctx, u.ID, maxLinked)
	if err != nil {
		return err
	}
	for _, one := range all {
		one.Person, one.Suspicious = u.Person, u.Suspicious
		if err := tx.UpdateUser(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) audit(owner merchant.ID, actor, action, object string) store.AuditEntry {
	return store.AuditEntry{Owner: owner, At: s.config.Clock.Now().Truncate(time.Second), Actor: actor, Action: action, Object: object}
}
