package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// Refusals about passkeys. One text for all that is wrong tells nobody which keys there are.
var (
	// ErrPasskeyNeeded asks for the operator's passkey, after the right password.
	ErrPasskeyNeeded = fault.New(fault.Unauthenticated, "请使用通行密钥登录", "Sign in with your passkey.").At("passkey", "")
	// ErrPasskey refuses a passkey that lets nobody in, or one that answers too late.
	ErrPasskey = fault.New(fault.Unauthenticated,
		"通行密钥未通过验证：它可能已被移除，或等待时间过长，请重试", "The passkey does not let you in: it may have been removed, or it took too long. Try again.")
	// ErrPasskeyCopied refuses a passkey whose count went back.
	ErrPasskeyCopied = fault.New(fault.Unauthenticated,
		"该通行密钥的使用计数倒退，可能已被复制。请用其他方式登录，并移除这个通行密钥",
		"The passkey's count went back: somebody may have a copy of it. Use another way to sign in, and remove it.")
	// ErrNewPasskey refuses a new passkey that is not what was asked for.
	ErrNewPasskey = fault.New(fault.Refused, "未能添加通行密钥，请重试", "The passkey was not added. Try again.")
	// ErrPasskeyThere refuses a passkey that somebody has already.
	ErrPasskeyThere = fault.New(fault.Refused, "这个通行密钥已经添加过", "This passkey was added before.")
	// ErrPasskeys refuses more passkeys than anybody needs.
	ErrPasskeys = fault.New(fault.Refused, "最多添加10个通行密钥，请先移除不用的", "There are 10 passkeys already. Remove one that you do not use.")
	// ErrNoPasskey is the answer to an id that no passkey of the operator has.
	ErrNoPasskey = fault.New(fault.NotFound, "没有这个通行密钥", "There is no such passkey.")
)

// Handle is what a device knows an operator by. It does not tell the name to whoever finds the device.
func Handle(name string) []byte {
	d := sha256.Sum256([]byte("favord operator\x00" + name))
	return d[:]
}

// passkeyDigest is where it is kept whose passkey has an id.
func passkeyDigest(id string) operator.Digest { return operator.DigestOf("passkey\x00" + id) }

// PasskeyID names a passkey for people, and is not what the device calls it.
func PasskeyID(p *operator.Passkey) string {
	d := passkeyDigest(p.ID)
	return hex.EncodeToString(d[:8])
}

// PasskeyHost is the host of the pages that a passkey is for.
func PasskeyHost(p *operator.Passkey) string {
	k, _ := keyOf(p)
	return k.Party
}

// PasskeySynced reports whether other devices of its owner have a passkey, too.
func PasskeySynced(p *operator.Passkey) bool {
	k, _ := keyOf(p)
	return k.Synced
}

func keyOf(p *operator.Passkey) (k webauthn.Key, err error) {
	if err := json.Unmarshal(p.Content, &k); err != nil {
		return k, fmt.Errorf("decode passkey: %w", err)
	}
	return k, nil
}

// Ceremony is what a browser is asked for a new passkey.
type Ceremony struct {
	Challenge string
	// Handle says whose it is to be, Known which ids that operator has.
	Handle []byte
	Known  []string
}

// BeginPasskey returns a challenge for a passkey of whomever it is. It costs and counts nothing: pages
// ask before anybody has touched them.
func (s *Service) BeginPasskey(party webauthn.Party) (challenge string) { return s.question(party.ID) }

// Shown is a passkey that somebody shows.
type Shown struct {
	Party webauthn.Party
	// ID is what the device calls the key, Handle what it calls the operator.
	ID, Handle []byte
	webauthn.Assertion

	// Address and Agent are where it comes from.
	Address, Agent string
}

// PasskeySignIn begins a session for whomever a passkey belongs to. It needs no password: the device
// has made sure of the person. It is refused with ErrPasskey or ErrPasskeyCopied, or for a while after
// failures of the address.
func (s *Service) PasskeySignIn(ctx context.Context, p Shown) (SignedIn, error) {
	in := SignedIn{Secret: newSecret()}
	err := s.shown(ctx, p, func(tx store.Tx, o operator.Operator) error {
		in.Operator = o
		return s.enter(ctx, tx, o, Login{Name: o.Name, Address: p.Address, Agent: p.Agent}, "manage.sessions.passkey", in.Secret)
	})
	if err != nil {
		return SignedIn{}, fmt.Errorf("sign in with a passkey: %w", err)
	}
	return in, nil
}

