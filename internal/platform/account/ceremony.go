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

// ceremony is the state between the two steps of an addition.
type ceremony struct {
	Purpose string `json:"purpose"`
	// Party is the ID of the party that asked.
	Party string `json:"party"`
}

func additionFor(party string) ceremony { return ceremony{Purpose: "add", Party: party} }

// beginAddition keeps a challenge of an operator, which counts once and for operator.CeremonyLife.
func (s *Service) beginAddition(ctx context.Context, tx store.Tx, name, party string) (challenge string, err error) {
	content, err := json.Marshal(additionFor(party))
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

// takeAddition forgets a challenge, and reports whether it was asked for an addition and is answered
// in time.
func (s *Service) takeAddition(ctx context.Context, tx store.Tx, challenge, name, party string) (asked bool, err error) {
	c, err := tx.Credential(ctx, operator.DigestOf(challenge))
	if errors.Is(err, store.ErrNotFound) || err == nil && (c.Kind != operator.Ceremony || c.Name != name) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var kept ceremony
	if err := json.Unmarshal(c.Content, &kept); err != nil {
		return false, fmt.Errorf("decode ceremony: %w", err)
	}
	return kept == additionFor(party) && !c.Over(s.now()), tx.DropCredential(ctx, c.Digest)
}

// answered goes on with the challenge that a browser answers, if take finds that it was asked for this,
// in one transaction: a call whose outcome is unclear can be repeated. What is refused takes the
// challenge as well, so then refuses before it writes.
func (s *Service) answered(
	ctx context.Context, clientData []byte, take func(store.Tx, string) (bool, error), then func(tx store.Tx, challenge string) error,
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
		asked, err := take(tx, challenge)
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
