package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	vouchers "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/coupon"
	rulepartner "github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// call is what a caller wants.
type call struct {
	kind string
	// key is its request number with whatever else it counts under; "" for none.
	key string
	// run carries it out at a node, and returns what a repeat must answer, too.
	run func(ctx context.Context, n *node) (string, error)
	// refusable says that a repeat may be refused with an error although it was carried out.
	refusable error
	// acked is called once when it is acknowledged first; nil is nothing.
	acked func(answer string)
	// hidden is true for an answer that the engine draws itself.
	hidden bool
}

// kinds are the calls, each as often as it is in the list.
func (w *world) kinds() map[string]func() *call {
	return map[string]func() *call{
		"send": w.newSend, "use": w.newUse, "return": w.newReturn, "deactivate": w.newDeactivate, "associate": w.newAssociate,
		"budget": w.newBudget, "upload": w.newUpload, "delete code": w.newDeleteCode, "fund": w.newFund, "subsidy": w.newSubsidy,
		"return subsidy": w.newSubsidyReturn, "voucher": w.newVoucher, "start": w.newStart, "pay": w.newPay, "refund": w.newRefund,
		"build": w.newBuild, "terminate": w.newTerminate,
	}
}

// often lists the kinds as often as they are to come.
func often() []string {
	return []string{
		"send", "send", "send", "send", "send", "use", "use", "use", "return", "return", "deactivate", "associate", "budget",
		"upload", "delete code", "fund", "subsidy", "subsidy", "return subsidy", "voucher", "voucher", "voucher", "start", "pay", "pay", "pay",
		"refund", "refund", "build", "build", "terminate",
	}
}

// begin begins something: a new call, once or twice, a repeat of an earlier one, deliveries.
func (w *world) begin() {
	c := w.chance("kind")
	n := w.nodes[c.IntN(len(w.nodes))]
	switch luck := c.IntN(100); {
	case luck < 6:
		w.deliver(n)
	case luck < 8:
		w.release(n)
	case luck < 22 && len(w.book.keys) > 0:
		w.launch(n, w.book.calls[w.book.keys[c.IntN(len(w.book.keys))]])
	default:
		list := often()
		kind := list[c.IntN(len(list))]
		made := w.kinds()[kind]()
		if made == nil || slices.Contains(w.plan.without, kind) {
			return
		}
		made.kind = kind
		w.launch(n, made)
		if w.happens("duplicate", 10) {
			w.launch(w.nodes[c.IntN(len(w.nodes))], made)
		}
	}
}

// launch begins a call at a node.
func (w *world) launch(n *node, c *call) {
	w.report.calls++
	acked := w.book.begun(c)
	w.spawn(n, func(ctx context.Context) {
		answer, err := c.run(ctx, n)
		w.book.ended(c, acked, answer, err)
	})
}

// deliver has a node deliver what is due.
func (w *world) deliver(n *node) {
	if n.delivering {
		return
	}
	n.delivering = true
	w.spawn(n, func(ctx context.Context) {
		count, err := n.notify.Step(ctx)
		n.delivering = false
		w.report.deliveries += count
		w.note("%d deliver %d %v", w.report.steps, count, err != nil)
	})
}

// release has a node give budgets back.
func (w *world) release(n *node) {
	w.spawn(n, func(ctx context.Context) {
		count, err := n.favor.Release(ctx)
		w.note("%d release %d %v", w.report.steps, count, err != nil)
	})
}

// number is a fresh request number.
func (w *world) number() string { return fmt.Sprintf("n%d", w.report.calls) }

func (w *world) newSend() *call {
	c := w.chance("send")
	stocks := []*coupon.Stock{&w.shop.plain, &w.shop.plain, &w.shop.personal, &w.shop.pooled}
	stock, who, number := stocks[c.IntN(len(stocks))], c.IntN(people), w.number()
	caller, appid, openid := creator, storetest.ShopAppID, person(who)
	if stock == &w.shop.plain && c.IntN(4) == 0 {
		caller, appid, openid = partner, partnerAppID, "p"+person(who)[1:]
	}
	made := &call{key: fmt.Sprintf("send/%s/%s/%s", stock.ID, openid, number), hidden: stock == &w.shop.pooled}
	if caller == partner {
		made.refusable = coupon.ErrStockForeign
	}
	made.run = func(ctx context.Context, n *node) (string, error) {
		sent, err := n.issue.Send(ctx, issue.SendCommand{Caller: caller, AppID: appid, OpenID: openid, StockID: stock.ID, RequestNo: number})
		return string(sent.Code), err
	}
	made.acked = func(answer string) {
		w.book.coupons = append(w.book.coupons, &sent{
			key: coupon.Key{Stock: stock.StockKey, Code: coupon.Code(answer)}, who: who, caller: caller, number: number, uses: map[string]bool{},
		})
	}
	return made
}

