package httpapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/edge/serve"
	favorstocks "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// Draft is the body of a call that would create a stock.
type Draft struct {
	MchID   merchant.ID
	Product merchant.Product
	Body    []byte
}

// Examined is what the server says of a draft.
type Examined struct {
	Problems []Problem
	// Coupon or Voucher is the stock as far as the draft says, by the product.
	Coupon  *coupon.Stock
	Voucher *voucher.Stock
	// MerchantName is the name on the card.
	MerchantName string
}

// Problem is a rule that a draft breaks.
type Problem struct {
	// Field is its wire name, dotted from the body's top; empty when no field is at fault.
	Field string
	// Status, Code and Message are what the signed call would answer.
	Status        int
	Code, Message string
	// Text is the same without the wording of the protocol.
	Text fault.Text
}

// Examine reports everything that stands against a draft, and changes nothing.
func (s *Server) Examine(ctx context.Context, d Draft) (Examined, error) {
	body, v := serve.DecodeBody(d.Body)
	if v != nil {
		return Examined{}, v
	}
	if d.Product == merchant.Favor {
		return s.examineVouchers(ctx, d, body)
	}
	req := new(busifavor.CreateStockRequest)
	op := operationNamed(busifavor.CreateStock)
	broken := op.Request.BindAll(body, req)
	stock := stockOf(req)
	found, err := s.Campaign.Examine(ctx, stocks.CreateCommand{Caller: d.MchID, Stock: stock})
	return Examined{Problems: problemsOf(op, broken, found.Problems), Coupon: &stock, MerchantName: found.MerchantName}, err
}

func (s *Server) examineVouchers(ctx context.Context, d Draft, body map[string]any) (Examined, error) {
	req := new(favor.CreateStockRequest)
	op := operationNamed(favor.CreateStock)
	broken := op.Request.BindAll(body, req)
	if req.CouponUseRule.FixedNormalCoupon == nil {
		req.CouponUseRule.FixedNormalCoupon = new(favor.FixedNormalCoupon)
	}
	stock := voucherStockOf(req)
	found, err := s.Promotion.Examine(ctx, favorstocks.CreateCommand{Caller: d.MchID, Belong: merchant.ID(req.BelongMerchant), Stock: stock})
	return Examined{Problems: problemsOf(op, broken, found.Problems), Voucher: &stock, MerchantName: found.MerchantName}, err
}

// operationNamed returns an operation of the table.
func operationNamed(id string) *wire.Operation {
	all := Operations()
	return &all[slices.IndexFunc(all, func(op wire.Operation) bool { return op.ID == id })]
}

// problemsOf lists what is wrong: first values, then what rules say about values that are right.
func problemsOf(op *wire.Operation, broken []*schema.Violation, refusals []error) []Problem {
	var list []Problem
	for _, v := range broken {
		list = append(list, problemOf(op, v))
	}
	for _, refusal := range refusals {
		if p := problemOf(op, refusal); !overshadowed(broken, p.Field) {
			list = append(list, p)
		}
	}
	return list
}

func problemOf(op *wire.Operation, err error) Problem {
	f := failureOf(err, op, serve.Chinese)
	p := Problem{Status: f.status, Code: f.body.Code, Message: f.body.Message}
	if v, is := errors.AsType[*schema.Violation](err); is {
		p.Field, p.Text = dotted(v.Field), fault.Text{ZH: v.Brief(), EN: v.Issue}
		return p
	}
	refusal := fault.Of(err)
	p.Field, p.Text = refusal.Field, refusal.Broken()
	return p
}

// dotted turns a JSON Pointer into a dotted name.
func dotted(pointer string) string {
	return strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".")
}

// overshadowed reports whether what a rule says of a field follows from a value that is wrong
// itself: the field's, one in it, or one beside it in the same object.
func overshadowed(broken []*schema.Violation, field string) bool {
	parent := field[:max(0, strings.LastIndexByte(field, '.'))]
	return field != "" && slices.ContainsFunc(broken, func(v *schema.Violation) bool {
		at := dotted(v.Field)
		return at == field || within(at, field) || within(field, at) || parent != "" && within(at, parent)
	})
}

// within reports whether one dotted name is inside another.
func within(name, outer string) bool { return strings.HasPrefix(name, outer+".") }
