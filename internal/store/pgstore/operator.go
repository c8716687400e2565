package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Operator(ctx context.Context, name string) (operator.Operator, error) {
	return row.First(t.operatorsWhere(ctx, `
		select `+row.OperatorColumns+`
		from operator
		where name = $1`, name))
}

func (t *tx) Operators(ctx context.Context, after string, limit int) ([]operator.Operator, error) {
	return t.operatorsWhere(ctx, `
		select `+row.OperatorColumns+`
		from operator
		where name > $1
		order by name
		limit $2`, after, limit)
}

func (t *tx) operatorsWhere(ctx context.Context, query string, args ...any) (found []operator.Operator, err error) {
	err = t.rows(ctx, query, args, row.Into(&found, row.Operator))
	return found, err
}

func (t *tx) Credential(ctx context.Context, d operator.Digest) (operator.Credential, error) {
	return row.First(t.credentialsWhere(ctx, `
		select `+row.CredentialColumns+`
		from credential
		where digest = $1`, d[:]))
}

// Credentials uses the index credential_by_name.
func (t *tx) Credentials(ctx context.Context, q store.CredentialQuery) ([]operator.Credential, error) {
	if q.Name == "" {
		return t.credentialsWhere(ctx, `
			select `+row.CredentialColumns+`
			from credential
			where kind = $1
			order by name, digest
			limit $2`, q.Kind, q.Limit)
	}
	return t.credentialsWhere(ctx, `
		select `+row.CredentialColumns+`
		from credential
		where kind = $1 and name = $2
		order by digest
		limit $3`, q.Kind, q.Name, q.Limit)
}

func (t *tx) credentialsWhere(ctx context.Context, query string, args ...any) (found []operator.Credential, err error) {
	err = t.rows(ctx, query, args, row.Into(&found, row.Credential))
	return found, err
}

func (t *tx) Failures(ctx context.Context, subject string) (operator.Failures, error) {
	var found []operator.Failures
	err := t.rows(ctx, `
		select subject, count, last_at
		from sign_in_failure
		where subject = $1`, []any{subject}, row.Into(&found, row.Failures))
	if err != nil || len(found) == 0 {
		return operator.Failures{Subject: subject}, err
	}
	return found[0], nil
}

// LockOperators takes an advisory lock: there may be no row yet.
func (t *tx) LockOperators(_ context.Context) error {
	t.later(`select pg_advisory_xact_lock($1)`, operatorsLock)
	return nil
}

// operatorsLock is the advisory lock of those who change operators: "operator" in ASCII.
const operatorsLock = 0x6f70657261746f72

func (t *tx) InsertOperator(_ context.Context, o operator.Operator) error {
	proofs, err := document.EncodeProofs(&o.Proofs)
	if err != nil {
		return err
	}
	t.later(`
		insert into operator (name, display, roles, suspended, created_at, proofs)
		values ($1, $2, $3, $4, $5, $6)`,
		o.Name, o.Display, document.EncodeRoles(o.Roles), o.Suspended, store.Seconds(o.Created), proofs)
	return nil
}

func (t *tx) UpdateOperator(_ context.Context, o operator.Operator) error {
	proofs, err := document.EncodeProofs(&o.Proofs)
	if err != nil {
		return err
	}
	t.laterOne(store.ErrNotFound, `
		update operator
		set display = $2, roles = $3, suspended = $4, proofs = $5
		where name = $1`,
		o.Name, o.Display, document.EncodeRoles(o.Roles), o.Suspended, proofs)
	return nil
}

func (t *tx) InsertCredentials(_ context.Context, list []operator.Credential) error {
	for i := range list {
		c := &list[i]
		t.later(`
			insert into credential (
				digest, kind, name, roles, created_at, expire_at, seen_at, proven_at, made_by, address, agent, content)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			c.Digest[:], c.Kind, c.Name, document.EncodeRoles(c.Roles), store.Seconds(c.Created), store.Seconds(c.Expires),
			store.Seconds(c.Seen), store.Seconds(c.Proven), c.By, c.Address, c.Agent, nonNil(c.Content))
	}
	return nil
}

func (t *tx) UpdateCredential(_ context.Context, c operator.Credential) error {
	t.laterOne(store.ErrNotFound, `
		update credential
		set seen_at = $2, proven_at = $3
		where digest = $1`,
		c.Digest[:], store.Seconds(c.Seen), store.Seconds(c.Proven))
	return nil
}

func (t *tx) DropCredentials(_ context.Context, kind operator.Kind, name string) error {
	t.later(`delete from credential where kind = $1 and name = $2`, kind, name)
	return nil
}

func (t *tx) DropCredential(_ context.Context, d operator.Digest) error {
	t.later(`delete from credential where digest = $1`, d[:])
	return nil
}

func (t *tx) PutFailures(_ context.Context, f operator.Failures) error {
	t.later(`
		insert into sign_in_failure (subject, count, last_at)
		values ($1, $2, $3)
		on conflict (subject) do update
		set count = excluded.count, last_at = excluded.last_at`,
		f.Subject, f.Count, store.Seconds(f.Last))
	return nil
}
