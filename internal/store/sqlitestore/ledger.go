package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) Balance(ctx context.Context, a payment.Account) (fen.Fen, error) {
	var held fen.Fen
	err := t.row(ctx, `
		select amount
		from balance
		where mchid = ? and account = ?`,
		[]any{a.Owner, a.Name}, []any{&held})
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return held, err
}

func (t *tx) Postings(ctx context.Context, owner merchant.ID, offset, limit int64) ([]payment.Posting, error) {
	var list []payment.Posting
	err := t.rows(ctx, `
		select account, amount, reference, at
		from posting
		where mchid = ?
		order by id desc
		limit ? offset ?`,
		[]any{owner, limit, offset}, row.Into(&list, row.Posting(owner)))
	return list, err
}

// LockBalances needs no lock of its own: there is one writer. Post makes accounts.
func (t *tx) LockBalances(ctx context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error) {
	held := make(map[payment.Account]fen.Fen, len(accounts))
	for _, a := range accounts {
		var err error
		if held[a], err = t.Balance(ctx, a); err != nil {
			return nil, err
		}
	}
	return held, nil
}

func (t *tx) Post(ctx context.Context, transfers ...payment.Transfer) error {
	for _, one := range transfers {
		for _, p := range payment.PostingsOf(one) {
			if err := t.post(ctx, &p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) post(ctx context.Context, p *payment.Posting) error {
	held, err := t.Balance(ctx, p.Account)
	if err != nil {
		return err
	}
	if held+p.Amount < 0 && p.Owner != store.Platform {
		return store.ErrStale
	}
	if err := t.exec(ctx, `
		insert into balance (mchid, account, amount)
		values (?1, ?2, ?3)
		on conflict do update
		set amount = ?3`,
		p.Owner, p.Name, held+p.Amount); err != nil {
		return err
	}
	id, err := t.next(ctx, `select coalesce(max(id), 0) from posting where mchid = ?`, p.Owner)
	if err != nil {
		return err
	}
	return t.exec(ctx, `
		insert into posting (mchid, id, account, amount, reference, at)
		values (?, ?, ?, ?, ?, ?)`,
		p.Owner, id, p.Name, p.Amount, p.Reference, store.Seconds(p.At))
}
