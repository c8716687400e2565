package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// Refusals of a sign-in. One text for all that is wrong tells nobody which names there are.
var (
	// ErrSignIn refuses a name and a password that do not go together.
	ErrSignIn = fault.New(fault.Unauthenticated, "名称、密码或验证码有误", "Name, password or code is wrong.")
	// ErrCodeNeeded asks for the code of an authenticator, after the right password.
	ErrCodeNeeded = fault.New(fault.Unauthenticated, "请输入验证器上的6位验证码", "Enter the six digits of your authenticator.").At("code", "")
	// ErrSession refuses a session that is over.
	ErrSession = fault.New(fault.Unauthenticated, "登录已失效，请重新登录", "You are not signed in any more. Sign in again.")
)

// tooOften refuses a try before its time.
func tooOften(wait time.Duration) error {
	seconds := int64((wait + time.Second - 1) / time.Second)
	return fault.New(fault.TooFast,
		fmt.Sprintf("尝试次数过多，请%d秒后再试", seconds), fmt.Sprintf("Too many attempts. Try again in %d s.", seconds))
}

// Login is a try to sign in.
type Login struct {
	Name, Password string
	// Code is that of an authenticator, or a recovery code; empty while none was asked for.
	Code string
	// Address and Agent are where it comes from.
	Address, Agent string
}

// SignedIn is a session with its secret, which is shown once.
type SignedIn struct {
	Secret   string
	Operator operator.Operator
}

// Subjects of failures.
func byName(name string) string    { return "name/" + name }
func byAddress(addr string) string { return "address/" + addr }

// SignIn begins a session. It is refused with ErrSignIn, ErrCodeNeeded when the operator has
// a second factor, or for a while after failures. A try counts before it is looked at: many at
// once are not better than one after the other.
func (s *Service) SignIn(ctx context.Context, l Login) (SignedIn, error) {
	if operator.CheckName(l.Name) != nil {
		return SignedIn{}, ErrSignIn
	}
	if err := s.tried(ctx, byName(l.Name), byAddress(l.Address)); err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	o, err := s.known(ctx, l.Name, l.Password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	secret := newSecret()
	o, err = s.settle(ctx, l, o.Password, func(tx store.Tx, o *operator.Operator) error {
		if len(o.Passkeys) > 0 && !o.TOTP {
			return ErrPasskeyNeeded
		}
		return s.secondFactor(ctx, tx, o, l.Code)
	}, secret)
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in: %w", err)
	}
	return SignedIn{Secret: secret, Operator: o}, nil
}

// tried counts a try of each subject, or refuses it.
func (s *Service) tried(ctx context.Context, subjects ...string) error {
	return s.config.Store.Write(ctx, func(tx store.Tx) error { return s.try(ctx, tx, subjects...) })
}

func (s *Service) try(ctx context.Context, tx store.Tx, subjects ...string) error {
	if err := tx.LockOperators(ctx); err != nil {
		return err
	}
	for _, subject := range subjects {
		f, err := tx.Failures(ctx, subject)
		if err != nil {
			return err
		}
		if wait := f.Wait(s.now()); wait > 0 {
			return tooOften(wait)
		}
		f.Another(s.now())
		if err := tx.PutFailures(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// known returns the operator whose name and password these are, or ErrSignIn after the same time.
func (s *Service) known(ctx context.Context, name, password string) (operator.Operator, error) {
	o, err := s.Operator(ctx, name)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return o, err
	}
	is, err := s.matches(ctx, password, o.Password)
	switch {
	case err != nil:
		return o, err
	case !is || o.Suspended:
		return o, ErrSignIn
	}
	return o, nil
}

// settle ends a sign-in: under the lock it looks at the second factor and lets the operator in. The
// password is the hash that was compared: if it was changed meanwhile, nothing was proved.
func (s *Service) settle(
	ctx context.Context, l Login, password string, factor func(store.Tx, *operator.Operator) error, secret string,
) (o operator.Operator, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		if o, err = find(ctx, tx, l.Name); err != nil {
			return err
		}
		if o.Suspended || o.Password != password {
			return ErrSignIn
		}
		if err := factor(tx, &o); err != nil {
			return err
		}
		return s.enter(ctx, tx, o, l, "manage.sessions.create", secret)
	})
	if errors.Is(err, ErrCodeNeeded) || errors.Is(err, ErrPasskeyNeeded) { // the password was right: the name made no mistake
		err = errors.Join(err, s.forgive(ctx, l))
	}
	return o, err
}

// enter writes the session of an operator who has proved itself, and forgets the failures.
func (s *Service) enter(ctx context.Context, tx store.Tx, o operator.Operator, l Login, action, secret string) error {
	now := s.now()
	return store.InOrder(
		func() error { return tx.UpdateOperator(ctx, o) },
		func() error { return tx.PutFailures(ctx, operator.Failures{Subject: byName(l.Name)}) },
		func() error { return tx.PutFailures(ctx, operator.Failures{Subject: byAddress(l.Address)}) },
		func() error {
			return tx.InsertCredentials(ctx, []operator.Credential{{
				Digest: operator.DigestOf(secret), Kind: operator.Session, Name: o.Name, By: actorOf(o.Name),
				Created: now, Seen: now, Proven: now, Expires: now.Add(operator.SessionLife), Address: l.Address, Agent: short(l.Agent),
			}})
		},
		func() error {
			return tx.AppendAudit(ctx, []store.AuditEntry{audit(actorOf(o.Name), action, "operator/"+o.Name, now)})
		},
	)
}

// forgive takes one try back that was none.
func (s *Service) forgive(ctx context.Context, l Login) error {
	return s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		for _, subject := range []string{byName(l.Name), byAddress(l.Address)} {
			f, err := tx.Failures(ctx, subject)
			if err != nil {
				return err
			}
			f.Count = max(0, f.Count-1)
			if err := tx.PutFailures(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxAgent is how much of a browser's name is kept.
const maxAgent = 200

func short(agent string) string { return agent[:min(len(agent), maxAgent)] }
