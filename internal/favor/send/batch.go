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
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
)

// batch is one transaction's view of its stocks while claims are decided: later claims see
// what earlier ones took.
type batch struct {
	claims []claim
	most   fen.Fen
	// day is the business day of all its stocks.
	day    day.Day
	sheets map[voucher.StockKey]*sheet
	users  []who
	held   map[store.VoucherHolderKey]int64
	// monthsWas is what was received before, monthsIs what is received now.
	monthsWas, monthsIs map[store.VoucherMonthKey]fen.Fen
	requests            map[store.RequestKey]store.Request

	grants []granted
	// repeated are the requests of earlier batches that came again.
	repeated []store.RequestKey
}

// sheet is a stock in a batch.
type sheet struct {
	stock voucher.Stock
	// now is the business time of the stock's creator.
	now     time.Time
	was, is voucher.Counters
}

// who is the user of a claim, or why there is none.
type who struct {
	user user.User
	err  error
}

// granted is a claim that gets a voucher.
type granted struct {
	sheet   *sheet
	voucher voucher.Voucher
	user    user.User
	request store.Request
}

// open locks the stocks and loads what the claims may depend on: a fixed number of queries,
// whatever their number.
func (s *Service) open(ctx context.Context, tx store.Tx, claims []claim) (*batch, error) {
	b := &batch{claims: claims, most: s.config.MonthlyMost, monthsIs: map[store.VoucherMonthKey]fen.Fen{}}
	if err := b.lock(ctx, tx, s.config.Clock); err != nil {
		return nil, err
	}
	if err := b.resolve(ctx, tx, s.config.Users); err != nil {
		return nil, err
	}
	if err := b.load(ctx, tx); err != nil {
		return nil, err
	}
	return b, nil
}

// errDays ends a batch whose stocks are at different days, since merchants of a sandbox may
// have times of their own. Each stock then gets a transaction of its own.
var errDays = errors.New("grant: the stocks of a batch are at different days")

// lock makes the sheets of the claims' stocks.
func (b *batch) lock(ctx context.Context, tx store.Tx, business clock.Business) error {
	var keys []voucher.StockKey
	times := map[voucher.StockKey]time.Time{}
	for i := range b.claims {
		key := b.claims[i].stock
		if _, seen := times[key]; seen {
			continue
		}
		times[key] = business.For(string(key.Creator)).Now()
		keys = append(keys, key)
		if today := day.Of(times[key]); len(keys) == 1 {
			b.day = today
		} else if today != b.day {
			return errDays
		}
	}
	locked, err := tx.LockVoucherStocks(ctx, keys, b.day)
	if err != nil {
		return err
	}
	b.sheets = make(map[voucher.StockKey]*sheet, len(locked))
	for key, one := range locked {
		b.sheets[key] = &sheet{stock: one.Stock, now: times[key], was: one.Counters, is: one.Counters}
	}
	return nil
}

// resolve looks up whom the openids of the claims stand for.
func (b *batch) resolve(ctx context.Context, tx store.Tx, policy user.Policy) error {
	ids := make([]user.OpenID, len(b.claims))
	for i := range b.claims {
		ids[i] = b.claims[i].openid
	}
	found, err := tx.Users(ctx, ids)
	if err != nil {
		return err
	}
	b.users = make([]who, len(b.claims))
	for i := range b.claims {
		c := &b.claims[i]
		one, err := policy.Judge(found[c.openid], c.appid, c.openid)
		b.users[i] = who{user: one, err: asVoucherFault(err)}
	}
	return nil
}

// load reads what was given to the users, and the request numbers.
func (b *batch) load(ctx context.Context, tx store.Tx) (err error) {
	var holders []store.VoucherHolderKey
	var months []store.VoucherMonthKey
	var numbers []store.RequestKey
	for i := range b.claims {
		s, u := b.sheets[b.claims[i].stock], &b.users[i]
		if s == nil || u.err != nil {
			continue
		}
		holders = append(holders, s.holder(&u.user))
		months = append(months, s.month(&u.user))
		numbers = append(numbers, b.claims[i].request())
	}
	if b.held, err = tx.VoucherHeld(ctx, holders); err != nil {
		return err
	}
	if b.most > 0 {
		if b.monthsWas, err = tx.VoucherMonths(ctx, months); err != nil {
			return err
		}
	}
	b.requests, err = tx.Requests(ctx, numbers)
	return err
}

