package pay

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/payment"
	"github.com/favord/favord/internal/rule/tally"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// batch is one transaction's view of what its claims depend on: later claims see what earlier ones
// did.
type batch struct {
	service *Service
	claims  []claim
	locked  store.PayLocked
	rows    rows
	// repeated are payments of earlier batches that came again.
	repeated []string
}

// rows are what a batch writes.
type rows struct {
	payments  []payment.Payment
	vouchers  []voucher.Voucher
	flows     []payment.Flow
	transfers []payment.Transfer
	events    []delivery.Event
	audit     []store.AuditEntry
}

// open locks what the claims are about and loads what they depend on.
func (s *Service) open(ctx context.Context, tx store.Tx, claims []claim) (*batch, error) {
	var ask store.PayAsk
	stocks, budgets, accounts := map[voucher.StockKey]bool{}, map[voucher.StockKey]bool{}, map[payment.Account]bool{}
	for i := range claims {
		c := &claims[i]
		ask.Payments = append(ask.Payments, c.cmd.TransactionID)
		for id, stock := range c.owners {
			ask.Vouchers = append(ask.Vouchers, store.VoucherKey{Stock: stock, ID: id})
			stocks[stock] = true
			if c.funded[stock] {
				budgets[stock] = true
				accounts[payment.LockedAccount(stock)], accounts[c.payee()] = true, true
			}
		}
	}
	ask.Stocks, ask.Budgets = slices.Collect(maps.Keys(stocks)), slices.Collect(maps.Keys(budgets))
	ask.Accounts = slices.Collect(maps.Keys(accounts))
	locked, err := tx.LockToPay(ctx, ask)
	return &batch{service: s, claims: claims, locked: locked}, err
}

// payee is the account of whoever collects the money.
func (c *claim) payee() payment.Account {
	return payment.Account{Owner: c.cmd.Order.Merchant, Name: payment.AccountSettlement}
}

