package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

const (
	// pause is how long the sealer rests when nothing waits: an entry gets its seal within a
	// second.
	pause = 500 * time.Millisecond
	// sealedAtOnce is how many entries one transaction seals, and so how long it keeps others
	// from writing on SQLite.
	sealedAtOnce = 200
	// ownersAtOnce is how many merchants one look finds.
	ownersAtOnce = 100
)

// Run seals what waits until ctx ends. Several nodes may run it.
func (s *Service) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if _, err := s.Seal(ctx); err != nil && ctx.Err() == nil {
			s.config.Log.Error("audit entries wait for their seals", telemetry.Cause(err))
		}
		timer.Reset(pause)
	}
}

// Seal seals everything that waits and returns how many entries that were. A merchant whose
// chain cannot go on keeps no other one waiting; one that another node seals is passed by.
func (s *Service) Seal(ctx context.Context) (sealed int64, err error) {
	owners, err := s.waitingOwn(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for unsealed entries: %w", err)
	}
	var failures []error
	for owner := store.Platform; ; {
		more, err := s.waitingOwners(ctx, owner)
		if err != nil {
			return sealed, errors.Join(append(failures, fmt.Errorf("look for unsealed entries: %w", err))...)
		}
		for _, owner = range append(owners, more...) {
			n, err := s.sealOwner(ctx, owner)
			sealed += n
			if err != nil {
				failures = append(failures, fmt.Errorf("seal the audit of %q: %w", owner, err))
			}
		}
		if owners = nil; len(more) < ownersAtOnce || ctx.Err() != nil {
			return sealed, errors.Join(failures...)
		}
	}
}

// waitingOwn lists the server itself when entries of its own chain wait: it is behind no merchant.
func (s *Service) waitingOwn(ctx context.Context) (owners []merchant.ID, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		list, err := tx.UnsealedAudit(ctx, store.Platform, 0, 1)
		owners = nil
		if len(list) > 0 {
			owners = []merchant.ID{store.Platform}
		}
		return err
	})
	return owners, err
}

func (s *Service) waitingOwners(ctx context.Context, after merchant.ID) (owners []merchant.ID, err error) {
	err = s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		owners, err = tx.UnsealedOwners(ctx, after, ownersAtOnce)
		return err
	})
	return owners, err
}

// sealOwner seals what waits of one merchant, piece by piece.
func (s *Service) sealOwner(ctx context.Context, owner merchant.ID) (sealed int64, err error) {
	for ctx.Err() == nil {
		n, err := s.sealPiece(ctx, owner)
		sealed += n
		if err != nil || n < sealedAtOnce {
			return sealed, err
		}
	}
	return sealed, nil
}

// sealPiece seals the entries that wait longest, under the lock of the head.
func (s *Service) sealPiece(ctx context.Context, owner merchant.ID) (n int64, err error) {
	err = s.config.Store.Write(ctx, func(tx store.Tx) error {
		n = 0
		head, mine, err := tx.LockAuditHead(ctx, owner)
		if err != nil || !mine {
			return err
		}
		entries, err := tx.UnsealedAudit(ctx, owner, 0, sealedAtOnce)
		if err != nil {
			return err
		}
		seals := make([]store.Sealed, len(entries))
		for i := range entries {
			head.Seal = entries[i].SealAt(head.Seal)
			seals[i] = store.Sealed{ID: entries[i].ID, Seal: head.Seal}
		}
		n = int64(len(seals))
		return tx.SealAudit(ctx, owner, seals)
	})
	return n, err
}
