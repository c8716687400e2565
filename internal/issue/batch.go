package issue

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/user"
)

// batch is one transaction's view of a stock while claims are decided: later claims
// see what earlier ones took.
type batch struct {
	now time.Time

	stock    coupon.Stock
	was, is  coupon.Counters
	held     map[user.ID]int64
	requests map[store.RequestKey]store.Request
	taken    map[coupon.Code]bool
	// unknown are the claims, by their place, whose openid leads to nobody.
	unknown map[int]error

	grants []grant
	// granted finds the grant of a request number of this batch.
	granted map[store.RequestKey]int
	// repeated are the requests of earlier batches that came again.
	repeated []store.RequestKey
}

// grant is a claim that gets a coupon.
type grant struct {
	claim   *coupon.Claim
	request store.Request
	holder  user.ID
	code    coupon.Code
}

// verdict is what was decided about a claim: a refusal, an earlier coupon, or a grant.
type verdict struct {
	err   error
	code  coupon.Code
	grant int // when neither
}

// open locks the stock and loads what the claims may depend on: a fixed number of
// queries, whatever their number.
func (s *Service) open(ctx context.Context, tx store.Tx, key coupon.StockKey, claims []claim) (*batch, error) {
	b := &batch{now: s.Clock.Now(), granted: map[store.RequestKey]int{}}
	var err error
	if b.stock, b.was, err = tx.LockStock(ctx, key, coupon.DayOf(b.now)); err != nil {
		return nil, err
	}
	b.is = b.was
	if err := s.resolve(ctx, tx, b, claims); err != nil {
		return nil, err
	}
	holders := make([]user.ID, len(claims))
	keys := make([]store.RequestKey, len(claims))
	for i := range claims {
		holders[i] = b.stock.Limits.QuotaHolder(&claims[i].User)
		keys[i] = requestKey(key, &claims[i].Claim)
	}
	if b.held, err = tx.Held(ctx, key, holders); err != nil {
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
		if c.User, err = s.Users.Judge(found[c.openid], c.appid, c.openid); err != nil {
			b.unknown[i] = err
		}
	}
	return nil
}

// loadTaken finds which of the merchant's codes are taken.
func (b *batch) loadTaken(ctx context.Context, tx store.Tx, claims []claim) error {
	b.taken = map[coupon.Code]bool{}
	if b.stock.CodeMode != coupon.CodesByCall {
		return nil
	}
	codes := make([]coupon.Code, len(claims))
	for i := range claims {
		codes[i] = claims[i].Code
	}
	taken, err := tx.TakenCodes(ctx, b.stock.StockKey, codes)
	for _, code := range taken {
		b.taken[code] = true
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
		if err := b.unknown[i]; err != nil {
			verdicts[i] = verdict{err: err}
			continue
		}
		verdicts[i] = b.one(&claims[i].Claim)
	}
	return verdicts
}

func (b *batch) one(c *coupon.Claim) verdict {
	key, content := requestKey(b.stock.StockKey, c), b.content(c)
	if first, known := b.requests[key]; known {
		if first.Content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		b.repeated = append(b.repeated, key)
		return verdict{code: coupon.Code(first.Answer)}
	}
	if i, known := b.granted[key]; known {
		if b.grants[i].request.Content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		return verdict{grant: i}
	}
	holder := b.stock.Limits.QuotaHolder(&c.User)
	if refusal := b.stock.Admit(b.is, &c.User, b.held[holder], b.now); refusal != coupon.Admitted {
		return verdict{err: refusal.Fault()}
	}
	if b.stock.CodeMode == coupon.CodesByCall {
		if b.taken[c.Code] {
			return verdict{err: coupon.ErrCodeTaken.At("coupon_code", string(c.Code))}
		}
		b.taken[c.Code] = true
	}
	b.granted[key] = len(b.grants)
	b.grants = append(b.grants, grant{
		claim: c, holder: holder, request: store.Request{RequestKey: key, Content: content, At: b.now},
	})
	b.is = b.is.Issue(b.stock.CodeMode)
	b.held[holder]++
	return verdict{grant: len(b.grants) - 1}
}

// content is what a repeat must not change. A code that the stock ignores is no part
// of it.
func (b *batch) content(c *coupon.Claim) store.Content {
	code := c.Code
	if b.stock.CodeMode != coupon.CodesByCall {
		code = ""
	}
	return store.ContentOf(string(c.Sender), string(c.User.AppID), string(c.User.OpenID), string(code))
}

// assign gives every grant its code.
func (b *batch) assign(ctx context.Context, tx store.Tx, random io.Reader) error {
	var pool []coupon.Code
	if b.stock.CodeMode == coupon.CodesByUpload && len(b.grants) > 0 {
		var err error
		if pool, err = tx.TakeCodes(ctx, b.stock.StockKey, len(b.grants)); err != nil {
			return err
		}
		if len(pool) != len(b.grants) {
			return fmt.Errorf("stock %s counts more free codes than it has", b.stock.ID)
		}
	}
	for i := range b.grants {
		g := &b.grants[i]
		switch b.stock.CodeMode {
		case coupon.CodesByCall:
			g.code = g.claim.Code
		case coupon.CodesByUpload:
			g.code = pool[i]
		case coupon.CodesByPlatform:
			var err error
			if g.code, err = coupon.NewCode(random); err != nil {
				return err
			}
		}
		g.request.Answer = []byte(g.code)
	}
	return nil
}

// answer turns verdicts into outcomes, now that every grant has its code.
func (b *batch) answer(verdicts []verdict) []outcome {
	outcomes := make([]outcome, len(verdicts))
	for i, v := range verdicts {
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
