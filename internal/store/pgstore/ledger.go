package pgstore

import (
	"context"
	"errors"
	"maps"
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

func (t *tx) LockBalances(ctx context.Context, accounts ...payment.Account) (map[payment.Account]fen.Fen, error) {
	held := t.queueBalances(accounts)
	return held, t.flush(ctx)
}

// Post changes each account once, in their order.
func (t *tx) Post(_ context.Context, transfers ...payment.Transfer) error {
	var postings []payment.Posting
	sums := map[payment.Account]fen.Fen{}
	for _, one := range transfers {
		for _, p := range payment.PostingsOf(one) {
			postings = append(postings, p)
			sums[p.Account] += p.Amount
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(sums), byAccount) {
		t.laterOne(store.ErrStale, `
				update balance
				set amount = amount + $3
				where mchid = $1 and account = $2 and (amount + $3 >= 0 or mchid = '')`,
			a.Owner, a.Name, sums[a])
	}
	if len(postings) == 0 {
		return nil
	}
	t.later(`
		insert into posting (mchid, account, amount, reference, at)
		select *
		from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[])`,
		column(postings, func(p *payment.Posting) string { return string(p.Owner) }),
		column(postings, func(p *payment.Posting) string { return string(p.Name) }),
		column(postings, func(p *payment.Posting) int64 { return int64(p.Amount) }),
		column(postings, func(p *payment.Posting) string { return p.Reference }),
		column(postings, func(p *payment.Posting) int64 { return store.Seconds(p.At) }))
	return nil
}