// decide gives every claim its outcome, in order.
func (b *batch) decide() ([]outcome, error) {
	outcomes := make([]outcome, len(b.claims))
	for i := range b.claims {
		var err error
		if outcomes[i], err = b.one(&b.claims[i]); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

func (b *batch) one(c *claim) (outcome, error) {
	if p, made := b.locked.Payments[c.cmd.TransactionID]; made {
		if (p.Maker != c.cmd.Caller || p.Content != c.content) && !planted.PaymentContent.In() {
			return outcome{err: voucher.ErrPaymentContent.At("transaction_id", c.cmd.TransactionID)}, nil
		}
		b.repeated = append(b.repeated, p.TransactionID)
		return outcome{paid: show(&p).Paid}, nil
	}
	if c.noUser != nil {
		return outcome{err: c.noUser}, nil //nolint:nilerr // it is the answer
	}
	sh := sheet{claim: c, at: b.service.config.Clock.For(string(c.cmd.Order.Merchant)).Now(), budgets: map[voucher.StockKey]fen.Fen{}}
	if taken, err := b.pay(&sh); err != nil || taken {
		return outcome{err: err, taken: taken}, nil //nolint:nilerr // it is the answer
	}
	return outcome{paid: show(&sh.payment).Paid}, b.keep(&sh)
}

// sheet is a payment that is being made.
type sheet struct {
	*claim
	at       time.Time
	payment  payment.Payment
	vouchers []voucher.Voucher
	stocks   []voucher.Stock
	// budgets are what it takes from locked budgets.
	budgets map[voucher.StockKey]fen.Fen
}

// pay consumes the vouchers of a sheet: all of them, or none. It reports true when others are to be
// chosen.
func (b *batch) pay(sh *sheet) (taken bool, err error) {
	cmd := sh.cmd
	for _, id := range sh.ids {
		v, found := b.locked.Vouchers[id]
		if !found || v.Holder != sh.payer.ID && !planted.PaymentHolder.In() {
			return false, voucher.ErrNotFound.At("coupon_ids", string(id))
		}
		if slices.ContainsFunc(sh.vouchers, func(other voucher.Voucher) bool { return other.ID == id }) {
			return false, voucher.MisfitState.Fault().At("coupon_ids", string(id))
		}
		if sh.choosing && v.State != voucher.StateSent {
			return true, nil
		}
		stock := b.locked.Stocks[v.Stock]
		if misfit := v.Consume(&stock, &cmd.Order, cmd.TransactionID, b.service.now(&stock)); misfit != voucher.NoMisfit {
			return false, misfit.Fault().At("coupon_ids", string(id))
		}
		sh.add(v, &stock)
	}
	if !voucher.Combines(sh.stocks) || sh.payment.Discount > cmd.Order.Total {
		return false, voucher.MisfitCombination.Fault()
	}
	for key, amount := range sh.budgets {
		if _, locked := b.locked.Budgets[key]; !locked || b.locked.Balances[payment.LockedAccount(key)] < amount {
			return false, voucher.ErrLocked
		}
	}
	p := &sh.payment
	p.Maker, p.Content, p.Merchant, p.TransactionID = cmd.Caller, sh.content, cmd.Order.Merchant, cmd.TransactionID
	p.At, p.Total, p.Facts = time.Unix(sh.at.Unix(), 0), cmd.Order.Total, cmd.Facts
	return false, nil
}

// add puts a consumed voucher on the sheet.
func (sh *sheet) add(v voucher.Voucher, stock *voucher.Stock) {
	sh.vouchers, sh.stocks = append(sh.vouchers, v), append(sh.stocks, *stock)
	sh.payment.Discount += v.Use.Discount
	sh.payment.Vouchers = append(sh.payment.Vouchers, payment.PaidVoucher{
		ID: v.ID, Creator: stock.Creator, Stock: stock.ID, Discount: v.Use.Discount, Funded: !stock.NoCash,
		Name: stock.Name, SingleItem: stock.SingleItem(), Goods: v.Use.Goods,
	})
	if !stock.NoCash {
		sh.budgets[stock.StockKey] += v.Use.Discount
	}
}

// keep notes what a payment changes, so that it is written and the claims that follow see it.
func (b *batch) keep(sh *sheet) error {
	b.locked.Payments[sh.payment.TransactionID] = sh.payment
	b.rows.payments = append(b.rows.payments, sh.payment)
	for _, key := range sorted(sh.budgets) {
		from, to := payment.LockedAccount(key), sh.payee()
		b.locked.Balances[from] -= sh.budgets[key]
		b.locked.Balances[to] += sh.budgets[key]
		b.rows.transfers = append(b.rows.transfers, payment.Transfer{
			From: from, To: to, Amount: sh.budgets[key], Reference: "payment/" + sh.payment.TransactionID, At: sh.at,
		})
	}
	for i := range sh.vouchers {
		v, stock := &sh.vouchers[i], &sh.stocks[i]
		b.locked.Vouchers[v.ID] = *v
		b.rows.vouchers = append(b.rows.vouchers, *v)
		b.rows.flows = append(b.rows.flows, payment.Flow{
			Stock: stock.StockKey, Kind: payment.FlowUse, At: v.Use.At, Voucher: v.ID, TransactionID: v.Use.TransactionID,
			Merchant: sh.payment.Merchant, Discount: v.Use.Discount, Total: sh.payment.Total, Goods: v.Use.Goods, Facts: sh.payment.Facts,
		})
		b.rows.audit = append(b.rows.audit, store.AuditEntry{
			Owner: stock.Creator, At: v.Use.At, Actor: string(sh.cmd.Caller), Action: "rail.payments.consume",
			Object: "voucher-stock/" + string(stock.ID) + "/voucher/" + string(v.ID), Request: sh.requestID,
			Before: stateOf(voucher.StateSent), After: stateOf(voucher.StateUsed),
		})
		used := delivery.NewVoucherUsed(v, stock)
		event, err := delivery.NewEvent(stock.Creator, v.Use.At, used, delivery.PartsOfUsed(v.ID, v.Use.TransactionID)...)
		if err != nil {
			return err
		}
		b.rows.events = append(b.rows.events, event)
	}
	return nil
}

// write stores what was decided. Locked vouchers make the answers to repeats as durable as the first
// ones; where there are none, the payments are locked.
func (b *batch) write(ctx context.Context, tx store.Tx) error {
	if len(b.rows.payments) == 0 {
		if len(b.repeated) == 0 || len(b.locked.Vouchers) > 0 {
			return nil
		}
		return tx.LockPayments(ctx, b.repeated)
	}
	return store.InOrder(
		func() error { return tx.UpdateVouchers(ctx, b.rows.vouchers) },
		func() error { return tx.InsertPayments(ctx, b.rows.payments) },
		func() error { return tx.InsertFlows(ctx, b.rows.flows) },
		func() error { return tx.Post(ctx, b.rows.transfers...) },
		func() error { return tx.AppendEvents(ctx, b.rows.events) },
		func() error { return tx.AppendAudit(ctx, b.rows.audit) },
		func() error { return tx.AddTallies(ctx, tally.OfConsumed(b.rows.vouchers)) },
	)
}

// stateOf is a state as the audit says it.
func stateOf(s voucher.State) string { return `{"state":"` + string(s) + `"}` }
