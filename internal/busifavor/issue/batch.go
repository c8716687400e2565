package issue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
)

// batch is one transaction's view of its stocks while claims are decided: later claims
// see what earlier ones took.
type batch struct {
	sheets map[coupon.StockKey]*sheet
	// locked is what the claims depend on, as it is under the locks.
	locked store.Locked

	grants []grant
	// granted finds the grant of a request number of this batch.
	granted map[numbered]int
	// counted are the grants of an account, or of a person where the stock counts persons.
	counted map[store.HolderKey]int64
	// foreseen is the version that the stock must have, if the batch follows another one.
	foreseen store.Version
}

// numbered is a request number as it counts: for the stock and the user (busifavor B9).
type numbered struct {
	holder store.HolderKey
	number string
}

// sheet is a stock in a batch.
type sheet struct {
	stock coupon.Stock
	// now is the business time of the stock's creator.
	now     time.Time
	was, is coupon.Counters
	// last is the highest ID that a coupon of it has.
	last int64
	// grants are the coupons that it gives, by their places.
	grants []int
}

// grant is a claim that gets a coupon.
type grant struct {
	claim   *coupon.Claim
	sheet   *sheet
	content coupon.Digest
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

// open locks the stocks and loads what the claims depend on, all at once. Behind another batch it takes
// the stock as that one leaves it.
func (s *Service) open(ctx context.Context, tx store.Tx, claims []claim, before *left) (*batch, error) {
	b := &batch{granted: make(map[numbered]int, len(claims)), counted: make(map[store.HolderKey]int64, len(claims))}
	ask, times, err := b.ask(s.config.Clock, claims)
	if err != nil {
		return nil, err
	}
	if before != nil {
		ask.Foreseen, b.foreseen = &before.stock, before.stock.Version
	}
	if b.locked, err = tx.LockToIssue(ctx, ask); err != nil {
		return nil, err
	}
	b.foresee(before)
	b.sheets = make(map[coupon.StockKey]*sheet, len(b.locked.Stocks))
	for key, one := range b.locked.Stocks {
		b.sheets[key] = &sheet{stock: one.Stock, now: times[key], was: one.Counters, is: one.Counters, last: one.LastID}
	}
	err = b.loadLinked(ctx, tx, claims)
	return b, err
}

// dayOf is the day on which a claim counts.
func (s *Service) dayOf(c *claim) day.Day {
	return day.Of(s.config.Clock.For(string(c.stock.Creator)).Now())
}

// errDays ends a batch whose stocks are at different days, since merchants of a sandbox
// may have times of their own. Each stock then gets a transaction of its own.
var errDays = errors.New("issue: the stocks of a batch are at different days")

// ask collects what the claims depend on, and at which time each of their stocks is.
func (b *batch) ask(business clock.Business, claims []claim) (ask store.Ask, times map[coupon.StockKey]time.Time, err error) {
	times = map[coupon.StockKey]time.Time{}
	ask.Holders = make([]store.HolderKey, 0, len(claims))
	for i := range claims {
		c := &claims[i]
		if _, seen := times[c.stock]; !seen {
			times[c.stock] = business.For(string(c.stock.Creator)).Now()
			ask.Stocks = append(ask.Stocks, c.stock)
			if today := day.Of(times[c.stock]); len(ask.Stocks) == 1 {
				ask.Day = today
			} else if today != ask.Day {
				return ask, nil, errDays
			}
		}
		ask.Holders = append(ask.Holders, holderOf(c, c.User.ID))
		if c.byPerson {
			ask.Persons = append(ask.Persons, c.User.Person)
			ask.Holders = append(ask.Holders, holderOf(c, c.User.Person))
		}
		if c.chooses {
			ask.Codes = append(ask.Codes, coupon.Key{Stock: c.stock, Code: c.Code})
		}
	}
	return ask, times, nil
}

func holderOf(c *claim, account user.ID) store.HolderKey {
	return store.HolderKey{Stock: c.stock, Holder: account}
}

// loadLinked loads what persons got under other accounts, where the stock counts persons.
// As a rule they have none.
func (b *batch) loadLinked(ctx context.Context, tx store.Tx, claims []claim) (err error) {
	var holders []store.HolderKey
	var persons []user.ID
	for i := range claims {
		c := &claims[i]
		s := b.sheets[c.stock]
		if s == nil || s.stock.Limits.NaturalPerson != coupon.Yes {
			continue
		}
		if !c.byPerson { // it came to count persons a moment ago
			persons = append(persons, c.User.Person)
			holders = append(holders, holderOf(c, c.User.Person))
		}
		for _, account := range b.locked.Linked[c.User.Person] {
			holders = append(holders, holderOf(c, account))
		}
	}
	if len(persons) > 0 {
		linked, err := tx.LinkedAccounts(ctx, persons)
		if err != nil {
			return err
		}
		maps.Copy(b.locked.Linked, linked)
		for i := range claims {
			for _, account := range linked[claims[i].User.Person] {
				holders = append(holders, holderOf(&claims[i], account))
			}
		}
	}
	if len(holders) == 0 {
		return nil
	}
	given, err := tx.Given(ctx, holders)
	maps.Copy(b.locked.Given, given)
	return err
}

// held is how many coupons of a stock count for a user: those of the account, or those of all
// accounts of the person.
func held(s *coupon.Stock, u *user.User, given map[store.HolderKey][]store.Given, linked map[user.ID][]user.ID) int64 {
	count := func(account user.ID) int64 {
		return int64(len(given[store.HolderKey{Stock: s.StockKey, Holder: account}]))
	}
	n := count(u.ID)
	if s.Limits.NaturalPerson != coupon.Yes {
		return n
	}
	if u.Person != u.ID {
		n += count(u.Person)
	}
	for _, account := range linked[u.Person] {
		if account != u.ID && account != u.Person {
			n += count(account)
		}
	}
	return n
}

// decide gives every claim its verdict, in order.
func (b *batch) decide(claims []claim) []verdict {
	verdicts := make([]verdict, len(claims))
	for i := range claims {
		if one := b.sheets[claims[i].stock]; one != nil {
			verdicts[i] = b.one(one, &claims[i].Claim)
		} else {
			verdicts[i].err = coupon.ErrStockNotFound.At("stock_id", string(claims[i].stock.ID))
		}
	}
	return verdicts
}

func (b *batch) one(s *sheet, c *coupon.Claim) verdict {
	content := contentOf(&s.stock, c)
	key := numbered{store.HolderKey{Stock: s.stock.StockKey, Holder: c.User.ID}, c.RequestNo}
	if first, known := earlier(b.locked.Given[key.holder], c.RequestNo); known {
		if first.Content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		return verdict{code: first.Code, repeated: true}
	}
	if i, known := b.granted[key]; known {
		if b.grants[i].content != content {
			return verdict{err: coupon.ErrClaimContent}
		}
		return verdict{grant: i, repeated: true}
	}
	counts := store.HolderKey{Stock: s.stock.StockKey, Holder: s.stock.Limits.QuotaHolder(&c.User)}
	has := held(&s.stock, &c.User, b.locked.Given, b.locked.Linked) + b.counted[counts]
	if refusal := s.stock.Admit(s.is, &c.User, has, s.now); refusal != coupon.Admitted {
		return verdict{err: refusal.Fault()}
	}
	if s.stock.CodeMode == coupon.CodesByCall {
		chosen := coupon.Key{Stock: s.stock.StockKey, Code: c.Code}
		if b.locked.Taken[chosen] {
			return verdict{err: coupon.ErrCodeTaken.At("coupon_code", string(c.Code))}
		}
		b.locked.Taken[chosen] = !planted.IssueCode.In()
	}
	place := len(b.grants)
	b.granted[key] = place
	b.grants = append(b.grants, grant{claim: c, sheet: s, content: content})
	s.is = s.is.Issue(s.stock.CodeMode)
	s.grants = append(s.grants, place)
	b.counted[counts] += 1 - planted.IssueBlind.One()
	return verdict{grant: place}
}

// earlier finds the coupon that a request number got.
func earlier(given []store.Given, number string) (store.Given, bool) {
	i := slices.IndexFunc(given, func(g store.Given) bool { return g.Number == number })
	if i < 0 {
		return store.Given{}, false
	}
	return given[i], true
}

// contentOf is what a repeat must not change. A code that the stock ignores is no part
// of it.
func contentOf(stock *coupon.Stock, c *coupon.Claim) coupon.Digest {
	code := c.Code
	if stock.CodeMode != coupon.CodesByCall {
		code = ""
	}
	parts := []string{string(c.Sender), string(c.User.AppID), string(c.User.OpenID), string(code)}
	if !c.SendTime.IsZero() {
		parts = append(parts, strconv.FormatInt(c.SendTime.Unix(), 10))
	}
	return store.ContentOf(parts...).ShortOf()
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
			if g.code, err = coupon.NewCode(random, g.sheet.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeCodes takes as many uploaded codes as the stocks give.
func (b *batch) takeCodes(ctx context.Context, tx store.Tx) (map[coupon.StockKey][]coupon.Code, error) {
	wanted := map[coupon.StockKey]int{}
	for key, s := range b.sheets {
		if len(s.grants) > 0 && s.stock.CodeMode == coupon.CodesByUpload {
			wanted[key] = len(s.grants)
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
