package document

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// voucherStockDocument is the stored form of the content of a stock of vouchers:
// everything but its key, its state and the times of its commands. The names are stored
// and hashed: never rename one, and give every new one omitempty.
type voucherStockDocument struct {
	Name          string                  `json:"name"`
	Comment       string                  `json:"comment,omitempty"`
	Display       *voucherDisplayDocument `json:"display,omitempty"`
	NoCash        bool                    `json:"no_cash"`
	Begin         int64                   `json:"begin"`
	End           int64                   `json:"end"`
	Face          fen.Fen                 `json:"face"`
	Threshold     fen.Fen                 `json:"threshold"`
	Limits        voucherLimitsDocument   `json:"limits"`
	Times         *voucherTimesDocument   `json:"times,omitempty"`
	Payment       voucherPaymentDocument  `json:"payment"`
	Items         []string                `json:"items,omitempty"`
	ExcludedItems []string                `json:"excluded_items,omitempty"`
	Merchants     []merchant.ID           `json:"merchants"`
	ExtInfo       string                  `json:"ext_info,omitempty"`
}

type voucherDisplayDocument struct {
	Description      string         `json:"description,omitempty"`
	LogoURL          string         `json:"logo_url,omitempty"`
	Brand            string         `json:"brand,omitempty"`
	Color            string         `json:"color,omitempty"`
	ImageURL         string         `json:"image_url,omitempty"`
	JumpTarget       string         `json:"jump_target,omitempty"`
	MiniProgramAppID merchant.AppID `json:"mini_program_appid,omitempty"`
	MiniProgramPath  string         `json:"mini_program_path,omitempty"`
}

type voucherLimitsDocument struct {
	MaxCoupons      int64   `json:"max_coupons"`
	MaxAmount       fen.Fen `json:"max_amount"`
	MaxAmountPerDay fen.Fen `json:"max_amount_per_day,omitempty"`
	MaxPerUser      int64   `json:"max_per_user"`
	NaturalPerson   bool    `json:"natural_person,omitempty"`
	PreventAbuse    bool    `json:"prevent_abuse,omitempty"`
}

type voucherTimesDocument struct {
	Fixed   *voucherFixedDocument `json:"fixed,omitempty"`
	NextDay bool                  `json:"next_day,omitempty"`
	Minutes *int64                `json:"minutes,omitempty"`
}

type voucherFixedDocument struct {
	WeekDays []int `json:"week_days,omitempty"`
	Begin    int   `json:"begin"`
	End      int   `json:"end"`
}

type voucherPaymentDocument struct {
	GoodsTags  []string             `json:"goods_tags,omitempty"`
	LimitPay   string               `json:"limit_pay,omitempty"`
	Card       *voucherCardDocument `json:"card,omitempty"`
	TradeTypes []string             `json:"trade_types,omitempty"`
	Combine    bool                 `json:"combine"`
}

type voucherCardDocument struct {
	Name string   `json:"name"`
	BINs []string `json:"bins"`
}

// EncodeVoucherStock returns the content of a stock of vouchers as JSON. Equal contents
// give equal texts, in every release.
func EncodeVoucherStock(s *voucher.Stock) ([]byte, error) {
	d := voucherStockDocument{
		Name: s.Name, Comment: s.Comment, NoCash: s.NoCash,
		Begin: s.Begin.Unix(), End: s.End.Unix(), Face: s.Face, Threshold: s.Threshold,
		Limits: voucherLimitsDocument(s.Limits),
		Payment: voucherPaymentDocument{
			GoodsTags: s.Payment.GoodsTags, LimitPay: s.Payment.LimitPay, Card: (*voucherCardDocument)(s.Payment.Card),
			TradeTypes: s.Payment.TradeTypes, Combine: s.Payment.Combine,
		},
		Items: s.Items, ExcludedItems: s.ExcludedItems, Merchants: s.Merchants, ExtInfo: s.ExtInfo,
	}
	if s.Display != (voucher.Display{}) {
		display := voucherDisplayDocument(s.Display)
		d.Display = &display
	}
	if s.Times != (voucher.Times{}) {
		d.Times = &voucherTimesDocument{Fixed: (*voucherFixedDocument)(s.Times.Fixed), NextDay: s.Times.NextDay, Minutes: s.Times.Minutes}
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode stock of vouchers: %w", err)
	}
	return text, nil
}