// holder is for whom a voucher counts in the stock.
func (s *sheet) holder(u *user.User) store.VoucherHolderKey {
	return store.VoucherHolderKey{Stock: s.stock.StockKey, Holder: s.stock.Limits.QuotaHolder(u)}
}

// month is for whom a voucher counts in the month.
func (s *sheet) month(u *user.User) store.VoucherMonthKey {
	return store.VoucherMonthKey{Creator: s.stock.Creator, Month: day.MonthOf(s.now), Holder: u.ID}
}

// request is where the number of a claim counts: for its sender.
func (c *claim) request() store.RequestKey {
	return store.RequestKey{Owner: c.sender, Operation: store.OpSendVoucher, Number: c.number}
}

// content is what a repeat must not change.
func (c *claim) content() store.Content {
	return store.ContentOf(string(c.stock.Creator), string(c.stock.ID), string(c.appid), string(c.openid))
}

// decide gives every claim its outcome, in order.
func (b *batch) decide(random io.Reader) ([]outcome, error) {
	outcomes := make([]outcome, len(b.claims))
	fresh := map[store.RequestKey]bool{}
	for i := range b.claims {
		c, u := &b.claims[i], &b.users[i]
		s := b.sheets[c.stock]
		switch {
		case u.err != nil:
			outcomes[i].err = u.err
			continue
		case s == nil:
			outcomes[i].err = voucher.ErrStockNotFound.At("stock_id", string(c.stock.ID))
			continue
		}
		if first, known := b.requests[c.request()]; known {
			outcomes[i] = again(c, &first)
			if outcomes[i].err == nil && !fresh[first.RequestKey] {
				b.repeated = append(b.repeated, first.RequestKey)
			}
			continue
		}
		if outcomes[i].err = b.admit(s, &u.user); outcomes[i].err != nil {
			continue
		}
		id, err := voucher.NewID(random)
		if err != nil {
			return nil, err
		}
		outcomes[i].id = id
		b.give(s, c, &u.user, id)
		fresh[c.request()] = true
	}
	return outcomes, nil
}

// again is the outcome of a claim whose number is known.
func again(c *claim, first *store.Request) outcome {
	if first.Content != c.content() {
		return outcome{err: voucher.ErrContent.At("out_request_no", c.number)}
	}
	return outcome{id: voucher.ID(first.Answer)}
}

// admit asks the rules for one voucher more.
func (b *batch) admit(s *sheet, u *user.User) error {
	return s.stock.Admit(s.is, voucher.Asked{
		User: u, Now: s.now, Held: b.held[s.holder(u)], InMonth: b.inMonth(s.month(u)),
	}, b.most)
}

// inMonth is what somebody received in a month, with what this batch gives.
func (b *batch) inMonth(key store.VoucherMonthKey) fen.Fen {
	if amount, changed := b.monthsIs[key]; changed {
		return amount
	}
	return b.monthsWas[key]
}

// give notes a voucher, so that the claims that follow see it.
func (b *batch) give(s *sheet, c *claim, u *user.User, id voucher.ID) {
	request := store.Request{RequestKey: c.request(), Content: c.content(), Answer: []byte(id), At: s.now}
	b.requests[request.RequestKey] = request
	b.grants = append(b.grants, granted{
		sheet: s, user: *u, request: request,
		voucher: voucher.Voucher{
			ID: id, Stock: s.stock.StockKey, Sender: c.sender, Holder: u.ID, AppID: u.AppID, OpenID: u.OpenID,
			RequestNo: c.number, Received: s.now, Window: s.stock.WindowFrom(s.now), State: voucher.StateSent,
		},
	})
	s.is = s.is.Send()
	b.held[s.holder(u)] += 1 - planted.SendBlind.One()
	month := s.month(u)
	b.monthsIs[month] = b.inMonth(month) + s.stock.Face
}
