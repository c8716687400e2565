package pgstore

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Balance uses the primary key.
func (t *tx) Balance(ctx context.Context, a payment.Account) (fen.Fen, error) {
	var held fen.Fen
	err := t.row(ctx, `
		select amount
		from balance
		where mchid = $1 and account = $2`,
		[]any{a.Owner, a.Name}, []any{&held})
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return held, err
}

// Postings uses the primary key, posting_by_owner.
func (t *tx) Postings(ctx context.Context, owner merchant.ID, offset, limit int64) ([]payment.Posting, error) {
	var list []payment.Posting
	err := t.rows(ctx, `
		select account, amount, reference, at
		from posting
		where mchid = $1
		order by id desc
		limit $2 offset $3`,
		[]any{owner, limit, offset}, row.Into(&list, row.Posting(owner)))
	return list, err
}

// LockBalances makes the rows before it locks them, one after the other: two transactions
// that need the same accounts must not wait for each other.
func (t *tx) LockBalances(ctx context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error) {
	accounts = slices.SortedFunc(slices.Values(accounts), byAccount)
	held := make(map[payment.Account]fen.Fen, len(accounts))
	for _, a := range accounts {
		t.later(`
			insert into balance (mchid, account, amount)
			values ($1, $2, 0)
			on conflict do nothing`, a.Owner, a.Name)
		t.queue(`
			select amount
			from balance
			where mchid = $1 and account = $2
			for no key update`,
			[]any{a.Owner, a.Name}, func(scan row.Scan) error {
				var amount fen.Fen
				err := scan(&amount)
				held[a] = amount
				return err
			})
	}
	return held, t.flush(ctx)
}

func byAccount(a, b payment.Account) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Name, b.Name))
}

func (t *tx) Post(_ context.Context, transfers ...payment.Transfer) error {
	for _, one := range transfers {
		for _, p := range payment.PostingsOf(one) {
			t.laterOne(store.ErrStale, `
				update balance
				set amount = amount + $3
				where mchid = $1 and account = $2 and (amount + $3 >= 0 or mchid = '')`,
				p.Owner, p.Name, p.Amount)
			t.later(`
				insert into posting (mchid, account, amount, reference, at)
				values ($1, $2, $3, $4, $5)`,
				p.Owner, p.Name, p.Amount, p.Reference, store.Seconds(p.At))
		}
	}
	return nil
}
