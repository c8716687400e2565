package coupon

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/merchant"
)

// StockID identifies a stock on the wire: 16 digits here, 1 to 20 elsewhere.
type StockID string

// StockKey identifies a stock in storage. The creator comes first: it owns the
// stock and everything that hangs on it.
type StockKey struct {
	Creator merchant.ID
	ID      StockID
}

// Type is what a coupon is worth (chapter 14).
type Type string

// The types of stocks.
const (
	// TypeNormal takes a fixed amount off.
	TypeNormal Type = "NORMAL"
	// TypeDiscount takes a percentage off.
	TypeDiscount Type = "DISCOUNT"
	// TypeExchange sells an item at a fixed price.
	TypeExchange Type = "EXCHANGE"
)

// CodeMode is who chooses the codes of coupons (4.7).
type CodeMode string

// The code modes.
const (
	CodesByPlatform CodeMode = "WECHATPAY_MODE"
	// CodesByCall takes the code from each issuing call.
	CodesByCall CodeMode = "MERCHANT_API"
	// CodesByUpload takes codes that the merchant uploaded beforehand.
	CodesByUpload CodeMode = "MERCHANT_UPLOAD"
)

// StockState is where a stock stands (5.1).
type StockState string

// The states of a stock. STOPED, spelt as the platform spells it, is final.
const (
	StockUnaudited StockState = "UNAUDIT"
	StockRunning   StockState = "RUNNING"
	StockPaused    StockState = "PAUSED"
	StockStopped   StockState = "STOPED"
)

// StockStates lists every state of a stock.
func StockStates() []StockState {
	return []StockState{StockUnaudited, StockRunning, StockPaused, StockStopped}
}

// Stock is a coupon template and the rules for giving out copies of it (4.1).
type Stock struct {
	StockKey
	Belong   merchant.ID
	Name     string
	Comment  string
	Goods    string
	Type     Type
	CodeMode CodeMode
	State    StockState
	Benefit  Benefit
	UseBy    UseBy
	Validity Validity
	Limits   Limits
	Entrance Entrance
	Display  Display
	// NotifyAppID is the appid under which notifications name users; "" hides
	// them.
	NotifyAppID merchant.AppID
	Subsidy     Flag
	CreatedAt   time.Time
}

// Flag is a switch that may also never have been set, in which case answers leave
// it out.
type Flag uint8

// The values of a Flag.
const (
	Unset Flag = iota
	No
	Yes
)

// Benefit is what the holder gains (4.2). Which amount counts depends on Type.
type Benefit struct {
	// Type is the type that the benefit fits; "" when the request had none.
	Type Type
	// Extra is true when the request had the benefit of another type as well.
	Extra bool
	// Discount is taken off, for TypeNormal.
	Discount fen.Fen
	// Percent is what remains to be paid, for TypeDiscount: 88 means 88 %.
	Percent int
	// Price is the price of the item, for TypeExchange.
	Price fen.Fen
	// Minimum is the least order that the coupon applies to; 0 means any.
	Minimum fen.Fen
}

// UseBy is how a coupon is redeemed. It informs; nothing enforces it.
type UseBy struct {
	Method           string
	MiniProgramAppID merchant.AppID
	MiniProgramPath  string
}

// UseByMiniProgram is the method that needs a mini program.
const UseByMiniProgram = "MINI_PROGRAMS"

// Limits are the rules of sending (chapter 7). A zero means no such limit, but
// for MaxCoupons and MaxPerUser, which every stock has.
type Limits struct {
	MaxCoupons      int64
	MaxPerUser      int64
	MaxPerDay       int64
	MaxAmount       fen.Fen
	MaxAmountPerDay fen.Fen
	// NaturalPerson makes all accounts of one person share MaxPerUser.
	NaturalPerson Flag
	// PreventAbuse refuses suspicious accounts.
	PreventAbuse Flag
	Transferable Flag
	Shareable    Flag
}

// Entrance is where the card leads (4.5).
type Entrance struct {
	MiniProgram *MiniProgram
	AppID       merchant.AppID
	HallID      string
	StoreID     string
	CodeDisplay string
}

// MiniProgram is an entrance into a mini program.
type MiniProgram struct {
	AppID        merchant.AppID
	Path         string
	EntranceText string
	GuidingText  string
}

// Display is how the card looks (4.6). The merchant's name is not part of it: the
// platform fills it in.
type Display struct {
	Description string
	LogoURL     string
	ImageURL    string
	Color       string
	Finder      *Finder
}

// Finder is a video channel shown with the card.
type Finder struct {
	ID            string
	VideoID       string
	CoverImageURL string
}