// anyCoupon draws one that was acknowledged; nil when there is none.
func (w *world) anyCoupon() *sent {
	if len(w.book.coupons) == 0 {
		return nil
	}
	// Recent ones are drawn more often: that is where calls meet.
	c := w.chance("coupon")
	from := max(0, len(w.book.coupons)-6)
	if c.IntN(3) == 0 {
		from = 0
	}
	return w.book.coupons[from+c.IntN(len(w.book.coupons)-from)]
}

func (s *sent) target() redeem.Target {
	return redeem.Target{Caller: creator, StockID: s.key.Stock.ID, Code: s.key.Code}
}

func (w *world) newUse() *call {
	s, number := w.anyCoupon(), w.number()
	if s == nil {
		return nil
	}
	return &call{
		key: fmt.Sprintf("use/%s/%s/%s", s.key.Stock.ID, s.key.Code, number), refusable: coupon.ErrNumberSpent, hidden: s.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			used, err := n.redeem.Use(ctx, redeem.UseCommand{
				Target: s.target(), AppID: storetest.ShopAppID, RequestNo: number, TransactionID: "4200" + string(s.key.Code),
			})
			return fmt.Sprint(used.At.Unix()), err
		},
		acked: func(string) { s.uses[number] = true },
	}
}

func (w *world) newReturn() *call {
	s, number := w.anyCoupon(), w.number()
	if s == nil {
		return nil
	}
	s.returns++
	return &call{
		key: fmt.Sprintf("return/%s/%s/%s", s.key.Stock.ID, s.key.Code, number), hidden: s.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			at, err := n.redeem.Return(ctx, redeem.ReturnCommand{Target: s.target(), RequestNo: number})
			return fmt.Sprint(at.Unix()), err
		},
	}
}

func (w *world) newDeactivate() *call {
	s, number := w.anyCoupon(), w.number()
	if s == nil || w.chance("deactivate").IntN(3) > 0 {
		return nil
	}
	return &call{
		key: fmt.Sprintf("deactivate/%s/%s/%s", s.key.Stock.ID, s.key.Code, number), hidden: s.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			at, err := n.redeem.Deactivate(ctx, redeem.DeactivateCommand{Target: s.target(), RequestNo: number})
			return fmt.Sprint(at.Unix()), err
		},
		acked: func(string) { s.voided = true },
	}
}

func (w *world) newAssociate() *call {
	s, number := w.anyCoupon(), w.number()
	if s == nil {
		return nil
	}
	order := fmt.Sprint("order", w.chance("associate").IntN(2))
	undo := w.chance("associate").IntN(2) == 0
	return &call{
		key: fmt.Sprintf("associate%v/%s/%s/%s", undo, s.key.Stock.ID, s.key.Code, number), hidden: s.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			cmd := redeem.AssociateCommand{Target: s.target(), OutTradeNo: order, RequestNo: number}
			change := n.redeem.Associate
			if undo {
				change = n.redeem.Disassociate
			}
			at, err := change(ctx, cmd)
			return fmt.Sprint(at.Unix()), err
		},
	}
}

func (w *world) newBudget() *call {
	c, number := w.chance("budget"), w.number()
	var budget coupon.Budget
	if c.IntN(2) == 0 {
		budget = coupon.Budget{MaxCoupons: w.book.most + int64(c.IntN(11)) - 4, CurrentMaxCoupons: &w.book.current}
	} else {
		budget = coupon.Budget{MaxPerDay: w.book.perDay + int64(c.IntN(11)) - 5, CurrentMaxPerDay: &w.book.currentPerDay}
	}
	current, currentPerDay := w.book.current, w.book.currentPerDay
	budget.CurrentMaxCoupons, budget.CurrentMaxPerDay = &current, &currentPerDay
	w.book.most, w.book.perDay = max(w.book.most, budget.MaxCoupons), max(w.book.perDay, budget.MaxPerDay)
	return &call{
		key: "budget/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			is, err := n.stocks.SetBudget(ctx, stocks.BudgetCommand{Caller: creator, StockID: w.shop.plain.ID, RequestNo: number, Budget: budget})
			if err == nil {
				w.book.current, w.book.currentPerDay = is.MaxCoupons, is.MaxPerDay
			}
			return fmt.Sprint(is), err
		},
	}
}

