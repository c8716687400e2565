package memstore

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// people are those who use the management port, and what they show.
type people struct {
	operators   map[string]operator.Operator
	credentials map[operator.Digest]operator.Credential
	failures    map[string]operator.Failures
}

func newPeople() people {
	return people{
		operators: map[string]operator.Operator{}, credentials: map[operator.Digest]operator.Credential{},
		failures: map[string]operator.Failures{},
	}
}

func (t *tx) Operator(_ context.Context, name string) (operator.Operator, error) {
	o, found := t.data.operators[name]
	if !found {
		return operator.Operator{}, store.ErrNotFound
	}
	return o, nil
}

func (t *tx) Operators(_ context.Context, after string, limit int) ([]operator.Operator, error) {
	var page []operator.Operator
	for _, name := range slices.Sorted(maps.Keys(t.data.operators)) {
		if name > after && len(page) < limit {
			page = append(page, t.data.operators[name])
		}
	}
	return page, nil
}

func (t *tx) Credential(_ context.Context, d operator.Digest) (operator.Credential, error) {
	c, found := t.data.credentials[d]
	if !found {
		return operator.Credential{}, store.ErrNotFound
	}
	return c, nil
}

func (t *tx) Credentials(_ context.Context, q store.CredentialQuery) ([]operator.Credential, error) {
	var list []operator.Credential
	for _, c := range t.data.credentials {
		if c.Kind == q.Kind && (q.Name == "" || c.Name == q.Name) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b operator.Credential) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), bytes.Compare(a.Digest[:], b.Digest[:]))
	})
	return list[:min(q.Limit, len(list))], nil
}

func (t *tx) Failures(_ context.Context, subject string) (operator.Failures, error) {
	if f, found := t.data.failures[subject]; found {
		return f, nil
	}
	return operator.Failures{Subject: subject}, nil
}

// LockOperators has nothing to do: there is one lock for all.
func (t *tx) LockOperators(context.Context) error { return nil }

func (t *tx) InsertOperator(_ context.Context, o operator.Operator) error {
	if _, found := t.data.operators[o.Name]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.operators, o.Name, o)
	return nil
}

func (t *tx) UpdateOperator(_ context.Context, o operator.Operator) error {
	old, found := t.data.operators[o.Name]
	if !found {
		return store.ErrNotFound
	}
	o.Created = old.Created
	put(t, t.data.operators, o.Name, o)
	return nil
}

func (t *tx) InsertCredentials(_ context.Context, list []operator.Credential) error {
	for _, c := range list {
		if _, found := t.data.credentials[c.Digest]; found {
			return store.ErrDuplicate
		}
		put(t, t.data.credentials, c.Digest, c)
	}
	return nil
}

func (t *tx) UpdateCredential(_ context.Context, c operator.Credential) error {
	old, found := t.data.credentials[c.Digest]
	if !found {
		return store.ErrNotFound
	}
	old.Seen, old.Proven = c.Seen, c.Proven
	put(t, t.data.credentials, c.Digest, old)
	return nil
}

func (t *tx) DropCredentials(_ context.Context, kind operator.Kind, name string) error {
	for d, c := range t.data.credentials {
		if c.Kind == kind && c.Name == name {
			drop(t, t.data.credentials, d)
		}
	}
	return nil
}

func (t *tx) DropCredential(_ context.Context, d operator.Digest) error {
	drop(t, t.data.credentials, d)
	return nil
}

func (t *tx) PutFailures(_ context.Context, f operator.Failures) error {
	put(t, t.data.failures, f.Subject, f)
	return nil
}
