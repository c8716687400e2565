package pgstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// LockToPay takes one round trip. Each statement names one creator.
func (t *tx) LockToPay(ctx context.Context, ask store.PayAsk) (store.PayLocked, error) {
	l := store.PayLocked{
		Vouchers: make(map[voucher.ID]voucher.Voucher, len(ask.Vouchers)),
		Stocks:   make(map[voucher.StockKey]voucher.Stock, len(ask.Stocks)),
		Payments: make(map[string]payment.Payment),
		Budgets:  make(map[voucher.StockKey]payment.Budget, len(ask.Budgets)),
	}
	t.queueListening(column(ask.Vouchers, func(k *store.VoucherKey) merchant.ID { return k.Stock.Creator })...)
	t.queueLockVouchers(ask.Vouchers, l.Vouchers)
	// In statements of their own, after the locks: they see what those waited for.
	t.queuePayments(ask.Payments, "", l.Payments)
	for _, key := range ask.Stocks {
		t.queue(`
		select`+row.VoucherStockColumns+`
		from voucher_stock
		where creator_mchid = $1 and stock_id = $2`,
			[]any{key.Creator, key.ID}, into(l.Stocks, t.voucherStock, func(s *voucher.Stock) voucher.StockKey { return s.StockKey }))
	}
	for _, key := range slices.SortedFunc(slices.Values(ask.Budgets), voucher.CompareKeys) {
		t.queue(`
		select creator_mchid, stock_id, ends_at, amount
		from voucher_budget
		where creator_mchid = $1 and stock_id = $2
		for no key update`,
			[]any{key.Creator, key.ID}, into(l.Budgets, row.Budget, func(b *payment.Budget) voucher.StockKey { return b.Stock }))
	}
	l.Balances = t.queueBalances(ask.Accounts)
	return l, t.flush(ctx)
}

func (t *tx) voucherStock(scan row.Scan) (voucher.Stock, error) {
	return row.VoucherStock(scan, &t.store.voucherContents)
}

func voucherOwner(k store.VoucherKey) (merchant.ID, string) { return k.Stock.Creator, string(k.ID) }

// queuePayments uses the index payment_by_transaction; the map is filled at the next flush.
func (t *tx) queuePayments(transactionIDs []string, lock string, found map[string]payment.Payment) {
	if len(transactionIDs) == 0 {
		return
	}
	t.queue(`
		select`+row.PaymentColumns+`
		from payment
		where transaction_id = any($1)`+lock,
		[]any{transactionIDs}, into(found, row.Payment, func(p *payment.Payment) string { return p.TransactionID }))
}

// LockPayments locks in the order of the ids.
func (t *tx) LockPayments(ctx context.Context, transactionIDs []string) error {
	t.queuePayments(transactionIDs, `
		order by transaction_id
		for no key update`, map[string]payment.Payment{})
	return t.flush(ctx)
}

// VoucherOwners uses the primary key, voucher_by_id.
func (t *tx) VoucherOwners(ctx context.Context, ids []voucher.ID) (map[voucher.ID]voucher.StockKey, error) {
	stocks := make(map[voucher.ID]voucher.StockKey, len(ids))
	hinted, others := splitHinted(ids)
	if len(others) > 0 {
		if err := t.rows(ctx, `
		select voucher_id, creator_mchid, stock_id
		from voucher
		where voucher_id = any($1)`, []any{texts(others)}, intoStocks(stocks)); err != nil {
			return nil, err
		}
	}
	owners, err := t.mayOwn(ctx, slices.Collect(maps.Keys(hinted)))
	if err != nil {
		return nil, err
	}
	if err := t.hintedStocks(ctx, hinted, owners, stocks); err != nil || len(hinted) == 0 {
		return stocks, err
	}
	// Merchants that came since this node learned of the hints.
	if owners, err = t.merchantsHinted(ctx, slices.Collect(maps.Keys(hinted))); err != nil {
		return nil, err
	}
	return stocks, t.hintedStocks(ctx, hinted, owners, stocks)
}

// splitHinted puts ids apart by their hints, and those that have none.
func splitHinted(ids []voucher.ID) (hinted map[merchant.Hint][]voucher.ID, others []voucher.ID) {
	hinted = map[merchant.Hint][]voucher.ID{}
	for _, id := range ids {
		if hint := id.Hint(); hint != "" {
			hinted[hint] = append(hinted[hint], id)
		} else {
			others = append(others, id)
		}
	}
	return hinted, others
}

// hintedStocks looks for vouchers among those of the owners, and takes the hints away whose vouchers were all
// found.
func (t *tx) hintedStocks(
	ctx context.Context, hinted map[merchant.Hint][]voucher.ID, owners []merchant.ID, stocks map[voucher.ID]voucher.StockKey,
) error {
	if len(owners) == 0 {
		return nil
	}
	for _, owner := range owners {
		t.queue(`
		select voucher_id, creator_mchid, stock_id
		from voucher
		where creator_mchid = $1 and voucher_id = any($2)`, []any{owner, texts(hinted[owner.Hint()])}, intoStocks(stocks))
	}
	err := t.flush(ctx)
	missing := func(id voucher.ID) bool { _, found := stocks[id]; return !found }
	maps.DeleteFunc(hinted, func(_ merchant.Hint, ids []voucher.ID) bool { return !slices.ContainsFunc(ids, missing) })
	return err
}

func intoStocks(stocks map[voucher.ID]voucher.StockKey) func(row.Scan) error {
	return func(scan row.Scan) error {
		var id voucher.ID
		var key voucher.StockKey
		err := scan(&id, &key.Creator, &key.ID)
		stocks[id] = key
		return err
	}
}

// queueBalances makes the rows before it locks them, one after the other: two transactions
// that need the same accounts must not wait for each other. The map is filled at the next flush.
func (t *tx) queueBalances(accounts []payment.Account) map[payment.Account]fen.Fen {
	accounts = slices.SortedFunc(slices.Values(accounts), byAccount)
	held := make(map[payment.Account]fen.Fen, len(accounts))
	for _, a := range slices.Compact(accounts) {
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
	return held
}

func byAccount(a, b payment.Account) int {
	return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Name, b.Name))
}

// byOwner calls do with the ids of each owner, in order and each once.
func byOwner[K any](keys []K, split func(K) (merchant.ID, string), do func(owner merchant.ID, ids []string)) {
	owned := map[merchant.ID][]string{}
	for _, key := range keys {
		owner, id := split(key)
		owned[owner] = append(owned[owner], id)
	}
	for _, owner := range slices.Sorted(maps.Keys(owned)) {
		ids := owned[owner]
		slices.Sort(ids)
		do(owner, slices.Compact(ids))
	}
}

// into puts each row of a query into a map.
func into[K comparable, V any](found map[K]V, read func(row.Scan) (V, error), key func(*V) K) func(row.Scan) error {
	return func(scan row.Scan) error {
		v, err := read(scan)
		found[key(&v)] = v
		return err
	}
}