func (w *world) newUpload() *call {
	if w.memory == nil {
		return nil // SQLite draws codes itself
	}
	number := w.number()
	codes := make([]coupon.Code, 1+w.chance("upload").IntN(8))
	for i := range codes {
		codes[i] = coupon.Code(fmt.Sprintf("CODE%03d", w.chance("upload").IntN(60)))
	}
	return &call{
		key: "upload/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			up, err := n.stocks.Upload(ctx, stocks.UploadCommand{Caller: creator, StockID: w.shop.pooled.ID, RequestNo: number, Codes: codes})
			return fmt.Sprint(up.Stored, up.Known, up.At.Unix()), err
		},
	}
}

func (w *world) newDeleteCode() *call {
	if w.memory == nil {
		return nil
	}
	number, code := w.number(), coupon.Code(fmt.Sprintf("CODE%03d", w.chance("delete code").IntN(60)))
	return &call{
		key: "delete code/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			at, err := n.stocks.DeleteCode(ctx, stocks.DeleteCommand{Caller: creator, StockID: w.shop.pooled.ID, RequestNo: number, Code: code})
			return fmt.Sprint(at.Unix()), err
		},
	}
}

func (w *world) newFund() *call {
	number, amount := w.number(), fen.Fen(100+w.chance("fund").IntN(3000))
	return &call{
		key: "fund/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			f, err := n.ledger.Fund(ctx, ledger.FundCommand{Merchant: creator, Amount: amount, RequestNo: number, Actor: "simulation"})
			return fmt.Sprint(f.Balance, f.At.Unix()), err
		},
		acked: func(string) { w.book.funded += amount },
	}
}

func (w *world) newSubsidy() *call {
	s, number, amount := w.anyCoupon(), w.number(), fen.Fen(1+w.chance("subsidy").IntN(400))
	if s == nil {
		return nil
	}
	return &call{
		key: "subsidy/" + number, hidden: s.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			paid, err := n.subsidy.Pay(ctx, subsidy.PayCommand{
				Caller: creator, StockID: s.key.Stock.ID, Code: s.key.Code, TransactionID: "4200" + string(s.key.Code),
				Payer: creator, Payee: payee, Amount: amount, OutNo: number,
			})
			return fmt.Sprintf("%s %d", paid.ReceiptID, paid.Amount), err
		},
		acked: func(answer string) {
			receipt, _, _ := strings.Cut(answer, " ")
			w.book.subsidies = append(w.book.subsidies, paidSubsidy{receipt: receipt, of: s, amount: amount})
		},
	}
}

func (w *world) newSubsidyReturn() *call {
	if len(w.book.subsidies) == 0 {
		return nil
	}
	c, number := w.chance("return subsidy"), w.number()
	paid := w.book.subsidies[c.IntN(len(w.book.subsidies))]
	amount := fen.Fen(1 + c.IntN(int(paid.amount)))
	return &call{
		key: "return subsidy/" + number, hidden: paid.of.hidden(w),
		run: func(ctx context.Context, n *node) (string, error) {
			back, err := n.subsidy.Return(ctx, subsidy.ReturnCommand{
				Caller: creator, StockID: paid.of.key.Stock.ID, Code: paid.of.key.Code, TransactionID: "4200" + string(paid.of.key.Code),
				RefundID: "5000", Payer: creator, Payee: payee, Amount: amount, OutNo: number,
			})
			return fmt.Sprintf("%s %d %s", back.ReturnReceiptID, back.Amount, back.Status), err
		},
	}
}

