package account

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// seenEvery is how often it is written that a credential was shown.
const seenEvery = time.Minute

// Signed is who shows a session.
type Signed struct {
	Operator operator.Operator
	Session  operator.Credential
}

// Session returns who shows a secret, or ErrSession.
func (s *Service) Session(ctx context.Context, secret string) (who Signed, err error) {
	now := s.now()
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		c, err := tx.Credential(ctx, operator.DigestOf(secret))
		if errors.Is(err, store.ErrNotFound) || err == nil && (c.Kind != operator.Session || c.Over(now)) {
			return ErrSession
		}
		if err != nil {
			return err
		}
		o, err := tx.Operator(ctx, c.Name)
		if errors.Is(err, store.ErrNotFound) || err == nil && o.Suspended {
			return ErrSession
		}
		who = Signed{Operator: o, Session: c}
		return err
	})
	if err == nil {
		err = s.seen(ctx, &who.Session)
	}
	if err != nil {
		return Signed{}, fmt.Errorf("session: %w", err)
	}
	return who, nil
}

// seen notes that a credential was shown, if that is news.
func (s *Service) seen(ctx context.Context, c *operator.Credential) error {
	now := s.now()
	if now.Sub(c.Seen) < seenEvery {
		return nil
	}
	c.Seen = now
	err := s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.UpdateCredential(ctx, *c) })
	if errors.Is(err, store.ErrNotFound) {
		return ErrSession
	}
	return err
}

// Sessions lists the sessions of an operator that are not over.
func (s *Service) Sessions(ctx context.Context, name string) (list []operator.Credential, err error) {
	if list, err = s.credentials(ctx, store.CredentialQuery{Kind: operator.Session, Name: name, Limit: MaxPage}); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return slices.DeleteFunc(list, func(c operator.Credential) bool { return c.Over(s.now()) }), nil
}

func (s *Service) credentials(ctx context.Context, q store.CredentialQuery) (list []operator.Credential, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		list, err = tx.Credentials(ctx, q)
		return err
	})
	return list, err
}

// SessionID names a session for its operator, and lets nobody in.
func SessionID(c *operator.Credential) string { return hex.EncodeToString(c.Digest[:8]) }

// ErrNoSession is the answer to an id that no session of the operator has.
var ErrNoSession = fault.New(fault.NotFound, "没有这个登录会话", "There is no such session.")

// EndSession ends one session of an operator by its id, or reports ErrNoSession.
func (s *Service) EndSession(ctx context.Context, name, id string) error {
	list, err := s.Sessions(ctx, name)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c operator.Credential) bool { return SessionID(&c) == id })
	if i < 0 {
		return ErrNoSession.At("session_id", id)
	}
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.DropCredential(ctx, list[i].Digest); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{audit(actorOf(name), "manage.sessions.end", "operator/"+name, s.now())})
	}); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Prove notes that the operator of a session has shown the password again. It is refused with
// ErrSignIn, or for a while after failures.
func (s *Service) Prove(ctx context.Context, who Signed, password string) error {
	if err := s.tried(ctx, byName(who.Operator.Name)); err != nil {
		return fmt.Errorf("prove: %w", err)
	}
	if _, err := s.known(ctx, who.Operator.Name, password); err != nil {
		return fmt.Errorf("prove: %w", err)
	}
	who.Session.Proven = s.now()
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		return store.InOrder(
			func() error { return tx.UpdateCredential(ctx, who.Session) },
			func() error { return tx.PutFailures(ctx, operator.Failures{Subject: byName(who.Operator.Name)}) },
		)
	}); err != nil {
		return fmt.Errorf("prove: %w", err)
	}
	return nil
}

// SetPassword replaces the password of an operator who knows the old one, and ends all other
// sessions. It is refused with ErrSignIn or operator.ErrPassword.
func (s *Service) SetPassword(ctx context.Context, who Signed, before, after string) error {
	if err := operator.CheckPassword(after); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	if err := s.Prove(ctx, who, before); err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	password, err := s.hashOf(ctx, after)
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.password"}
	_, err = s.change(ctx, by, func(tx store.Tx, o *operator.Operator) error {
		o.Password = password
		who.Session.Proven = s.now()
		return store.InOrder(
			func() error { return tx.DropCredentials(ctx, operator.Session, o.Name) },
			func() error { return tx.InsertCredentials(ctx, []operator.Credential{who.Session}) },
		)
	})
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	return nil
}
