package document

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/favord/favord/internal/rule/operator"
)

// EncodeProofs returns the stored form of what an operator proves itself with.
func EncodeProofs(p *operator.Proofs) (string, error) {
	text, err := json.Marshal(p) //nolint:gosec // the password is a hash
	if err != nil {
		return "", fmt.Errorf("encode proofs: %w", err)
	}
	return string(text), nil
}

// DecodeProofs reads the stored form.
func DecodeProofs(text string, p *operator.Proofs) error {
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return fmt.Errorf("decode proofs: %w", err)
	}
	return nil
}

// EncodeRoles returns the stored form of roles.
func EncodeRoles(roles []operator.Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	return strings.Join(texts, ",")
}

// DecodeRoles reads the stored form; empty is none.
func DecodeRoles(text string) []operator.Role {
	if text == "" {
		return nil
	}
	var roles []operator.Role
	for one := range strings.SplitSeq(text, ",") {
		roles = append(roles, operator.Role(one))
	}
	return roles
}