// Refusals of a new stock (B1, 8.2).
var (
	ErrBelongUnknown = fault.New(fault.MerchantUnknown,
		"商户号不存在", "The belong_merchant does not exist.")
	ErrBelongForeign = fault.New(fault.Refused,
		"只允许普通商户和子商户给自己创建批次",
		"A merchant may create stocks only for itself, a service provider only for its sub-merchants.")
	ErrStockAppID = fault.New(fault.AppIDMismatch,
		"传入的小程序appid或商户appid，必须与调用方商户号存在关联关系",
		"Every appid of a stock must be bound to the calling merchant or to belong_merchant.")
	ErrStockContent = fault.New(fault.Exists,
		"创建请求重入，但本次请求与上次请求信息不一致",
		"The out_request_no was used before with other content.").Numbered(fault.NumberRepeated)
	// ErrExtraBenefit refuses more than the one amount that fits the type (4.2).
	ErrExtraBenefit = fault.New(fault.Invalid,
		"核销规则中只能填写与批次类型对应的一种优惠",
		"coupon_use_rule must have exactly one of the three amounts, the one that fits stock_type.")
	ErrStockNotFound = fault.New(fault.NotFound,
		"查询的资源不存在", "The stock does not exist.")
	ErrStockForeign = fault.New(fault.Forbidden,
		"无权限", "The stock belongs to another merchant.")
)

// StateAt returns the state at t: a stock that may issue stops by itself when its
// validity ends, without anyone writing it down.
func (s *Stock) StateAt(t time.Time) StockState {
	if (s.State == StockRunning || s.State == StockPaused) && t.After(s.Validity.End) {
		return StockStopped
	}
	return s.State
}

// Check reports the first rule about content that a new stock breaks. Whether its time
// has not passed is [Validity.CheckOpen], whether its merchants and appids fit
// [Stock.CheckParties], whether it may name its images [Images.Check].
func (s *Stock) Check() error { return fault.First(s.checks()...) }

// Problems reports every rule of [Stock.Check] that a new stock breaks.
func (s *Stock) Problems() []error { return fault.Broken(s.checks()...) }

func (s *Stock) checks() []func() error {
	return append([]func() error{s.checkBenefit, s.UseBy.check}, s.Validity.checks()...)
}

func (s *Stock) checkBenefit() error {
	switch {
	case s.Benefit.Type != s.Type:
		return s.Type.missingBenefit()
	case s.Benefit.Extra:
		return ErrExtraBenefit.At("coupon_use_rule", "")
	}
	return nil
}

func (u *UseBy) check() error {
	switch {
	case u.Method != UseByMiniProgram:
		return nil
	case u.MiniProgramAppID == "":
		return fault.Missing("coupon_use_rule.mini_programs_appid")
	case u.MiniProgramPath == "":
		return fault.Missing("coupon_use_rule.mini_programs_path")
	}
	return nil
}

func (t Type) missingBenefit() error {
	switch t {
	case TypeDiscount:
		return fault.Missing("coupon_use_rule.discount_coupon")
	case TypeExchange:
		return fault.Missing("coupon_use_rule.exchange_coupon")
	case TypeNormal:
	}
	return fault.Missing("coupon_use_rule.fixed_normal_coupon")
}

// CheckParties reports whether creator may create the stock for belong, and
// whether every appid of the stock is bound to one of the two (1.1, 1.2). The
// flag says whether belong is a sub-merchant of creator.
func (s *Stock) CheckParties(creator, belong *merchant.Merchant, subMerchant bool) error {
	forItself := creator.ID == belong.ID && creator.Kind == merchant.Ordinary
	forSub := creator.Kind == merchant.Provider && subMerchant
	if !forItself && !forSub {
		return ErrBelongForeign.At("belong_merchant", string(belong.ID))
	}
	return CheckAppIDs(s.appIDs(), creator, belong)
}

// CheckAppIDs reports whether every appid is bound to the creator of a stock or to the
// merchant that it belongs to (1.2).
func CheckAppIDs(appids []merchant.AppID, creator, belong *merchant.Merchant) error {
	for _, a := range appids {
		if merchant.CheckAppID(a, creator, belong) != nil {
			return ErrStockAppID
		}
	}
	return nil
}

// appIDs lists the appids that the stock names.
func (s *Stock) appIDs() []merchant.AppID {
	named := []merchant.AppID{s.UseBy.MiniProgramAppID, s.Entrance.AppID, s.NotifyAppID}
	if s.Entrance.MiniProgram != nil {
		named = append(named, s.Entrance.MiniProgram.AppID)
	}
	return given(named...)
}

// given returns those of the appids that are not empty.
func given(appids ...merchant.AppID) []merchant.AppID {
	return slices.DeleteFunc(appids, func(a merchant.AppID) bool { return a == "" })
}

// VisibleTo reports whether a merchant may read the stock.
func (s *Stock) VisibleTo(m merchant.ID) bool { return m == s.Creator || m == s.Belong }
