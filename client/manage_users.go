package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Users returns a page of users in the order of their openids.
func (m *Management) Users(ctx context.Context, req *manage.ListUsersRequest) (*manage.UserList, error) {
	return managed[manage.UserList](ctx, m, manage.ListUsers, req)
}

// User shows a registered user.
func (m *Management) User(ctx context.Context, req *manage.UserRequest) (*manage.User, error) {
	return managed[manage.User](ctx, m, manage.GetUser, req)
}

// PutUser registers a user, links persons, marks suspicious accounts. It may be repeated.
func (m *Management) PutUser(ctx context.Context, req *manage.PutUserRequest) (*manage.User, error) {
	return managed[manage.User](ctx, m, manage.PutUser, req)
}

// ForgetUser removes every openid and the unionid of a user's account. It cannot be undone.
func (m *Management) ForgetUser(ctx context.Context, req *manage.UserRequest) (*manage.ForgottenUser, error) {
	return managed[manage.ForgottenUser](ctx, m, manage.ForgetUser, req)
}
