package console

import (
	"context"
	"net/http"
	"time"

	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) operatorHandlers() map[string]handler {
	return map[string]handler{
		manage.ListOperators:         bound(s.listOperators),
		manage.AddOperator:           bound(s.addOperator),
		manage.ChangeOperator:        bound(s.changeOperator),
		manage.InviteOperator:        bound(s.inviteOperator),
		manage.ListOperatorPasskeys:  bound(s.listOperatorPasskeys),
		manage.RemoveOperatorPasskey: bound(s.removeOperatorPasskey),
		manage.ListTokens:            s.listTokens,
		manage.CreateToken:           bound(s.createToken),
		manage.RotateToken:           bound(s.rotateToken),
		manage.RevokeToken:           bound(s.revokeToken),
	}
}

func (s *Server) listOperators(ctx context.Context, req *manage.ListOperatorsRequest) (any, error) {
	limit := pageSize(req.Limit)
	page, err := s.Account.Operators(ctx, req.After, limit)
	if err != nil {
		return nil, err
	}
	answer := &manage.OperatorList{Operators: []manage.Operator{}}
	for i := range page {
		answer.Operators = append(answer.Operators, *operatorAnswer(&page[i]))
	}
	if len(page) == limit {
		answer.Next = page[limit-1].Name
	}
	return answer, nil
}

func (s *Server) addOperator(ctx context.Context, req *manage.AddOperatorRequest) (any, error) {
	roles, err := operator.CheckRoles(req.Roles)
	if err != nil {
		return nil, err
	}
	added, err := s.Account.Add(ctx, account.Addition{Actor: actorOf(ctx), Name: req.Name, Display: req.Display, Roles: roles})
	return invitedAnswer(&added, err)
}

func (s *Server) inviteOperator(ctx context.Context, req *manage.OperatorRequest) (any, error) {
	invited, err := s.Account.Invite(ctx, account.Deed{Actor: actorOf(ctx), Name: req.Name})
	return invitedAnswer(&invited, err)
}

func invitedAnswer(i *account.Invited, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return &manage.InvitedOperator{
		Operator: *operatorAnswer(&i.Operator), Invitation: i.Invitation, ExpireTime: schema.TimeOf(i.Expires),
	}, nil
}

func (s *Server) changeOperator(ctx context.Context, req *manage.ChangeOperatorRequest) (any, error) {
	change := account.Change{Deed: account.Deed{Actor: actorOf(ctx), Name: req.Name}, Display: req.Display, Suspended: req.Suspended}
	if req.Roles != nil {
		var err error
		if change.Roles, err = operator.CheckRoles(*req.Roles); err != nil {
			return nil, err
		}
	}
	o, err := s.Account.Change(ctx, change)
	if err != nil {
		return nil, err
	}
	return operatorAnswer(&o), nil
}

func operatorAnswer(o *operator.Operator) *manage.Operator {
	state := "ACTIVE"
	switch {
	case o.Suspended:
		state = "SUSPENDED"
	case o.Password == "":
		state = "INVITED"
	}
	return &manage.Operator{
		Name: o.Name, Display: o.Display, Roles: texts(o.Roles), State: state,
		SecondFactor: o.SecondFactor(), TOTP: o.TOTP, Passkeys: int64(len(o.Passkeys)), CreateTime: schema.TimeOf(o.Created),
	}
}

func (s *Server) listTokens(ctx context.Context, _ *call) (any, error) {
	list, err := s.Account.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	answer := &manage.TokenList{Tokens: []manage.Token{}}
	for i := range list {
		answer.Tokens = append(answer.Tokens, *tokenAnswer(&list[i]))
	}
	return answer, nil
}

func (s *Server) createToken(ctx context.Context, req *manage.CreateTokenRequest) (any, error) {
	roles, err := operator.CheckRoles(req.Roles)
	if err != nil {
		return nil, err
	}
	token, err := s.Account.CreateToken(ctx, account.Request{Actor: actorOf(ctx), Name: req.Name, Roles: roles, Expires: req.ExpireTime.Time})
	if err != nil {
		return nil, err
	}
	return &manage.CreatedToken{Token: *tokenAnswer(&token.Credential), Secret: token.Secret}, nil
}

// tokenOverlap is for how long a former token counts beside its successor.
const tokenOverlap = 24 * time.Hour

func (s *Server) rotateToken(ctx context.Context, req *manage.RotateTokenRequest) (any, error) {
	overlap := tokenOverlap
	if req.Overlap != nil {
		overlap = time.Duration(*req.Overlap) * time.Second
	}
	token, err := s.Account.RotateToken(ctx, account.Rotation{
		Actor: actorOf(ctx), Name: req.Name, Expires: req.ExpireTime.Time, Overlap: overlap,
	})
	if err != nil {
		return nil, err
	}
	return &manage.CreatedToken{Token: *tokenAnswer(&token.Credential), Secret: token.Secret}, nil
}

func (s *Server) revokeToken(ctx context.Context, req *manage.TokenRequest) (any, error) {
	return nil, s.Account.RevokeToken(ctx, actorOf(ctx), req.Name)
}

func tokenAnswer(c *operator.Credential) *manage.Token {
	t := &manage.Token{
		Name: c.Name, Roles: texts(c.Roles), CreatedBy: c.By, CreateTime: schema.TimeOf(c.Created), ExpireTime: schema.TimeOf(c.Expires),
	}
	if !c.Seen.IsZero() {
		t.UseTime = schema.TimeOf(c.Seen)
	}
	return t
}

// person returns who has signed in; programs and whoever uses a sandbox from its machine have not.
func person(ctx context.Context) (account.Signed, error) {
	who := callerOf(ctx)
	if who.signed == nil {
		return account.Signed{}, errNoPerson
	}
	return *who.signed, nil
}

// setCookie gives a browser its session, or takes it away with an empty secret.
func setCookie(c *call, secret string) {
	cookie := &http.Cookie{ //nolint:gosec // without TLS it is for a browser of the same machine only
		Name: cookieName(c.secure), Value: secret, Path: "/", Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(operator.SessionLife.Seconds()),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	c.header.Add("Set-Cookie", cookie.String())
}

// Names of the cookie: with the prefix, browsers take it over TLS and from this host only.
func cookieName(secure bool) string { //nolint:revive // it says which of two ports this is
	if secure {
		return "__Host-favord"
	}
	return "favord-session"
}
