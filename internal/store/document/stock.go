// Package document is the stored form of what has no columns of its own: the content of stocks,
// changes of stocks as they are hashed, goods and facts of payments, as JSON. Names in it are
// stored and hashed: never rename one, and give every new one omitempty.
package document

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// stockDocument is the stored form of a stock's content: everything but its key
// and state. The names are stored and hashed: never rename one, and give every new
// one omitempty, so that what old rows and old requests say does not change.
type stockDocument struct {
	Belong      merchant.ID       `json:"belong"`
	Name        string            `json:"name"`
	Comment     string            `json:"comment,omitempty"`
	Goods       string            `json:"goods"`
	Type        coupon.Type       `json:"type"`
	CodeMode    coupon.CodeMode   `json:"code_mode"`
	Benefit     benefitDocument   `json:"benefit"`
	UseBy       useByDocument     `json:"use_by"`
	Validity    validityDocument  `json:"validity"`
	Limits      limitsDocument    `json:"limits"`
	Entrance    *entranceDocument `json:"entrance,omitempty"`
	Display     *displayDocument  `json:"display,omitempty"`
	NotifyAppID merchant.AppID    `json:"notify_appid,omitempty"`
	Subsidy     coupon.Flag       `json:"subsidy,omitempty"`
}

type benefitDocument struct {
	Discount fen.Fen `json:"discount,omitempty"`
	Percent  int     `json:"percent,omitempty"`
	Price    fen.Fen `json:"price,omitempty"`
	Minimum  fen.Fen `json:"minimum,omitempty"`
}

type useByDocument struct {
	Method           string         `json:"method"`
	MiniProgramAppID merchant.AppID `json:"mini_program_appid,omitempty"`
	MiniProgramPath  string         `json:"mini_program_path,omitempty"`
}

type validityDocument struct {
	Begin     int64      `json:"begin"`
	End       int64      `json:"end"`
	Days      int        `json:"days,omitempty"`
	WaitDays  int        `json:"wait_days,omitempty"`
	Seconds   int64      `json:"seconds,omitempty"`
	WeekDays  []int      `json:"week_days,omitempty"`
	DayTimes  [][2]int   `json:"day_times,omitempty"`
	Irregular [][2]int64 `json:"irregular,omitempty"`
}

type limitsDocument struct {
	MaxCoupons      int64       `json:"max_coupons"`
	MaxPerUser      int64       `json:"max_per_user"`
	MaxPerDay       int64       `json:"max_per_day,omitempty"`
	MaxAmount       fen.Fen     `json:"max_amount,omitempty"`
	MaxAmountPerDay fen.Fen     `json:"max_amount_per_day,omitempty"`
	NaturalPerson   coupon.Flag `json:"natural_person,omitempty"`
	PreventAbuse    coupon.Flag `json:"prevent_abuse,omitempty"`
	Transferable    coupon.Flag `json:"transferable,omitempty"`
	Shareable       coupon.Flag `json:"shareable,omitempty"`
}

type entranceDocument struct {
	MiniProgram *miniProgramDocument `json:"mini_program,omitempty"`
	AppID       merchant.AppID       `json:"appid,omitempty"`
	HallID      string               `json:"hall_id,omitempty"`
	StoreID     string               `json:"store_id,omitempty"`
	CodeDisplay string               `json:"code_display,omitempty"`
}

type miniProgramDocument struct {
	AppID        merchant.AppID `json:"appid"`
	Path         string         `json:"path"`
	EntranceText string         `json:"entrance_text"`
	GuidingText  string         `json:"guiding_text,omitempty"`
}

type displayDocument struct {
	Description string          `json:"description,omitempty"`
	LogoURL     string          `json:"logo_url,omitempty"`
	ImageURL    string          `json:"image_url,omitempty"`
	Color       string          `json:"color,omitempty"`
	Finder      *finderDocument `json:"finder,omitempty"`
}

type finderDocument struct {
	ID            string `json:"id"`
	VideoID       string `json:"video_id"`
	CoverImageURL string `json:"cover_image_url"`
}