// DecodeVoucherStock fills s with the content that [EncodeVoucherStock] wrote.
func DecodeVoucherStock(text []byte, s *voucher.Stock) error {
	var d voucherStockDocument
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("decode stock of vouchers: %w", err)
	}
	s.Name, s.Comment, s.NoCash = d.Name, d.Comment, d.NoCash
	s.Begin, s.End = time.Unix(d.Begin, 0), time.Unix(d.End, 0)
	s.Face, s.Threshold = d.Face, d.Threshold
	s.Limits = voucher.Limits(d.Limits)
	s.Payment = voucher.Payment{
		GoodsTags: d.Payment.GoodsTags, LimitPay: d.Payment.LimitPay, Card: (*voucher.Card)(d.Payment.Card),
		TradeTypes: d.Payment.TradeTypes, Combine: d.Payment.Combine,
	}
	s.Items, s.ExcludedItems, s.Merchants, s.ExtInfo = d.Items, d.ExcludedItems, d.Merchants, d.ExtInfo
	s.Display, s.Times = voucher.Display{}, voucher.Times{}
	if d.Display != nil {
		s.Display = voucher.Display(*d.Display)
	}
	if d.Times != nil {
		s.Times = voucher.Times{Fixed: (*voucher.Fixed)(d.Times.Fixed), NextDay: d.Times.NextDay, Minutes: d.Times.Minutes}
	}
	return nil
}

// VoucherContents keeps the decoded content of stocks of vouchers, as [Contents] does. The
// zero value is ready.
type VoucherContents struct {
	memo memo[voucher.StockID, voucher.Stock]
}

// Decode fills s, whose key, state and times are known, with the content that
// [EncodeVoucherStock] wrote. The text is not kept.
func (c *VoucherContents) Decode(text []byte, s *voucher.Stock) error {
	kept, err := c.memo.get(s.ID, text, DecodeVoucherStock)
	if err != nil {
		return err
	}
	own := *s
	*s = voucherApart(kept)
	s.StockKey, s.State, s.CreatedAt = own.StockKey, own.State, own.CreatedAt
	s.StartedAt, s.PausedAt, s.RestartedAt, s.StoppedAt = own.StartedAt, own.PausedAt, own.RestartedAt, own.StoppedAt
	return nil
}

// voucherApart returns a stock that shares nothing with s that could be changed.
func voucherApart(s voucher.Stock) voucher.Stock {
	s.Times.Minutes = copied(s.Times.Minutes)
	if s.Times.Fixed != nil {
		fixed := *s.Times.Fixed
		fixed.WeekDays = slices.Clone(fixed.WeekDays)
		s.Times.Fixed = &fixed
	}
	if s.Payment.Card != nil {
		card := *s.Payment.Card
		card.BINs = slices.Clone(card.BINs)
		s.Payment.Card = &card
	}
	s.Payment.GoodsTags, s.Payment.TradeTypes = slices.Clone(s.Payment.GoodsTags), slices.Clone(s.Payment.TradeTypes)
	s.Items, s.ExcludedItems = slices.Clone(s.Items), slices.Clone(s.ExcludedItems)
	s.Merchants = slices.Clone(s.Merchants)
	return s
}

// EncodeGoods returns the lines of a consumption as JSON; none is "".
func EncodeGoods(goods []voucher.Goods) (string, error) {
	if len(goods) == 0 {
		return "", nil
	}
	text, err := json.Marshal(goods)
	if err != nil {
		return "", fmt.Errorf("encode goods: %w", err)
	}
	return string(text), nil
}

// DecodeGoods is the opposite of [EncodeGoods].
func DecodeGoods(text string) ([]voucher.Goods, error) {
	if text == "" {
		return nil, nil
	}
	var goods []voucher.Goods
	if err := json.Unmarshal([]byte(text), &goods); err != nil {
		return nil, fmt.Errorf("decode goods: %w", err)
	}
	return goods, nil
}
