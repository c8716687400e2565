package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/trail"
	"github.com/favord/favord/internal/store"
)

// Finding is the first thing that is wrong with a chain.
type Finding struct {
	Owner merchant.ID
	Flaw  trail.Flaw
	// Place is where.
	Place int64
}

// Report is what a proof of the audit found.
type Report struct {
	// Chains is how many were followed, Entries how many sealed entries they have.
	Chains, Entries int64
	// Compared is how many seals that were kept outside were found as they were kept.
	Compared int64
	// Unsealed are entries that nobody has sealed yet, up to MaxPage of each merchant.
	Unsealed []trail.Entry
	Findings []Finding
}

// Sound reports whether nothing is wrong.
func (r *Report) Sound() bool { return len(r.Findings) == 0 }

// Verify follows all chains and compares them with seals that were kept outside the database.
// progress is told now and then how many entries were looked at.
func Verify(ctx context.Context, s store.Store, kept []trail.Head, progress func(entries int64)) (Report, error) {
	v := verification{store: s, kept: map[merchant.ID]map[int64]trail.Hash{}, progress: progress}
	for _, h := range kept {
		if v.kept[h.Owner] == nil {
			v.kept[h.Owner] = map[int64]trail.Hash{}
		}
		v.kept[h.Owner][h.Place] = h.Hash
	}
	owner := store.Platform
	for {
		if err := v.follow(ctx, owner); err != nil {
			return Report{}, fmt.Errorf("verify audit: %w", err)
		}
		next, err := v.nextOwner(ctx, owner)
		if err != nil {
			return Report{}, fmt.Errorf("verify audit: %w", err)
		}
		if next == store.Platform {
			break
		}
		owner = next
	}
	v.lost()
	return v.report, nil
}

// verification is one proof.
type verification struct {
	store    store.Store
	kept     map[merchant.ID]map[int64]trail.Hash
	progress func(int64)
	report   Report
	// found is the first flaw of the chain that is followed.
	found *Finding
}

// nextOwner is the next merchant that has entries or a head; Platform is none.
func (v *verification) nextOwner(ctx context.Context, after merchant.ID) (next merchant.ID, err error) {
	err = v.store.Read(ctx, func(tx store.ReadTx) error {
		sealed, errSealed := tx.SealedOwners(ctx, after, 1)
		unsealed, errUnsealed := tx.UnsealedOwners(ctx, after, 1)
		heads, errHeads := tx.AuditHeads(ctx, after, 1)
		if len(heads) > 0 {
			sealed = append(sealed, heads[0].Owner)
		}
		next = store.Platform
		if all := slices.Concat(sealed, unsealed); len(all) > 0 {
			next = slices.Min(all)
		}
		return errors.Join(errSealed, errUnsealed, errHeads)
	})
	return next, err
}

// follow goes through one chain and what waits behind it. The last piece is read together with
// the head, so that what is sealed meanwhile is no flaw.
func (v *verification) follow(ctx context.Context, owner merchant.ID) error {
	chain, ended := trail.Chain{Owner: owner}, false
	v.found = nil
	for after := int64(0); !ended; {
		var entries, unsealed []trail.Entry
		var head trail.Head
		if err := v.store.Read(ctx, func(tx store.ReadTx) (err error) {
			if entries, err = tx.SealedAudit(ctx, owner, after, MaxPage); err != nil || len(entries) == MaxPage {
				return err
			}
			ended = true
			if head, err = tx.AuditHead(ctx, owner); err != nil {
				return err
			}
			unsealed, err = tx.UnsealedAudit(ctx, owner, 0, MaxPage)
			return err
		}); err != nil {
			return err
		}
		for i := range entries {
			v.look(&chain, &entries[i])
			after = entries[i].Seal.Place
		}
		if ended {
			v.note(owner)(chain.End(head.Seal))
			v.report.Unsealed = append(v.report.Unsealed, unsealed...)
		}
		v.progress(v.report.Entries)
	}
	if chain.Entries > 0 {
		v.report.Chains++
	}
	if v.found != nil {
		v.report.Findings = append(v.report.Findings, *v.found)
	}
	return nil
}

// look compares an entry with the chain and with what was kept outside.
func (v *verification) look(chain *trail.Chain, e *trail.Entry) {
	v.report.Entries++
	v.note(e.Owner)(chain.Next(e))
	kept, is := v.kept[e.Owner][e.Seal.Place]
	if !is {
		return
	}
	if kept != e.Seal.Hash {
		v.note(e.Owner)(trail.FlawRewritten, e.Seal.Place)
	} else {
		v.report.Compared++
	}
	delete(v.kept[e.Owner], e.Seal.Place)
}

// note returns what keeps the first flaw of a chain.
func (v *verification) note(owner merchant.ID) func(trail.Flaw, int64) {
	return func(flaw trail.Flaw, place int64) {
		if flaw != trail.Whole && v.found == nil {
			v.found = &Finding{Owner: owner, Flaw: flaw, Place: place}
		}
	}
}

// lost notes seals that were kept outside and that no chain has any more.
func (v *verification) lost() {
	for _, owner := range slices.Sorted(maps.Keys(v.kept)) {
		known := slices.ContainsFunc(v.report.Findings, func(f Finding) bool { return f.Owner == owner })
		if places := slices.Sorted(maps.Keys(v.kept[owner])); len(places) > 0 && !known {
			v.report.Findings = append(v.report.Findings, Finding{Owner: owner, Flaw: trail.FlawMissing, Place: places[0]})
		}
	}
}