// EncodeStock returns the content of a stock as JSON. Equal contents give equal
// texts, in every release.
func EncodeStock(s *coupon.Stock) ([]byte, error) {
	text, err := json.Marshal(stockDocument{
		Belong: s.Belong, Name: s.Name, Comment: s.Comment, Goods: s.Goods,
		Type: s.Type, CodeMode: s.CodeMode,
		Benefit: benefitDocument{
			Discount: s.Benefit.Discount, Percent: s.Benefit.Percent,
			Price: s.Benefit.Price, Minimum: s.Benefit.Minimum,
		},
		UseBy:       useByDocument(s.UseBy),
		Validity:    encodeValidity(&s.Validity),
		Limits:      limitsDocument(s.Limits),
		Entrance:    encodeEntrance(&s.Entrance),
		Display:     encodeDisplay(&s.Display),
		NotifyAppID: s.NotifyAppID,
		Subsidy:     s.Subsidy,
	})
	if err != nil {
		return nil, fmt.Errorf("encode stock: %w", err)
	}
	return text, nil
}

// DecodeStock fills s with the content that [EncodeStock] wrote; key, state and
// time of creation are not part of it.
func DecodeStock(text []byte, s *coupon.Stock) error {
	var d stockDocument
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("decode stock: %w", err)
	}
	s.Belong, s.Name, s.Comment, s.Goods = d.Belong, d.Name, d.Comment, d.Goods
	s.Type, s.CodeMode = d.Type, d.CodeMode
	s.Benefit = coupon.Benefit{
		Type: d.Type, Discount: d.Benefit.Discount, Percent: d.Benefit.Percent,
		Price: d.Benefit.Price, Minimum: d.Benefit.Minimum,
	}
	s.UseBy = coupon.UseBy(d.UseBy)
	s.Validity = d.Validity.decode()
	s.Limits = coupon.Limits(d.Limits)
	s.Entrance = d.Entrance.decode()
	s.Display = d.Display.decode()
	s.NotifyAppID, s.Subsidy = d.NotifyAppID, d.Subsidy
	return nil
}

func encodeValidity(v *coupon.Validity) validityDocument {
	d := validityDocument{
		Begin: v.Begin.Unix(), End: v.End.Unix(),
		Days: v.Days, WaitDays: v.WaitDays, Seconds: v.Seconds, WeekDays: v.WeekDays,
	}
	for _, p := range v.DayTimes {
		d.DayTimes = append(d.DayTimes, [2]int{p.Begin, p.End})
	}
	for _, p := range v.Irregular {
		d.Irregular = append(d.Irregular, [2]int64{p.Begin.Unix(), p.End.Unix()})
	}
	return d
}

func (d *validityDocument) decode() coupon.Validity {
	v := coupon.Validity{
		Begin: time.Unix(d.Begin, 0), End: time.Unix(d.End, 0),
		Days: d.Days, WaitDays: d.WaitDays, Seconds: d.Seconds, WeekDays: d.WeekDays,
	}
	for _, p := range d.DayTimes {
		v.DayTimes = append(v.DayTimes, coupon.DayTime{Begin: p[0], End: p[1]})
	}
	for _, p := range d.Irregular {
		v.Irregular = append(v.Irregular, coupon.Period{Begin: time.Unix(p[0], 0), End: time.Unix(p[1], 0)})
	}
	return v
}

func encodeEntrance(e *coupon.Entrance) *entranceDocument {
	if *e == (coupon.Entrance{}) {
		return nil
	}
	return &entranceDocument{
		MiniProgram: (*miniProgramDocument)(e.MiniProgram),
		AppID:       e.AppID, HallID: e.HallID, StoreID: e.StoreID, CodeDisplay: e.CodeDisplay,
	}
}

func (d *entranceDocument) decode() coupon.Entrance {
	if d == nil {
		return coupon.Entrance{}
	}
	return coupon.Entrance{
		MiniProgram: (*coupon.MiniProgram)(d.MiniProgram),
		AppID:       d.AppID, HallID: d.HallID, StoreID: d.StoreID, CodeDisplay: d.CodeDisplay,
	}
}

func encodeDisplay(s *coupon.Display) *displayDocument {
	if *s == (coupon.Display{}) {
		return nil
	}
	return &displayDocument{
		Description: s.Description, LogoURL: s.LogoURL, ImageURL: s.ImageURL, Color: s.Color,
		Finder: (*finderDocument)(s.Finder),
	}
}

func (d *displayDocument) decode() coupon.Display {
	if d == nil {
		return coupon.Display{}
	}
	return coupon.Display{
		Description: d.Description, LogoURL: d.LogoURL, ImageURL: d.ImageURL, Color: d.Color,
		Finder: (*coupon.Finder)(d.Finder),
	}
}
