package send

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// batch is one transaction's view of its stocks while claims are decided: later claims see
// what earlier ones took.
type batch struct {
	claims []claim
	most   fen.Fen
	// locked is what the claims depend on, as it is under the locks.
	locked store.SendLocked
	sheets map[voucher.StockKey]*sheet
	// monthsIs is what was received in months, with what this batch gives.
	monthsIs map[store.VoucherMonthKey]fen.Fen

	grants []granted
}

// sheet is a stock in a batch.
type sheet struct {
	stock voucher.Stock
	// now is the business time of the stock's creator.
	now     time.Time
	was, is voucher.Counters
}

// granted is a claim that gets a voucher.
type granted struct {
	sheet   *sheet
	voucher voucher.Voucher
	user    user.User
	request store.Request
	// action is how the audit names it.
	action string
	// requestID is that of the call.
	requestID string
}

// open locks the stocks and loads what the claims depend on, all at once.
func (s *Service) open(ctx context.Context, tx store.Tx, claims []claim) (*batch, error) {
	b := &batch{claims: claims, most: s.config.MonthlyMost, monthsIs: map[store.VoucherMonthKey]fen.Fen{}}
	ask, times, err := b.ask(s.config.Clock)
	if err != nil {
		return nil, err
	}
	if b.locked, err = tx.LockToSend(ctx, ask); err != nil {
		return nil, err
	}
	b.sheets = make(map[voucher.StockKey]*sheet, len(b.locked.Stocks))
	for key, one := range b.locked.Stocks {
		b.sheets[key] = &sheet{stock: one.Stock, now: times[key], was: one.Counters, is: one.Counters}
	}
	return b, nil
}

// errDays ends a batch whose stocks are at different days, since merchants of a sandbox may
// have times of their own. Each stock then gets a transaction of its own.
var errDays = errors.New("grant: the stocks of a batch are at different days")

// ask collects what the claims may depend on, and at which time each of their stocks is. Whether a
// stock counts accounts or persons is not known before it is locked.
func (b *batch) ask(business clock.Business) (ask store.SendAsk, times map[voucher.StockKey]time.Time, err error) {
	times = map[voucher.StockKey]time.Time{}
	for i := range b.claims {
		c := &b.claims[i]
		if _, seen := times[c.stock]; !seen {
			times[c.stock] = business.For(string(c.stock.Creator)).Now()
			ask.Stocks = append(ask.Stocks, c.stock)
			if today := day.Of(times[c.stock]); len(ask.Stocks) == 1 {
				ask.Day = today
			} else if today != ask.Day {
				return ask, nil, errDays
			}
		}
		ask.Holders = append(ask.Holders, store.VoucherHolderKey{Stock: c.stock, Holder: c.user.ID})
		if c.user.Person != c.user.ID {
			ask.Holders = append(ask.Holders, store.VoucherHolderKey{Stock: c.stock, Holder: c.user.Person})
		}
		if b.most > 0 {
			ask.Months = append(ask.Months, monthOf(c.stock.Creator, times[c.stock], &c.user))
		}
		ask.Requests = append(ask.Requests, c.request())
	}
	return ask, times, nil
}

// holder is for whom a voucher counts in the stock.
func (s *sheet) holder(u *user.User) store.VoucherHolderKey {
	return store.VoucherHolderKey{Stock: s.stock.StockKey, Holder: s.stock.Limits.QuotaHolder(u)}
}

// month is for whom a voucher counts in the month.
func (s *sheet) month(u *user.User) store.VoucherMonthKey {
	return monthOf(s.stock.Creator, s.now, u)
}

func monthOf(creator merchant.ID, at time.Time, u *user.User) store.VoucherMonthKey {
	return store.VoucherMonthKey{Creator: creator, Month: day.MonthOf(at), Holder: u.ID}
}

// request is where the number of a claim counts: for its sender, and where users claim for the
// stock and the user only (favor 4.11).
func (c *claim) request() store.RequestKey {
	key := store.RequestKey{Owner: c.sender, Operation: store.OpSendVoucher, Number: c.number}
	if c.door != DoorCall {
		key.Subject = string(c.user.ID[:]) + string(c.stock.ID)
	}
	return key
}

// content is what a repeat must not change.
func (c *claim) content() store.Content {
	return store.ContentOf(string(c.stock.Creator), string(c.stock.ID), string(c.appid), string(c.openid))
}

// decide gives every claim its outcome, in order. A repeat is as durable as its first answer: it
// names the same stock, whose lock makes the commit wait.
func (b *batch) decide(random io.Reader) ([]outcome, error) {
	outcomes := make([]outcome, len(b.claims))
	for i := range b.claims {
		c := &b.claims[i]
		s := b.sheets[c.stock]
		if s == nil {
			outcomes[i].err = voucher.ErrStockNotFound.At("stock_id", string(c.stock.ID))
			continue
		}
		if first, known := b.locked.Requests[c.request()]; known {
			outcomes[i] = again(c, &first)
			continue
		}
		if outcomes[i].err = b.admit(s, &c.user); outcomes[i].err != nil {
			continue
		}
		id, err := voucher.NewID(c.stock.Creator, random)
		if err != nil {
			return nil, err
		}
		outcomes[i].id = id
		b.give(s, c, id)
	}
	return outcomes, nil
}

// again is the outcome of a claim whose number is known.
func again(c *claim, first *store.Request) outcome {
	if first.Content != c.content() {
		return outcome{err: voucher.ErrContent.At("out_request_no", c.number)}
	}
	return outcome{id: voucher.ID(first.Answer), repeated: true}
}

// admit asks the rules for one voucher more.
func (b *batch) admit(s *sheet, u *user.User) error {
	return s.stock.Admit(s.is, voucher.Asked{
		User: u, Now: s.now, Held: b.locked.Held[s.holder(u)], InMonth: b.inMonth(s.month(u)),
	}, b.most)
}

// inMonth is what somebody received in a month, with what this batch gives.
func (b *batch) inMonth(key store.VoucherMonthKey) fen.Fen {
	if amount, changed := b.monthsIs[key]; changed {
		return amount
	}
	return b.locked.Months[key]
}

// give notes a voucher, so that the claims that follow see it.
func (b *batch) give(s *sheet, c *claim, id voucher.ID) {
	u := &c.user
	request := store.Request{RequestKey: c.request(), Content: c.content(), Answer: []byte(id), At: s.now}
	b.locked.Requests[request.RequestKey] = request
	b.grants = append(b.grants, granted{
		sheet: s, user: *u, request: request, action: c.door.action(), requestID: c.requestID,
		voucher: voucher.Voucher{
			ID: id, Stock: s.stock.StockKey, Sender: c.sender, Holder: u.ID, AppID: u.AppID, OpenID: u.OpenID,
			RequestNo: c.number, Received: s.now, Window: s.stock.WindowFrom(s.now), State: voucher.StateSent,
		},
	})
	s.is = s.is.Send()
	b.locked.Held[s.holder(u)] += 1 - planted.SendBlind.One()
	month := s.month(u)
	b.monthsIs[month] = b.inMonth(month) + s.stock.Face
}
