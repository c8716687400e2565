package audit

import (
	"context"
	"fmt"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// MaxPiece is how many entries a piece may have.
const MaxPiece = 10_000

// Piece asks to follow a part of a merchant's chain, behind a seal. Limit is 1 to MaxPiece.
type Piece struct {
	Owner merchant.ID
	// Behind is Last of the piece before; the zero Seal begins with the first entry.
	Behind trail.Seal
	Limit  int64
}

// Followed says how a piece looks.
type Followed struct {
	// Last is the seal of its last entry, Entries is how many it has.
	Last    trail.Seal
	Entries int64
	// Ended says that the chain has no more, and was compared with its head.
	Ended bool
	// Flaw is the first thing that is wrong, at Place; Whole when nothing is.
	Flaw  trail.Flaw
	Place int64
}

// Follow proves a piece of a chain, as Verify does it for all chains.
func (s *Service) Follow(ctx context.Context, p Piece) (Followed, error) {
	var got Followed
	if err := s.config.Store.Read(ctx, func(tx store.ReadTx) (err error) {
		got, err = follow(ctx, tx, p)
		return err
	}); err != nil {
		return Followed{}, fmt.Errorf("follow audit: %w", err)
	}
	return got, nil
}

func follow(ctx context.Context, tx store.ReadTx, p Piece) (got Followed, err error) {
	chain := trail.Chain{Owner: p.Owner, Last: p.Behind}
	note := func(flaw trail.Flaw, place int64) {
		if got.Flaw == trail.Whole {
			got.Flaw, got.Place = flaw, place
		}
	}
	for !got.Ended && chain.Entries < p.Limit {
		size := min(MaxPage, p.Limit-chain.Entries)
		entries, err := tx.SealedAudit(ctx, p.Owner, chain.Last.Place, size)
		if err != nil {
			return got, err
		}
		for i := range entries {
			note(chain.Next(&entries[i]))
		}
		got.Ended = int64(len(entries)) < size
	}
	got.Last, got.Entries = chain.Last, chain.Entries
	if !got.Ended {
		return got, nil
	}
	head, err := tx.AuditHead(ctx, p.Owner)
	note(chain.End(head.Seal))
	return got, err
}