// ProvePasskey notes that the operator of a session has shown a passkey, which is as good as the
// password. It is refused with ErrPasskey, also for that of another operator, or ErrPasskeyCopied.
func (s *Service) ProvePasskey(ctx context.Context, who Signed, p Shown) error {
	err := s.shown(ctx, p, func(tx store.Tx, o operator.Operator) error {
		if o.Name != who.Operator.Name {
			return ErrPasskey
		}
		who.Session.Proven = s.now()
		return store.InOrder(
			func() error { return tx.UpdateOperator(ctx, o) },
			func() error { return tx.UpdateCredential(ctx, who.Session) },
			func() error { return tx.PutFailures(ctx, operator.Failures{Subject: byAddress(p.Address)}) },
		)
	})
	if err != nil {
		return fmt.Errorf("prove with a passkey: %w", err)
	}
	return nil
}

// shown looks at a passkey and goes on with its operator, in whom the use is noted already. It counts
// as a try from the address until then takes that back.
func (s *Service) shown(ctx context.Context, p Shown, then func(store.Tx, operator.Operator) error) error {
	take := func(tx store.Tx, challenge string) (bool, error) {
		if err := s.try(ctx, tx, byAddress(p.Address)); err != nil {
			return false, err
		}
		return s.takeQuestion(ctx, tx, challenge, p.Party.ID)
	}
	return s.answered(ctx, p.ClientData, take, func(tx store.Tx, challenge string) error {
		o, i, err := s.owner(ctx, tx, &p)
		if err != nil {
			return err
		}
		o.Passkeys = slices.Clone(o.Passkeys)
		if o.Passkeys[i].Content, err = used(p.Party, challenge, &o.Passkeys[i], &p.Assertion); err != nil {
			return err
		}
		return then(tx, o)
	})
}

// owner returns whose passkey is shown, and which of the operator's it is.
func (s *Service) owner(ctx context.Context, tx store.ReadTx, p *Shown) (o operator.Operator, i int, err error) {
	id := base64.RawURLEncoding.EncodeToString(p.ID)
	kept, err := tx.Credential(ctx, passkeyDigest(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && kept.Kind != operator.PasskeyOwner {
		return o, 0, ErrPasskey
	}
	if err != nil {
		return o, 0, err
	}
	if o, err = tx.Operator(ctx, kept.Name); errors.Is(err, store.ErrNotFound) {
		return o, 0, ErrPasskey
	}
	if err != nil {
		return o, 0, err
	}
	i = slices.IndexFunc(o.Passkeys, func(one operator.Passkey) bool { return one.ID == id })
	if i < 0 || o.Suspended || !slices.Equal(p.Handle, Handle(o.Name)) {
		return o, 0, ErrPasskey
	}
	return o, i, nil
}

// used returns the key as it is kept after a use.
func used(party webauthn.Party, challenge string, kept *operator.Passkey, a *webauthn.Assertion) ([]byte, error) {
	k, err := keyOf(kept)
	if err != nil {
		return nil, err
	}
	k, err = party.Assert(challenge, k, a)
	switch {
	case errors.Is(err, webauthn.ErrCopied):
		return nil, errors.Join(ErrPasskeyCopied, err)
	case err != nil:
		return nil, errors.Join(ErrPasskey, err)
	}
	return encoded(k)
}

func encoded(k webauthn.Key) ([]byte, error) {
	content, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("encode passkey: %w", err)
	}
	return content, nil
}

// maxPasskeys is how many passkeys an operator may have.
const maxPasskeys = 10

// BeginAddition asks for a new passkey of an operator who has signed in. An earlier question counts no
// more.
func (s *Service) BeginAddition(ctx context.Context, who Signed, party webauthn.Party) (c Ceremony, err error) {
	c = Ceremony{Handle: Handle(who.Operator.Name)}
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		o, err := find(ctx, tx, who.Operator.Name)
		if err != nil {
			return err
		}
		if len(o.Passkeys) >= maxPasskeys {
			return ErrPasskeys
		}
		c.Known = nil
		for _, one := range o.Passkeys {
			c.Known = append(c.Known, one.ID)
		}
		if err := tx.DropCredentials(ctx, operator.Ceremony, o.Name); err != nil {
			return err
		}
		c.Challenge, err = s.beginAddition(ctx, tx, o.Name, party.ID)
		return err
	})
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin with a new passkey: %w", err)
	}
	return c, nil
}

// NewPasskey is a passkey that an operator adds.
type NewPasskey struct {
	Party webauthn.Party
	// Name is what its owner calls it.
	Name string
	webauthn.Creation
}

