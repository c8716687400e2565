package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// operatorCases are those of people who use the management port.
func operatorCases() map[string]func(*testing.T, store.Store) {
	return map[string]func(*testing.T, store.Store){
		"an operator comes back as it was stored":    testOperator,
		"a credential comes back as it was stored":   testCredential,
		"operators are changed one after the other":  testOperatorsLocked,
		"credentials that are over can be forgotten": testExpired,
	}
}

func someOperator(n int) operator.Operator {
	return operator.Operator{
		Name: few("name", n), Display: fmt.Sprint("d", n), Roles: []operator.Role{operator.Viewer, operator.Auditor},
		Suspended: n >= 4, Created: noon(),
		Proofs: operator.Proofs{
			Password: "$argon2id$", TOTP: true, TOTPStep: int64(n), Recovery: []string{"ab", "cd"},
			Passkeys: []operator.Passkey{{ID: "id", Name: "phone", Created: noon().UTC(), Content: []byte{1}}},
		},
	}
}

func someCredential(n int) operator.Credential {
	kinds := []operator.Kind{operator.Session, operator.Token}
	return operator.Credential{
		Digest: operator.DigestOf(few("secret", n)), Kind: kinds[n%2], Name: few("name", n/2), Roles: []operator.Role{operator.Viewer},
		Created: noon(), Expires: noon().Add(time.Duration(n) * time.Hour), Seen: noon().Add(time.Second), Proven: noon().Add(time.Minute),
		By: "operator:a", Address: "127.0.0.1", Agent: "Mozilla", Content: []byte{byte(n)},
	}
}

func operatorDeeds() []deed {
	return []deed{
		{"LockOperators", of(func(int) []any { return nil })},
		{"InsertOperator", of(func(n int) []any { return []any{someOperator(n)} })},
		{"UpdateOperator", of(func(n int) []any { return []any{someOperator(n)} })},
		{"InsertCredentials", of(func(n int) []any { return []any{[]operator.Credential{someCredential(n), someCredential(n + 1)}} })},
		{"UpdateCredential", of(func(n int) []any {
			c := someCredential(n)
			c.Seen, c.Proven = noon().Add(time.Duration(n)*time.Hour), noon()
			return []any{c}
		})},
		{"DropCredential", of(func(n int) []any { return []any{operator.DigestOf(few("secret", n))} })},
		{"DropCredentials", of(func(n int) []any { return []any{someCredential(n).Kind, few("name", n/2)} })},
		{"DropExpired", of(func(n int) []any {
			return []any{store.Ended{Before: noon().Add(time.Duration(3*n) * time.Hour), Limit: 1}}
		})},
		{"DropFailures", of(func(n int) []any {
			return []any{store.Ended{Before: noon().Add(time.Duration(n) * time.Minute), Limit: 1}}
		})},
		{"PutFailures", of(func(n int) []any {
			return []any{operator.Failures{Subject: few("name/", n), Count: n, Last: noon().Add(time.Duration(n) * time.Second)}}
		})},
	}
}

func operatorQuestions() (list []question) {
	for n := range 4 {
		list = append(list,
			question{"Operator", []any{few("name", n)}},
			question{"Operators", []any{few("name", n), 2}},
			question{"Credential", []any{operator.DigestOf(few("secret", n))}},
			question{"Credentials", []any{store.CredentialQuery{Kind: operator.Session, Name: few("name", n), Limit: 10}}},
			question{"Failures", []any{few("name/", n)}})
	}
	return append(list,
		question{"Operators", []any{"", 10}},
		question{"Credentials", []any{store.CredentialQuery{Kind: operator.Session, Limit: 10}}},
		question{"Credentials", []any{store.CredentialQuery{Kind: operator.Token, Limit: 1}}})
}

func testOperator(t *testing.T, s store.Store) {
	o := someOperator(1)
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.InsertOperator(ctx, o) })
	if err := s.Write(t.Context(), func(tx store.Tx) error { return tx.InsertOperator(t.Context(), o) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the name again gives %v", err)
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Operator(ctx, o.Name)
		if diff := cmp.Diff(o, got); diff != "" {
			t.Errorf("operator (-want +got):\n%s", diff)
		}
		if _, errOther := tx.Operator(ctx, "other"); !errors.Is(errOther, store.ErrNotFound) {
			t.Errorf("another one gives %v", errOther)
		}
		return err
	})
}

func testCredential(t *testing.T, s store.Store) {
	c := someCredential(1)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InsertCredentials(ctx, []operator.Credential{c})
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		got, err := tx.Credential(ctx, c.Digest)
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("credential (-want +got):\n%s", diff)
		}
		return err
	})
}

// testOperatorsLocked: who waits for the lock sees what the one before did.
func testOperatorsLocked(t *testing.T, s store.Store) {
	const writers = 8
	done := make(chan error, writers)
	for range writers {
		go func() {
			done <- s.Write(t.Context(), func(tx store.Tx) error {
				if err := tx.LockOperators(t.Context()); err != nil {
					return err
				}
				f, err := tx.Failures(t.Context(), "name/a")
				f.Another(noon())
				return errors.Join(err, tx.PutFailures(t.Context(), f))
			})
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		f, err := tx.Failures(ctx, "name/a")
		if f.Count != writers {
			t.Errorf("%d failures are counted", f.Count)
		}
		return err
	})
}

func testExpired(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		var errs []error
		for n := range 4 {
			errs = append(errs, tx.InsertCredentials(ctx, []operator.Credential{someCredential(n)}))
		}
		n, err := tx.DropExpired(ctx, store.Ended{Before: noon().Add(2 * time.Hour), Limit: 10})
		if n != 2 {
			t.Errorf("%d credentials are forgotten", n)
		}
		return errors.Join(append(errs, err)...)
	})
	read(t, s, func(ctx context.Context, tx store.ReadTx) error {
		for n := range 4 {
			if _, err := tx.Credential(ctx, someCredential(n).Digest); (err == nil) != (n >= 2) {
				t.Errorf("credential %d: %v", n, err)
			}
		}
		return nil
	})
}
