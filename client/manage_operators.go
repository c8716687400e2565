package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Operators returns a page of those who use the management port, in the order of their names.
func (m *Management) Operators(ctx context.Context, req *manage.ListOperatorsRequest) (*manage.OperatorList, error) {
	return managed[manage.OperatorList](ctx, m, manage.ListOperators, req)
}

// AddOperator adds a person and returns an invitation.
func (m *Management) AddOperator(ctx context.Context, req *manage.AddOperatorRequest) (*manage.InvitedOperator, error) {
	return managed[manage.InvitedOperator](ctx, m, manage.AddOperator, req)
}

// ChangeOperator changes a person.
func (m *Management) ChangeOperator(ctx context.Context, req *manage.ChangeOperatorRequest) (*manage.Operator, error) {
	return managed[manage.Operator](ctx, m, manage.ChangeOperator, req)
}

// InviteOperator returns a new invitation for a person who has lost the password.
func (m *Management) InviteOperator(ctx context.Context, req *manage.OperatorRequest) (*manage.InvitedOperator, error) {
	return managed[manage.InvitedOperator](ctx, m, manage.InviteOperator, req)
}

// OperatorPasskeys lists the passkeys of a person.
func (m *Management) OperatorPasskeys(ctx context.Context, req *manage.OperatorRequest) (*manage.PasskeyList, error) {
	return managed[manage.PasskeyList](ctx, m, manage.ListOperatorPasskeys, req)
}

// RemoveOperatorPasskey removes a passkey that a person has lost, and ends the person's sessions.
func (m *Management) RemoveOperatorPasskey(ctx context.Context, req *manage.OperatorPasskeyRequest) error {
	_, err := managed[struct{}](ctx, m, manage.RemoveOperatorPasskey, req)
	return err
}

// Tokens lists the tokens of programs.
func (m *Management) Tokens(ctx context.Context) (*manage.TokenList, error) {
	return managed[manage.TokenList](ctx, m, manage.ListTokens, nil)
}

// CreateToken makes a token, whose secret is shown once.
func (m *Management) CreateToken(ctx context.Context, req *manage.CreateTokenRequest) (*manage.CreatedToken, error) {
	return managed[manage.CreatedToken](ctx, m, manage.CreateToken, req)
}

// RotateToken makes a successor of a token and returns its secret; the former one counts for the
// overlap. Each call makes one.
func (m *Management) RotateToken(ctx context.Context, req *manage.RotateTokenRequest) (*manage.CreatedToken, error) {
	return managed[manage.CreatedToken](ctx, m, manage.RotateToken, req)
}

// RevokeToken ends a token.
func (m *Management) RevokeToken(ctx context.Context, req *manage.TokenRequest) error {
	_, err := managed[struct{}](ctx, m, manage.RevokeToken, req)
	return err
}

// Session shows who asks, and what that one may do.
func (m *Management) Session(ctx context.Context) (*manage.Session, error) {
	return managed[manage.Session](ctx, m, manage.GetSession, nil)
}
