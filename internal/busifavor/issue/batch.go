package issue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// batch is one transaction's view of its stocks while claims are decided: later claims
// see what earlier ones took.
type batch struct {
	// day is the business day of all its stocks.
	day      day.Day
	sheets   map[coupon.StockKey]*sheet
	held     map[store.HolderKey]int64
	requests map[store.RequestKey]store.Request
	// taken are the codes that merchants chose and somebody has.
	taken map[coupon.Key]bool
	// unknown are the claims, by their place, whose openid leads to nobody.
	unknown map[int]error

	grants []grant
	// granted finds the grant of a request number of this batch.
	granted map[store.RequestKey]int
	// repeated are the requests of earlier batches that came again.
	repeated []store.RequestKey
}

// sheet is a stock in a batch.
type sheet struct {
	stock coupon.Stock
	// now is the business time of the stock's creator.
	now     time.Time
	was, is coupon.Counters
	// grants counts the coupons that it gives.
	grants int
}

// grant is a claim that gets a coupon.
type grant struct {
	claim   *coupon.Claim
	sheet   *sheet
	request store.Request
	holder  store.HolderKey
	code    coupon.Code
}

// verdict is what was decided about a claim: a refusal, an earlier coupon, or a grant.
type verdict struct {
	err   error
	code  coupon.Code
	grant int // when neither
	// repeated is true for an earlier coupon, also one of this batch.
	repeated bool
}

// open locks the stocks and loads what the claims may depend on: a fixed number of
// queries, whatever their number.
func (s *Service) open(ctx context.Context, tx store.Tx, claims []claim) (*batch, error) {
	b := &batch{granted: map[store.RequestKey]int{}}
	if err := b.lock(ctx, tx, s.config.Clock, claims); err != nil {
		return nil, err
	}
	if err := s.resolve(ctx, tx, b, claims); err != nil {
		return nil, err
	}
	var holders []store.HolderKey
	var keys []store.RequestKey
	for i := range claims {
		if c := &claims[i]; b.sheets[c.stock] != nil && b.unknown[i] == nil {
			holders = append(holders, b.sheets[c.stock].holder(&c.Claim))
			keys = append(keys, requestKey(c.stock, &c.Claim))
		}
	}
	var err error
	if b.held, err = tx.Held(ctx, holders); err != nil {
		return nil, err
	}
	if b.requests, err = tx.Requests(ctx, keys); err != nil {
		return nil, err
	}
	if err := b.loadTaken(ctx, tx, claims); err != nil {
		return nil, err
	}
	return b, nil
}

// errDays ends a batch whose stocks are at different days, since merchants of a sandbox
// may have times of their own. Each stock then gets a transaction of its own.
var errDays = errors.New("issue: the stocks of a batch are at different days")

