package console

import (
	"context"

	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) userHandlers() map[string]handler {
	return map[string]handler{
		manage.ListUsers: bound(s.listUsers),
		manage.GetUser:   bound(s.getUser),
		manage.PutUser:   bound(s.putUser),

		manage.ForgetUser: bound(s.forgetUser),
	}
}

// registryPage is the size of a page of users or merchants that no request asks for.
const registryPage = 20

func pageSize(limit *int64) int {
	if limit == nil {
		return registryPage
	}
	return int(*limit)
}

func (s *Server) listUsers(ctx context.Context, req *manage.ListUsersRequest) (any, error) {
	limit := pageSize(req.Limit)
	users, err := s.Registry.Users(ctx, registry.UserQuery{
		SamePersonAs: user.OpenID(req.SamePersonAs), UnionID: req.UnionID, Suspicious: req.Suspicious == "true",
		After: user.OpenID(req.After), Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	answer := &manage.UserList{Users: []manage.User{}}
	for i := range users {
		answer.Users = append(answer.Users, *userAnswer(&users[i]))
	}
	if len(users) == limit {
		answer.Next = string(users[limit-1].OpenID)
	}
	return answer, nil
}

func (s *Server) getUser(ctx context.Context, req *manage.UserRequest) (any, error) {
	u, err := s.Registry.User(ctx, user.OpenID(req.OpenID))
	if err != nil {
		return nil, err
	}
	return userAnswer(&u), nil
}

func (s *Server) putUser(ctx context.Context, req *manage.PutUserRequest) (any, error) {
	u, err := s.Registry.PutUser(ctx, registry.UserChange{
		Actor: actorOf(ctx), OpenID: user.OpenID(req.OpenID), AppID: merchant.AppID(req.AppID), UnionID: req.UnionID,
		SamePersonAs: user.OpenID(req.SamePersonAs), Suspicious: req.Suspicious,
	})
	if err != nil {
		return nil, err
	}
	return userAnswer(&u), nil
}

func (s *Server) forgetUser(ctx context.Context, req *manage.UserRequest) (any, error) {
	f, err := s.Registry.Forget(ctx, registry.ForgetCommand{Actor: actorOf(ctx), OpenID: user.OpenID(req.OpenID)})
	if err != nil {
		return nil, err
	}
	return &manage.ForgottenUser{
		Account: f.Account.String(), Name: string(f.Name), OpenIDs: f.OpenIDs, Coupons: f.Coupons, Vouchers: f.Vouchers, Linked: f.Linked,
	}, nil
}

func userAnswer(u *user.User) *manage.User {
	return &manage.User{
		OpenID: string(u.OpenID), AppID: string(u.AppID), Account: u.ID.String(), Person: u.Person.String(),
		UnionID: u.UnionID, Suspicious: u.Suspicious,
	}
}
