// Package account keeps those who use the management port: people who sign in, their sessions,
// and programs with named tokens. It decides who somebody is; what a role may do is a rule of
// package operator, and which operation needs what stands in the tables of package wire.
package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Vault seals what must be read again.
type Vault interface {
	// SealTOTP returns the box of the secret of an operator's authenticator, the version-th one, and
	// the fingerprint of the key that it is sealed with.
	SealTOTP(name string, version int, plaintext []byte) (box []byte, sealedWith string)
	// OpenTOTP returns what is in a box.
	OpenTOTP(name string, version int, box []byte) ([]byte, error)
	// Authenticate returns what only the platform can calculate for a message, Authentic whether it did.
	Authenticate(purpose string, message []byte) []byte
	Authentic(purpose string, message, code []byte) bool
}

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is the real time: operators live in it, whatever the sandbox's clock says.
	Clock clock.Clock
	Vault Vault
}

// Service knows operators. It is safe for concurrent use.
type Service struct {
	config Config
	// hashing has room for few passwords at a time: each takes much memory.
	hashing chan struct{}
	// decoy is what the password of an unknown name is compared with.
	decoy string
}

// New returns a service.
func New(c Config) *Service {
	return &Service{config: c, hashing: make(chan struct{}, maxHashing), decoy: decoy()}
}

// MaxPage is the largest page of a list.
const MaxPage = 100

// Refusals.
var (
	// ErrUnknown is the answer to a name that no operator has.
	ErrUnknown = fault.New(fault.NotFound, "没有这个管理员", "There is no such operator.")
	// ErrTaken refuses a name that was given before.
	ErrTaken = fault.New(fault.Exists, "该名称已被使用，请另取一个", "The name was given before. Choose another one.")
	// ErrLastAdmin refuses what would leave nobody to say who may do what.
	ErrLastAdmin = fault.New(fault.Refused, "这是最后一个可用的ADMIN，请先指定另一个", "This is the last admin. Appoint another one first.")
	// ErrInvitation refuses an invitation that is used, over or wrong.
	ErrInvitation = fault.New(fault.Forbidden,
		"邀请链接无效、已使用或已过期，请向管理员索取新链接",
		"The invitation is used, over or wrong. Ask an admin for a new one.")
)

// secretBytes is how random a secret is.
const secretBytes = 32

// newSecret returns a secret that nobody can guess.
func newSecret() string {
	b := make([]byte, secretBytes)
	_, _ = rand.Read(b) // never fails, see its documentation
	return base64.RawURLEncoding.EncodeToString(b)
}

func (s *Service) now() time.Time { return s.config.Clock.Now().Truncate(time.Second) }

// audit is an entry about an operator or a token.
func audit(actor, action, object string, at time.Time) store.AuditEntry {
	return store.AuditEntry{Owner: store.Platform, At: at, Actor: actor, Action: action, Object: object}
}

// actorOf is what the audit calls an operator.
func actorOf(name string) string { return "operator:" + name }

// Operators returns a page of operators in the order of their names.
func (s *Service) Operators(ctx context.Context, after string, limit int) (page []operator.Operator, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		page, err = tx.Operators(ctx, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	return page, nil
}

// Operator returns an operator, or ErrUnknown.
func (s *Service) Operator(ctx context.Context, name string) (o operator.Operator, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		o, err = find(ctx, tx, name)
		return err
	})
	if err != nil {
		return operator.Operator{}, fmt.Errorf("operator: %w", err)
	}
	return o, nil
}

func find(ctx context.Context, tx store.ReadTx, name string) (operator.Operator, error) {
	o, err := tx.Operator(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return operator.Operator{}, ErrUnknown.At("name", name)
	}
	return o, err
}

// change locks the operators, finds one, lets fn change it, and writes it with an entry of the
// audit.
func (s *Service) change(ctx context.Context, by Deed, fn func(tx store.Tx, o *operator.Operator) error) (o operator.Operator, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		o, err = s.changeIn(ctx, tx, by, fn)
		return err
	})
	return o, err
}

// changeIn is change in a transaction.
func (s *Service) changeIn(
	ctx context.Context, tx store.Tx, by Deed, fn func(tx store.Tx, o *operator.Operator) error,
) (o operator.Operator, err error) {
	if err := tx.LockOperators(ctx); err != nil {
		return o, err
	}
	if o, err = find(ctx, tx, by.Name); err != nil {
		return o, err
	}
	was := o
	if err := fn(tx, &o); err != nil {
		return o, err
	}
	if err := tx.UpdateOperator(ctx, o); err != nil {
		return o, err
	}
	entry := audit(by.Actor, by.action, "operator/"+by.Name, s.now())
	entry.Before, entry.After = trail.Between(said(&was), said(&o))
	return o, tx.AppendAudit(ctx, []store.AuditEntry{entry})
}

// said is what the audit says about an operator: nothing that lets anyone in.
func said(o *operator.Operator) any {
	passkeys := []string{}
	for i := range o.Passkeys {
		passkeys = append(passkeys, o.Passkeys[i].Name)
	}
	return struct {
		Display   string          `json:"display"`
		Roles     []operator.Role `json:"roles"`
		Suspended bool            `json:"suspended"`
		TOTP      bool            `json:"totp"`
		Passkeys  []string        `json:"passkeys"`
	}{o.Display, o.Roles, o.Suspended, o.TOTP, passkeys}
}

// Deed is what is done to an operator, and by whom.
type Deed struct {
	Actor string
	Name  string
	// action is the id of the operation, for the audit.
	action string
}