func (w *world) newVoucher() *call {
	c, number := w.chance("voucher"), w.number()
	stock, who := &w.shop.free, c.IntN(people)
	if c.IntN(2) == 0 {
		stock = &w.shop.funded
	}
	return &call{
		key: "voucher/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			id, err := n.send.Send(ctx, send.Command{
				Caller: creator, AppID: storetest.ShopAppID, OpenID: person(who), StockID: stock.ID, Creator: creator, RequestNo: number,
			})
			return string(id), err
		},
		acked: func(answer string) {
			w.book.vouchers = append(w.book.vouchers, &given{id: voucher.ID(answer), who: who, number: number})
		},
	}
}

func (w *world) newStart() *call {
	return &call{run: func(ctx context.Context, n *node) (string, error) {
		_, err := n.favor.Start(ctx, vouchers.Command{Caller: creator, Creator: creator, StockID: w.shop.funded.ID})
		return "", err
	}}
}

func (w *world) newPay() *call {
	c, transaction := w.chance("pay"), "T"+w.number()
	cmd := pay.ConsumeCommand{
		Caller: creator, TransactionID: transaction, Payer: pay.Payer{AppID: storetest.ShopAppID, OpenID: person(c.IntN(people))},
		Order: voucher.Order{Merchant: creator, Total: fen.Fen(150 + c.IntN(600))},
	}
	if len(w.book.vouchers) > 0 && c.IntN(3) > 0 {
		from := max(0, len(w.book.vouchers)-5)
		for range 1 + c.IntN(2) {
			v := w.book.vouchers[from+c.IntN(len(w.book.vouchers)-from)]
			cmd.Payer.OpenID = person(v.who)
			cmd.Vouchers = append(cmd.Vouchers, v.id)
		}
	}
	made := &call{key: "pay/" + transaction}
	made.run = func(ctx context.Context, n *node) (string, error) {
		paid, err := n.pay.Consume(ctx, cmd)
		var ids []string
		for _, v := range paid.Vouchers {
			ids = append(ids, string(v.ID))
		}
		return fmt.Sprint(paid.Total, paid.Discount, paid.At.Unix(), ids), err
	}
	made.acked = func(string) {
		w.book.payments = append(w.book.payments, &paidOrder{transaction: transaction, total: cmd.Order.Total})
	}
	return made
}

func (w *world) newRefund() *call {
	if len(w.book.payments) == 0 {
		return nil
	}
	c, number := w.chance("refund"), "R"+w.number()
	p := w.book.payments[c.IntN(len(w.book.payments))]
	amount := p.total
	if c.IntN(2) == 0 {
		amount = fen.Fen(1 + c.IntN(int(p.total)))
	}
	p.refunds++
	return &call{
		key: "refund/" + number,
		run: func(ctx context.Context, n *node) (string, error) {
			r, err := n.pay.Refund(ctx, pay.RefundCommand{Caller: creator, TransactionID: p.transaction, RefundID: number, Amount: amount})
			return fmt.Sprint(r.Amount, r.Payer, r.Discount, r.Seconds, r.Whole), err
		},
		acked: func(string) { p.refunded += amount },
	}
}

func (w *world) partnership(key string) partnership.Command {
	return partnership.Command{
		Caller: creator, Key: key, Resource: rulepartner.ResourceCoupons, StockID: string(w.shop.plain.ID),
		Partner: rulepartner.Partner{Type: rulepartner.ByMerchant, ID: string(partner)},
	}
}

func (w *world) newBuild() *call {
	number := w.number()
	return &call{key: "build/" + number, run: func(ctx context.Context, n *node) (string, error) {
		p, err := n.partner.Build(ctx, w.partnership(number))
		return fmt.Sprint(p.State, p.Built.Unix(), p.Updated.Unix()), err
	}}
}

func (w *world) newTerminate() *call {
	number := w.number()
	return &call{key: "terminate/" + number, run: func(ctx context.Context, n *node) (string, error) {
		p, err := n.partner.Terminate(ctx, w.partnership(number))
		return fmt.Sprint(p.State, p.Built.Unix(), p.Terminated.Unix()), err
	}}
}

// outcomeOf says how a call ended.
func outcomeOf(err error) string {
	var refusal *fault.Error
	switch {
	case err == nil:
		return "done"
	case fault.KindOf(err) == fault.Unclear:
		return "unclear"
	case errors.Is(err, errBroken), errors.Is(err, store.ErrFull):
		return "broken"
	case errors.As(err, &refusal):
		return "refused"
	}
	return "internal"
}
