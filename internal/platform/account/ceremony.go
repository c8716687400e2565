package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/favord/favord/internal/base/webauthn"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// What a ceremony is for.
const (
	toAdd  = "add"
	toShow = "show"
)

// ceremony is the state between the two steps of a ceremony.
type ceremony struct {
	Purpose string `json:"purpose"`
	// Party is the ID of the party that asked.
	Party string `json:"party"`
}

// begin keeps a challenge, which counts once and for operator.CeremonyLife.
func (s *Service) begin(ctx context.Context, tx store.Tx, name string, c ceremony) (challenge string, err error) {
	content, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode ceremony: %w", err)
	}
	challenge = newSecret()
	now := s.now()
	return challenge, tx.InsertCredentials(ctx, []operator.Credential{{
		Digest: operator.DigestOf(challenge), Kind: operator.Ceremony, Name: name, Created: now,
		Expires: now.Add(operator.CeremonyLife), Content: content,
	}})
}

// answered takes the challenge that a browser answers, if it was asked by this party for this, and goes
// on in the same transaction: a call whose outcome is unclear can be repeated. What is refused takes the
// challenge as well, so then refuses before it writes.
func (s *Service) answered(
	ctx context.Context, clientData []byte, name string, want ceremony, then func(tx store.Tx, challenge string) error,
) error {
	challenge, err := webauthn.ChallengeOf(clientData)
	if err != nil {
		return errors.Join(ErrPasskey, err)
	}
	var refusal error
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		refusal = nil
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		asked, err := s.take(ctx, tx, challenge, name, want)
		switch {
		case err != nil:
			return err
		case !asked:
			refusal = ErrPasskey
			return nil
		}
		if err = then(tx, challenge); isRefusal(err) {
			refusal, err = err, nil
		}
		return err
	})
	return cmp.Or(err, refusal)
}

// isRefusal reports a passkey that was looked at and refused.
func isRefusal(err error) bool {
	return slices.ContainsFunc([]error{ErrPasskey, ErrPasskeyCopied, ErrNewPasskey, ErrPasskeyThere, ErrPasskeys},
		func(one error) bool { return errors.Is(err, one) })
}

// take forgets a challenge, and reports whether it was asked and is answered in time.
func (s *Service) take(ctx context.Context, tx store.Tx, challenge, name string, want ceremony) (asked bool, err error) {
	c, err := tx.Credential(ctx, operator.DigestOf(challenge))
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Kind != operator.Ceremony {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var kept ceremony
	if err := json.Unmarshal(c.Content, &kept); err != nil {
		return false, fmt.Errorf("decode ceremony: %w", err)
	}
	return kept == want && c.Name == name && !c.Over(s.now()), tx.DropCredential(ctx, c.Digest)
}