// MadeCall is a call of the signed API that somebody makes as a merchant.
type MadeCall struct {
	Actor     string
	Merchant  merchant.ID
	Operation string
}

// NoteCall writes into the merchant's audit who makes a call as it. It comes before the call:
// nothing is done without a trace, though some of what is noted is refused.
func (s *Service) NoteCall(ctx context.Context, c MadeCall) error {
	entry := audit(c.Actor, "manage.calls.make", "call/"+c.Operation, s.now())
	entry.Owner = c.Merchant
	if err := s.config.Store.Write(ctx, func(tx store.Tx) error { return tx.AppendAudit(ctx, []store.AuditEntry{entry}) }); err != nil {
		return fmt.Errorf("note call: %w", err)
	}
	return nil
}

// Invited is an operator with a link's secret, which is shown once.
type Invited struct {
	operator.Operator
	// Invitation lets the person choose a password, until Expires.
	Invitation string
	Expires    time.Time
}

// Addition adds an operator.
type Addition struct {
	Actor, Name, Display string
	Roles                []operator.Role
}

// Add adds an operator and returns an invitation for the person. It is refused with
// operator.ErrName, operator.ErrDisplay or ErrTaken.
func (s *Service) Add(ctx context.Context, a Addition) (added Invited, err error) {
	if err := errors.Join(operator.CheckName(a.Name), operator.CheckDisplay(a.Display)); err != nil {
		return Invited{}, fmt.Errorf("add operator: %w", err)
	}
	now := s.now()
	o := operator.Operator{Name: a.Name, Display: a.Display, Roles: a.Roles, Created: now}
	invitation := newSecret()
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		switch _, err := tx.Operator(ctx, a.Name); {
		case err == nil:
			return ErrTaken.At("name", a.Name)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		return store.InOrder(
			func() error { return tx.InsertOperator(ctx, o) },
			func() error { return s.invite(ctx, tx, a.Actor, a.Name, invitation) },
			func() error {
				entry := audit(a.Actor, "manage.operators.add", "operator/"+a.Name, now)
				_, entry.After = trail.Between(nil, said(&o))
				return tx.AppendAudit(ctx, []store.AuditEntry{entry})
			},
		)
	})
	if err != nil {
		return Invited{}, fmt.Errorf("add operator: %w", err)
	}
	return Invited{Operator: o, Invitation: invitation, Expires: now.Add(operator.InvitationLife)}, nil
}

// invite replaces the invitations of a name by a new one.
func (s *Service) invite(ctx context.Context, tx store.Tx, actor, name, secret string) error {
	now := s.now()
	return store.InOrder(
		func() error { return tx.DropCredentials(ctx, operator.Invitation, name) },
		func() error {
			return tx.InsertCredentials(ctx, []operator.Credential{{
				Digest: operator.DigestOf(secret), Kind: operator.Invitation, Name: name, By: actor,
				Created: now, Expires: now.Add(operator.InvitationLife),
			}})
		},
	)
}

// Invite returns a new invitation for an operator: whoever takes it chooses a password and
// begins without a second factor. What the operator has now counts until then.
func (s *Service) Invite(ctx context.Context, by Deed) (Invited, error) {
	by.action = "manage.operators.invite"
	invitation := newSecret()
	o, err := s.change(ctx, by, func(tx store.Tx, _ *operator.Operator) error {
		return s.invite(ctx, tx, by.Actor, by.Name, invitation)
	})
	if err != nil {
		return Invited{}, fmt.Errorf("invite operator: %w", err)
	}
	return Invited{Operator: o, Invitation: invitation, Expires: s.now().Add(operator.InvitationLife)}, nil
}

// Change changes an operator. What is nil stays as it is.
type Change struct {
	Deed

	Display   *string
	Roles     []operator.Role
	Suspended *bool
}

// Change changes an operator and returns it. Who loses a role or is suspended has to sign in
// again. It is refused with ErrUnknown, operator.ErrDisplay or ErrLastAdmin.
func (s *Service) Change(ctx context.Context, c Change) (operator.Operator, error) {
	c.action = "manage.operators.change"
	o, err := s.change(ctx, c.Deed, func(tx store.Tx, o *operator.Operator) error {
		before := *o
		if c.Display != nil {
			if err := operator.CheckDisplay(*c.Display); err != nil {
				return err
			}
			o.Display = *c.Display
		}
		if c.Roles != nil {
			o.Roles = c.Roles
		}
		if c.Suspended != nil {
			o.Suspended = *c.Suspended
		}
		if slices.Equal(before.Roles, o.Roles) && before.Suspended == o.Suspended {
			return nil
		}
		if err := keepsAdmin(ctx, tx, o); err != nil {
			return err
		}
		return tx.DropCredentials(ctx, operator.Session, o.Name)
	})
	if err != nil {
		return operator.Operator{}, fmt.Errorf("change operator: %w", err)
	}
	return o, nil
}

// keepsAdmin reports ErrLastAdmin when nobody could say who may do what once an operator is as
// it is given.
func keepsAdmin(ctx context.Context, tx store.ReadTx, changed *operator.Operator) error {
	after := ""
	for {
		page, err := tx.Operators(ctx, after, MaxPage)
		if err != nil {
			return err
		}
		for _, o := range page {
			if o.Name == changed.Name {
				o = *changed
			}
			if !o.Suspended && operator.May(o.Roles, operator.Operators) {
				return nil
			}
		}
		if len(page) < MaxPage {
			return ErrLastAdmin
		}
		after = page[len(page)-1].Name
	}
}
