package issue

import (
	"context"
	"crypto/sha256"
	"encoding/json"
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
	random io.Reader
	now    time.Time

	stock    coupon.Stock
	was, is  coupon.Counters
	held     map[user.ID]int64
	requests map[store.RequestKey]store.Request
	taken    map[coupon.Code]bool

	// changes, in the order of the claims
	coupons []coupon.Coupon
	added   []store.Request
	events  []store.Event
	audit   []store.AuditEntry
	users   []user.User
	holders []user.ID
}

// open locks the stock and loads what the claims may depend on: a fixed number of
// queries, whatever their number.
func (s *Service) open(ctx context.Context, tx store.Tx, key coupon.StockKey, claims []coupon.Claim) (*batch, error) {
	b := &batch{random: s.Random, now: s.Clock.Now(), taken: map[coupon.Code]bool{}}
	var err error
	if b.stock, b.was, err = tx.LockStock(ctx, key, coupon.DayOf(b.now)); err != nil {
		return nil, err
	}
	b.is = b.was
	holders := make([]user.ID, len(claims))
	keys := make([]store.RequestKey, len(claims))
	for i := range claims {
		holders[i] = b.stock.Limits.QuotaHolder(&claims[i].User)
		keys[i] = requestKey(key, &claims[i])
	}
	if b.held, err = tx.Held(ctx, key, holders); err != nil {
		return nil, err
	}
	if b.requests, err = tx.Requests(ctx, keys); err != nil {
		return nil, err
	}
	if err := b.loadCodes(ctx, tx, claims); err != nil {
		return nil, err
	}
	return b, nil
}

// loadCodes finds which of the merchant's codes are taken.
func (b *batch) loadCodes(ctx context.Context, tx store.Tx, claims []coupon.Claim) error {
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

// decide gives every claim its outcome, in order.
func (b *batch) decide(claims []coupon.Claim) ([]outcome, error) {
	outcomes := make([]outcome, len(claims))
	for i := range claims {
		var err error
		if outcomes[i], err = b.one(&claims[i]); err != nil {
			return nil, err
		}
	}
	return outcomes, nil
}

// one decides a claim. Its error is a failure of the system; refusals are outcomes.
func (b *batch) one(c *coupon.Claim) (outcome, error) {
	key, content := requestKey(b.stock.StockKey, c), b.content(c)
	if first, known := b.requests[key]; known {
		if first.Content != content {
			return outcome{err: coupon.ErrClaimContent}, nil
		}
		return outcome{code: coupon.Code(first.Answer)}, nil
	}
	holder := b.stock.Limits.QuotaHolder(&c.User)
	if refusal := b.stock.Admit(b.is, &c.User, b.held[holder], b.now); refusal != coupon.Admitted {
		return outcome{err: refusal.Fault()}, nil
	}
	code, err := b.choose(c)
	if err != nil {
		return outcome{}, err
	}
	if b.taken[code] {
		return outcome{err: coupon.ErrCodeTaken.At("coupon_code", string(code))}, nil
	}
	return outcome{code: code}, b.give(c, code, store.Request{RequestKey: key, Content: content, Answer: []byte(code), At: b.now})
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

// choose returns the code of a coupon.
func (b *batch) choose(c *coupon.Claim) (coupon.Code, error) {
	switch b.stock.CodeMode {
	case coupon.CodesByCall:
		return c.Code, nil
	case coupon.CodesByPlatform:
		return coupon.NewCode(b.random)
	case coupon.CodesByUpload:
	}
	return "", fmt.Errorf("stock %s counts free codes but has none", b.stock.ID)
}

// give records the coupon of a claim and everything that goes with it.
func (b *batch) give(c *coupon.Claim, code coupon.Code, request store.Request) error {
	issued := b.stock.Issue(c, code, b.now)
	event, err := sentEvent(&issued)
	if err != nil {
		return err
	}
	holder := b.stock.Limits.QuotaHolder(&c.User)
	b.is = b.is.Issue(b.stock.CodeMode)
	b.held[holder]++
	b.holders = append(b.holders, holder)
	b.taken[code] = true
	b.requests[request.RequestKey] = request
	b.coupons = append(b.coupons, issued)
	b.added = append(b.added, request)
	b.events = append(b.events, event)
	b.audit = append(b.audit, store.AuditEntry{
		Owner: b.stock.Creator, At: b.now, Actor: string(c.Sender), Action: "busifavor.coupons.send",
		Object: "stock/" + string(b.stock.ID) + "/coupon/" + string(code),
	})
	if !c.User.Known {
		b.users = append(b.users, c.User)
	}
	return nil
}

// write stores what was decided.
func (b *batch) write(ctx context.Context, tx store.Tx) error {
	if len(b.coupons) == 0 {
		return nil
	}
	held := make([]store.Held, len(b.holders))
	for i, h := range b.holders {
		held[i] = store.Held{Holder: h, Count: b.held[h]}
	}
	for _, step := range []func() error{
		func() error { return tx.SetCounters(ctx, b.stock.StockKey, b.was, b.is) },
		func() error { return tx.SetHeld(ctx, b.stock.StockKey, held) },
		func() error { return tx.InsertUsers(ctx, b.users) },
		func() error { return tx.InsertCoupons(ctx, b.coupons) },
		func() error { return tx.InsertRequests(ctx, b.added) },
		func() error { return tx.AppendEvents(ctx, b.events) },
		func() error { return tx.AppendAudit(ctx, b.audit) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sentEvent is the outbox row of an issued coupon.
func sentEvent(c *coupon.Coupon) (store.Event, error) {
	payload, err := json.Marshal(store.CouponSent{
		StockID: c.Stock.ID, Code: c.Code, Holder: c.Holder, AppID: c.AppID, OpenID: c.OpenID,
		Channel: c.Channel, Sender: c.Sender, RequestNo: c.SendRequestNo,
	})
	if err != nil {
		return store.Event{}, fmt.Errorf("encode event: %w", err)
	}
	return store.Event{
		Owner: c.Stock.Creator, ID: eventID(c), Kind: store.EventCouponSent, At: c.Received, Payload: payload,
	}, nil
}

// eventID derives a UUID from the coupon, so that one issue is one event however
// often it is told.
func eventID(c *coupon.Coupon) string {
	h := sha256.Sum256([]byte("COUPON.SEND\x00" + string(c.Stock.ID) + "\x00" + string(c.Code)))
	h[6] = h[6]&0x0f | 0x50 // looks like version 5, as real ones do
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
