package store

import (
	"context"

	"github.com/favord/favord/internal/rule/operator"
)

// CredentialQuery asks for a page of credentials of one kind, in the order of their names and
// digests.
type CredentialQuery struct {
	Kind operator.Kind
	// Name narrows the list to one operator, or to one token; empty is all.
	Name string
	// Limit must be positive.
	Limit int
}

// OperatorReader reads operators and what they show.
type OperatorReader interface {
	// Operator returns an operator, or ErrNotFound.
	Operator(ctx context.Context, name string) (operator.Operator, error)
	// Operators returns up to limit operators in the order of their names, those after the given
	// one.
	Operators(ctx context.Context, after string, limit int) ([]operator.Operator, error)
	// Credential returns a credential, or ErrNotFound.
	Credential(ctx context.Context, d operator.Digest) (operator.Credential, error)
	// Credentials lists credentials, those that are over, too.
	Credentials(ctx context.Context, q CredentialQuery) ([]operator.Credential, error)
	// Failures returns how often a subject tried in vain; none is no error.
	Failures(ctx context.Context, subject string) (operator.Failures, error)
}

// OperatorWriter changes operators and what they show.
type OperatorWriter interface {
	// LockOperators lets one transaction at a time change operators: it comes before their
	// reading.
	LockOperators(ctx context.Context) error
	// InsertOperator adds an operator with a name that is new.
	InsertOperator(ctx context.Context, o operator.Operator) error
	// UpdateOperator replaces everything but name and time of creation. It reports ErrNotFound.
	UpdateOperator(ctx context.Context, o operator.Operator) error
	// InsertCredentials adds credentials.
	InsertCredentials(ctx context.Context, list []operator.Credential) error
	// UpdateCredential replaces when it was seen and proven. It reports ErrNotFound.
	UpdateCredential(ctx context.Context, c operator.Credential) error
	// DropCredentials forgets all of a kind that have a name.
	DropCredentials(ctx context.Context, kind operator.Kind, name string) error
	// DropCredential forgets one; when there is none nothing changes.
	DropCredential(ctx context.Context, d operator.Digest) error
	// PutFailures replaces the count of a subject.
	PutFailures(ctx context.Context, f operator.Failures) error
}
