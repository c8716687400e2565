package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// firstRun is the name under which the invitation of the first run is kept: none.
const firstRun = ""

// FirstRun returns an invitation for the first operator, who chooses a name and becomes an admin;
// empty once there is an operator. An earlier one counts no more.
func (s *Service) FirstRun(ctx context.Context) (invitation string, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		invitation = ""
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		there, err := tx.Operators(ctx, "", 1)
		if err != nil || len(there) > 0 {
			return err
		}
		invitation = newSecret()
		return s.invite(ctx, tx, "system:first-run", firstRun, invitation)
	})
	if err != nil {
		return "", fmt.Errorf("first run: %w", err)
	}
	return invitation, nil
}

// HasOperators reports whether there is an operator at all.
func (s *Service) HasOperators(ctx context.Context) (has bool, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		there, err := tx.Operators(ctx, "", 1)
		has = len(there) > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("operators: %w", err)
	}
	return has, nil
}

// Acceptance takes an invitation.
type Acceptance struct {
	Invitation string
	// Name and Display are chosen by the first operator only.
	Name, Display string
	Password      string
}

// Accept takes an invitation, once: the operator has a new password and no second factor, and
// nobody is signed in as it. It is refused with ErrInvitation, operator.ErrName,
// operator.ErrDisplay or operator.ErrPassword.
func (s *Service) Accept(ctx context.Context, a Acceptance) (o operator.Operator, err error) {
	if err := operator.CheckPassword(a.Password); err != nil {
		return operator.Operator{}, fmt.Errorf("accept invitation: %w", err)
	}
	if _, err := s.invitation(ctx, a.Invitation); err != nil { // before the costly hash
		return operator.Operator{}, fmt.Errorf("accept invitation: %w", err)
	}
	password, err := s.hashOf(ctx, a.Password)
	if err != nil {
		return operator.Operator{}, fmt.Errorf("accept invitation: %w", err)
	}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		invited, err := valid(ctx, tx, a.Invitation, operator.Invitation, s)
		if err != nil {
			return err
		}
		if o, err = s.accepted(ctx, tx, invited.Name, a); err != nil {
			return err
		}
		o.Proofs = operator.Proofs{Password: password}
		return store.InOrder(
			func() error { return tx.UpdateOperator(ctx, o) },
			func() error { return tx.DropCredentials(ctx, operator.Invitation, invited.Name) },
			func() error { return tx.DropCredentials(ctx, operator.Session, o.Name) },
			func() error { return tx.DropCredentials(ctx, operator.PasskeyOwner, o.Name) },
			func() error { return tx.PutFailures(ctx, operator.Failures{Subject: byName(o.Name)}) },
			func() error {
				return tx.AppendAudit(ctx, []store.AuditEntry{audit(actorOf(o.Name), "manage.invitations.accept", "operator/"+o.Name, s.now())})
			},
		)
	})
	if err != nil {
		return operator.Operator{}, fmt.Errorf("accept invitation: %w", err)
	}
	return o, nil
}

// accepted returns the operator who takes an invitation: the first one is made.
func (s *Service) accepted(ctx context.Context, tx store.Tx, name string, a Acceptance) (operator.Operator, error) {
	if name != firstRun {
		return find(ctx, tx, name)
	}
	if there, err := tx.Operators(ctx, "", 1); err != nil || len(there) > 0 {
		return operator.Operator{}, errors.Join(ErrInvitation, err)
	}
	if err := errors.Join(operator.CheckName(a.Name), operator.CheckDisplay(a.Display)); err != nil {
		return operator.Operator{}, err
	}
	o := operator.Operator{Name: a.Name, Display: a.Display, Roles: []operator.Role{operator.Admin}, Created: s.now()}
	return o, tx.InsertOperator(ctx, o)
}

// Invitation tells for whom an invitation is: an empty name is for the first operator. It is
// refused with ErrInvitation.
func (s *Service) Invitation(ctx context.Context, secret string) (o operator.Operator, err error) {
	invited, err := s.invitation(ctx, secret)
	if err != nil || invited.Name == firstRun {
		return operator.Operator{}, err
	}
	return s.Operator(ctx, invited.Name)
}

func (s *Service) invitation(ctx context.Context, secret string) (c operator.Credential, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		c, err = valid(ctx, tx, secret, operator.Invitation, s)
		return err
	})
	return c, err
}

// valid returns the credential of a secret, or ErrInvitation when it is of another kind or over.
func valid(ctx context.Context, tx store.ReadTx, secret string, kind operator.Kind, s *Service) (operator.Credential, error) {
	c, err := tx.Credential(ctx, operator.DigestOf(secret))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return operator.Credential{}, ErrInvitation
	case err != nil:
		return operator.Credential{}, err
	case c.Kind != kind || c.Over(s.now()):
		return operator.Credential{}, ErrInvitation
	}
	return c, nil
}
