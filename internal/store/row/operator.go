package row

import (
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
)

// OperatorColumns are what Operator reads, in its order.
const OperatorColumns = `name, display, roles, suspended, created_at, proofs`

// Operator reads the OperatorColumns.
func Operator(scan Scan) (operator.Operator, error) {
	var o operator.Operator
	var roles, proofs string
	var created int64
	if err := scan(&o.Name, &o.Display, &roles, &o.Suspended, &created, &proofs); err != nil {
		return o, err
	}
	o.Roles, o.Created = document.DecodeRoles(roles), store.TimeOf(created)
	return o, document.DecodeProofs(proofs, &o.Proofs)
}

// CredentialColumns are what Credential reads, in its order.
//
//nolint:gosec // names of columns
const CredentialColumns = `
		digest, kind, name, roles, created_at, expire_at, seen_at, proven_at, made_by, address, agent, content`

// Credential reads the CredentialColumns.
func Credential(scan Scan) (operator.Credential, error) {
	var c operator.Credential
	var digest []byte
	var roles string
	var created, expires, seen, proven int64
	err := scan(&digest, &c.Kind, &c.Name, &roles, &created, &expires, &seen, &proven, &c.By, &c.Address, &c.Agent, &c.Content)
	copy(c.Digest[:], digest)
	c.Roles = document.DecodeRoles(roles)
	c.Created, c.Expires = store.TimeOf(created), store.TimeOf(expires)
	c.Seen, c.Proven = store.TimeOf(seen), store.TimeOf(proven)
	if len(c.Content) == 0 {
		c.Content = nil
	}
	return c, err
}

// Failures reads a subject, a count and a time.
func Failures(scan Scan) (operator.Failures, error) {
	var f operator.Failures
	var last int64
	err := scan(&f.Subject, &f.Count, &last)
	f.Last = store.TimeOf(last)
	return f, err
}