// lock makes the sheets of the claims' stocks.
func (b *batch) lock(ctx context.Context, tx store.Tx, business clock.Business, claims []claim) error {
	var keys []coupon.StockKey
	times := map[coupon.StockKey]time.Time{}
	for i := range claims {
		key := claims[i].stock
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
	locked, err := tx.LockStocks(ctx, keys, b.day)
	if err != nil {
		return err
	}
	b.sheets = make(map[coupon.StockKey]*sheet, len(locked))
	for key, one := range locked {
		b.sheets[key] = &sheet{stock: one.Stock, now: times[key], was: one.Counters, is: one.Counters}
	}
	return nil
}

// holder is for whom a claim counts.
func (s *sheet) holder(c *coupon.Claim) store.HolderKey {
	return store.HolderKey{Stock: s.stock.StockKey, Holder: s.stock.Limits.QuotaHolder(&c.User)}
}

// resolve looks up whom the openids of the claims stand for.
func (s *Service) resolve(ctx context.Context, tx store.Tx, b *batch, claims []claim) error {
	ids := make([]user.OpenID, len(claims))
	for i := range claims {
		ids[i] = claims[i].openid
	}
	found, err := tx.Users(ctx, ids)
	if err != nil {
		return err
	}
	b.unknown = map[int]error{}
	for i := range claims {
		c := &claims[i]
		if c.User, err = s.config.Users.Judge(found[c.openid], c.appid, c.openid); err != nil {
			b.unknown[i] = err
		}
	}
	return nil
}

// loadTaken finds which of the codes that merchants chose are taken.
func (b *batch) loadTaken(ctx context.Context, tx store.Tx, claims []claim) (err error) {
	var keys []coupon.Key
	for i := range claims {
		s := b.sheets[claims[i].stock]
		if s != nil && s.stock.CodeMode == coupon.CodesByCall {
			keys = append(keys, coupon.Key{Stock: claims[i].stock, Code: claims[i].Code})
		}
	}
	if len(keys) > 0 {
		b.taken, err = tx.Taken(ctx, keys)
	}
	return err
}

// requestKey is where the request number of a claim counts: for the stock and the
// user (busifavor B9).
func requestKey(key coupon.StockKey, c *coupon.Claim) store.RequestKey {
	return store.RequestKey{
		Owner: key.Creator, Stock: key.ID, Operation: store.OpSendCoupon,
		Subject: string(c.User.ID[:]), Number: c.RequestNo,
	}
}

// decide gives every claim its verdict, in order.
func (b *batch) decide(claims []claim) []verdict {
	verdicts := make([]verdict, len(claims))
	for i := range claims {
		one := b.sheets[claims[i].stock]
		switch {
		case one == nil:
			verdicts[i].err = coupon.ErrStockNotFound.At("stock_id", string(claims[i].stock.ID))
		case b.unknown[i] != nil:
			verdicts[i].err = b.unknown[i]
		default:
			verdicts[i] = b.one(one, &claims[i].Claim)
		}
	}
	return verdicts
}

func (b *batch) one(s *sheet, c *coupon.Claim) verdict {
	key, content := requestKey(s.stock.StockKey, c), contentOf(&s.stock, c)
	if first, known := b.requests[key]; known {
		if first.Content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		b.repeated = append(b.repeated, key)
		return verdict{code: coupon.Code(first.Answer), repeated: true}
	}
	if i, known := b.granted[key]; known {
		if b.grants[i].request.Content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		return verdict{grant: i, repeated: true}
	}
	holder := s.holder(c)
	if refusal := s.stock.Admit(s.is, &c.User, b.held[holder], s.now); refusal != coupon.Admitted {
		return verdict{err: refusal.Fault()}
	}
	if s.stock.CodeMode == coupon.CodesByCall {
		chosen := coupon.Key{Stock: s.stock.StockKey, Code: c.Code}
		if b.taken[chosen] {
			return verdict{err: coupon.ErrCodeTaken.At("coupon_code", string(c.Code))}
		}
		b.taken[chosen] = true
	}
	b.granted[key] = len(b.grants)
	b.grants = append(b.grants, grant{
		claim: c, sheet: s, holder: holder, request: store.Request{RequestKey: key, Content: content, At: s.now},
	})
	s.is = s.is.Issue(s.stock.CodeMode)
	s.grants++
	b.held[holder]++
	return verdict{grant: len(b.grants) - 1}
}

// contentOf is what a repeat must not change. A code that the stock ignores is no part
// of it.
func contentOf(stock *coupon.Stock, c *coupon.Claim) store.Content {
	code := c.Code
	if stock.CodeMode != coupon.CodesByCall {
		code = ""
	}
	parts := []string{string(c.Sender), string(c.User.AppID), string(c.User.OpenID), string(code)}
	if !c.SendTime.IsZero() {
		parts = append(parts, strconv.FormatInt(c.SendTime.Unix(), 10))
	}
	return store.ContentOf(parts...)
}

// assign gives every grant its code.
func (b *batch) assign(ctx context.Context, tx store.Tx, random io.Reader) error {
	pools, err := b.takeCodes(ctx, tx)
	if err != nil {
		return err
	}
	for i := range b.grants {
		g := &b.grants[i]
		switch g.sheet.stock.CodeMode {
		case coupon.CodesByCall:
			g.code = g.claim.Code
		case coupon.CodesByUpload:
			pool := pools[g.sheet.stock.StockKey]
			g.code, pools[g.sheet.stock.StockKey] = pool[0], pool[1:]
		case coupon.CodesByPlatform:
			if g.code, err = coupon.NewCode(random); err != nil {
				return err
			}
		}
		g.request.Answer = []byte(g.code)
	}
	return nil
}

// takeCodes takes as many uploaded codes as the stocks give.
func (b *batch) takeCodes(ctx context.Context, tx store.Tx) (map[coupon.StockKey][]coupon.Code, error) {
	wanted := map[coupon.StockKey]int{}
	for key, s := range b.sheets {
		if s.grants > 0 && s.stock.CodeMode == coupon.CodesByUpload {
			wanted[key] = s.grants
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	taken, err := tx.TakeCodes(ctx, wanted)
	if err != nil {
		return nil, err
	}
	for key, n := range wanted {
		if len(taken[key]) != n {
			return nil, fmt.Errorf("stock %s counts more free codes than it has", key.ID)
		}
	}
	return taken, nil
}

// answer turns verdicts into outcomes, now that every grant has its code.
func (b *batch) answer(verdicts []verdict) []outcome {
	outcomes := make([]outcome, len(verdicts))
	for i, v := range verdicts {
		outcomes[i].repeated = v.repeated
		switch {
		case v.err != nil:
			outcomes[i].err = v.err
		case v.code != "":
			outcomes[i].code = v.code
		default:
			outcomes[i].code = b.grants[v.grant].code
		}
	}
	return outcomes
}
