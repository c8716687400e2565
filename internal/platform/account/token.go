package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// tokenPrefix lets scanners of source code find a token that got lost there.
const tokenPrefix = "favord_"

// Refusals of tokens.
var (
	// ErrTokenTaken refuses a second token of a name.
	ErrTokenTaken = fault.New(fault.Exists, "已有同名令牌，请先吊销它或另取名称", "There is a token of that name. Revoke it, or choose another name.")
	// ErrNoToken is the answer to a name that no token has.
	ErrNoToken = fault.New(fault.NotFound, "没有这个令牌", "There is no such token.")
	// ErrReserved refuses the name of the token that the configuration has.
	ErrReserved = fault.New(fault.Refused, "default是配置文件中令牌的名称，请另取名称", "default is the name of the configured token. Choose another one.")
)

// IsToken reports whether a text has the form of a token, be it one or not.
func IsToken(text string) bool { return strings.HasPrefix(text, tokenPrefix) }

// reserved is the name of the token of the configuration.
const reserved = "default"

// Request for a token.
type Request struct {
	Actor, Name string
	Roles       []operator.Role
	Expires     time.Time
}

// Created is a token with its secret, which is shown once.
type Created struct {
	operator.Credential
	Secret string
}

// CreateToken makes a token for a program. It is refused with operator.ErrName,
// operator.ErrTokenLife, ErrReserved or ErrTokenTaken.
func (s *Service) CreateToken(ctx context.Context, r Request) (Created, error) {
	now := s.now()
	if err := errors.Join(operator.CheckName(r.Name), operator.CheckTokenLife(now, r.Expires)); err != nil {
		return Created{}, fmt.Errorf("create token: %w", err)
	}
	if r.Name == reserved {
		return Created{}, ErrReserved.At("name", r.Name)
	}
	token := newToken(r, now)
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		there, err := current(ctx, tx, r.Name, now)
		if err != nil {
			return err
		}
		if len(there) > 0 {
			return ErrTokenTaken.At("name", r.Name)
		}
		return store.InOrder(
			func() error { return tx.DropCredentials(ctx, operator.Token, r.Name) },
			func() error { return tx.InsertCredentials(ctx, []operator.Credential{token.Credential}) },
			func() error {
				entry := audit(r.Actor, "manage.tokens.create", "token/"+r.Name, now)
				_, entry.After = trail.Between(nil, tokenSaid(&token.Credential))
				return tx.AppendAudit(ctx, []store.AuditEntry{entry})
			},
		)
	})
	if err != nil {
		return Created{}, fmt.Errorf("create token: %w", err)
	}
	return token, nil
}

// tokenSaid is what the audit says of a token.
func tokenSaid(c *operator.Credential) any {
	return struct {
		Roles   []operator.Role `json:"roles"`
		Expires string          `json:"expire_time"`
	}{c.Roles, c.Expires.UTC().Format(time.RFC3339)}
}

func newToken(r Request, now time.Time) Created {
	secret := tokenPrefix + newSecret()
	return Created{Secret: secret, Credential: operator.Credential{
		Digest: operator.DigestOf(secret), Kind: operator.Token, Name: r.Name, Roles: r.Roles, By: r.Actor,
		Created: now, Expires: r.Expires.Truncate(time.Second),
	}}
}

// tokensOfName bounds how many tokens have one name while they are replaced.
const tokensOfName = 16

// current lists the tokens of a name that count at now.
func current(ctx context.Context, tx store.Tx, name string, now time.Time) ([]operator.Credential, error) {
	there, err := tx.Credentials(ctx, store.CredentialQuery{Kind: operator.Token, Name: name, Limit: tokensOfName})
	return slices.DeleteFunc(there, func(c operator.Credential) bool { return c.Over(now) }), err
}

// Rotation replaces a token.
type Rotation struct {
	Actor, Name string
	// Expires is when the successor ends; Overlap is how long the former token counts beside it.
	Expires time.Time
	Overlap time.Duration
}

// RotateToken makes a successor with the name and the roles of a token. Those that there are end
// after the overlap. It is refused with ErrNoToken or operator.ErrTokenLife, and with ErrTokenTaken
// when too many are replaced at once.
func (s *Service) RotateToken(ctx context.Context, r Rotation) (token Created, err error) {
	now := s.now()
	if err := operator.CheckTokenLife(now, r.Expires); err != nil {
		return Created{}, fmt.Errorf("rotate token: %w", err)
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		list, err := current(ctx, tx, r.Name, now)
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return ErrNoToken.At("name", r.Name)
		case len(list) == tokensOfName:
			return ErrTokenTaken.At("name", r.Name)
		}
		newest := slices.MaxFunc(list, func(a, b operator.Credential) int { return a.Created.Compare(b.Created) })
		token = newToken(Request{Actor: r.Actor, Name: r.Name, Roles: newest.Roles, Expires: r.Expires}, now)
		was := tokenSaid(&newest)
		end := now.Add(r.Overlap).Truncate(time.Second)
		for i := range list {
			if list[i].Expires.After(end) {
				list[i].Expires = end
			}
		}
		return store.InOrder(
			func() error { return tx.DropCredentials(ctx, operator.Token, r.Name) },
			func() error { return tx.InsertCredentials(ctx, append(list, token.Credential)) },
			func() error {
				entry := audit(r.Actor, "manage.tokens.rotate", "token/"+r.Name, now)
				entry.Before, entry.After = trail.Between(was, tokenSaid(&token.Credential))
				return tx.AppendAudit(ctx, []store.AuditEntry{entry})
			},
		)
	})
	if err != nil {
		return Created{}, fmt.Errorf("rotate token: %w", err)
	}
	return token, nil
}

// Tokens lists the tokens, those that are over, too.
func (s *Service) Tokens(ctx context.Context) ([]operator.Credential, error) {
	const all = 1000
	list, err := s.credentials(ctx, store.CredentialQuery{Kind: operator.Token, Limit: all})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a token, or reports ErrNoToken.
func (s *Service) RevokeToken(ctx context.Context, actor, name string) error {
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		there, err := tx.Credentials(ctx, store.CredentialQuery{Kind: operator.Token, Name: name, Limit: 1})
		if err != nil {
			return err
		}
		if len(there) == 0 {
			return ErrNoToken.At("name", name)
		}
		return store.InOrder(
			func() error { return tx.DropCredentials(ctx, operator.Token, name) },
			func() error {
				entry := audit(actor, "manage.tokens.revoke", "token/"+name, s.now())
				entry.Before, _ = trail.Between(tokenSaid(&there[0]), nil)
				return tx.AppendAudit(ctx, []store.AuditEntry{entry})
			},
		)
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}

// Token returns the token that a program shows, or ErrSession.
func (s *Service) Token(ctx context.Context, secret string) (c operator.Credential, err error) {
	if !IsToken(secret) {
		return c, ErrSession
	}
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		c, err = tx.Credential(ctx, operator.DigestOf(secret))
		if errors.Is(err, store.ErrNotFound) || err == nil && (c.Kind != operator.Token || c.Over(s.now())) {
			return ErrSession
		}
		return err
	})
	if err == nil {
		err = s.seen(ctx, &c)
	}
	if err != nil {
		return operator.Credential{}, fmt.Errorf("token: %w", err)
	}
	return c, nil
}