// AddPasskey adds a passkey and returns it. It is refused with ErrNewPasskey, ErrPasskeyThere or
// ErrPasskeys.
func (s *Service) AddPasskey(ctx context.Context, who Signed, n NewPasskey) (added operator.Passkey, err error) {
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.passkeys.add"}
	take := func(tx store.Tx, challenge string) (bool, error) {
		return s.takeAddition(ctx, tx, challenge, who.Operator.Name, n.Party.ID)
	}
	err = s.answered(ctx, n.ClientData, take, func(tx store.Tx, challenge string) error {
		if added, err = s.made(challenge, &n); err != nil {
			return err
		}
		_, err := s.changeIn(ctx, tx, by, func(tx store.Tx, o *operator.Operator) error { return keep(ctx, tx, o, added) })
		return err
	})
	if errors.Is(err, ErrPasskey) { // whoever has signed in is none the worse
		err = ErrNewPasskey
	}
	if err != nil {
		return operator.Passkey{}, fmt.Errorf("add passkey: %w", err)
	}
	return added, nil
}

// made is a new passkey as it is kept, or ErrNewPasskey.
func (s *Service) made(challenge string, n *NewPasskey) (operator.Passkey, error) {
	k, err := n.Party.Create(challenge, &n.Creation)
	if err != nil {
		return operator.Passkey{}, errors.Join(ErrNewPasskey, err)
	}
	content, err := encoded(k)
	return operator.Passkey{
		ID: base64.RawURLEncoding.EncodeToString(n.ID), Name: n.Name, Created: s.now().UTC(), Content: content,
	}, err
}

// never is when it ends to be known whose a passkey is: when it is removed.
func never() time.Time { return time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC) }

// keep gives an operator a passkey that nobody has.
func keep(ctx context.Context, tx store.Tx, o *operator.Operator, added operator.Passkey) error {
	if len(o.Passkeys) >= maxPasskeys {
		return ErrPasskeys
	}
	switch _, err := tx.Credential(ctx, passkeyDigest(added.ID)); {
	case err == nil:
		return ErrPasskeyThere
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	o.Passkeys = append(slices.Clone(o.Passkeys), added)
	return tx.InsertCredentials(ctx, []operator.Credential{{
		Digest: passkeyDigest(added.ID), Kind: operator.PasskeyOwner, Name: o.Name, By: actorOf(o.Name), Created: added.Created, Expires: never(),
	}})
}

// RenamePasskey calls one of one's own passkeys something else, or reports ErrNoPasskey.
func (s *Service) RenamePasskey(ctx context.Context, who Signed, id, label string) (renamed operator.Passkey, err error) {
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.passkeys.rename"}
	_, err = s.change(ctx, by, func(_ store.Tx, o *operator.Operator) error {
		i, err := passkeyOf(o, id)
		if err != nil {
			return err
		}
		o.Passkeys = slices.Clone(o.Passkeys)
		o.Passkeys[i].Name = label
		renamed = o.Passkeys[i]
		return nil
	})
	if err != nil {
		return operator.Passkey{}, fmt.Errorf("rename passkey: %w", err)
	}
	return renamed, nil
}

// passkeyOf says which of an operator's passkeys has an id, or reports ErrNoPasskey.
func passkeyOf(o *operator.Operator, id string) (int, error) {
	i := slices.IndexFunc(o.Passkeys, func(one operator.Passkey) bool { return PasskeyID(&one) == id })
	if i < 0 {
		return i, ErrNoPasskey.At("passkey_id", id)
	}
	return i, nil
}

// RemovePasskey removes one of one's own passkeys by its id, or reports ErrNoPasskey.
func (s *Service) RemovePasskey(ctx context.Context, who Signed, id string) error {
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.passkeys.remove"}
	return s.removePasskey(ctx, by, id, func(store.Tx) error { return nil })
}

// RemoveLostPasskey removes a passkey of an operator who has lost it, and ends the operator's
// sessions: whoever found the device may be in one. It is refused with ErrUnknown or ErrNoPasskey.
func (s *Service) RemoveLostPasskey(ctx context.Context, by Deed, id string) error {
	by.action = "manage.operators.passkeys.remove"
	return s.removePasskey(ctx, by, id, func(tx store.Tx) error { return tx.DropCredentials(ctx, operator.Session, by.Name) })
}

func (s *Service) removePasskey(ctx context.Context, by Deed, id string, then func(store.Tx) error) error {
	_, err := s.change(ctx, by, func(tx store.Tx, o *operator.Operator) error {
		i, err := passkeyOf(o, id)
		if err != nil {
			return err
		}
		if err := tx.DropCredential(ctx, passkeyDigest(o.Passkeys[i].ID)); err != nil {
			return err
		}
		o.Passkeys = slices.Delete(slices.Clone(o.Passkeys), i, i+1)
		return then(tx)
	})
	if err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	return nil
}
