package coupon

import (
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Change is what the creator of a stock may change about it (B3), leaf by leaf: nil, ""
// and Unset leave a leaf as it is. What else a request may name is accepted without
// effect and not part of it.
type Change struct {
	Comment string
	Goods   string

	UseMethod           string
	UseMiniProgramAppID merchant.AppID
	UseMiniProgramPath  string

	MiniProgramAppID merchant.AppID
	MiniProgramPath  string
	EntranceText     string
	GuidingText      string
	EntranceAppID    merchant.AppID
	// HallID may be set to "".
	HallID      *string
	CodeDisplay string

	// Description may be set to "".
	Description *string
	ImageURL    string
	Color       string
	Finder      *Finder

	PreventAbuse Flag
	NotifyAppID  merchant.AppID
	// Subsidy can be switched on, never off.
	Subsidy Flag
}

// Refusals of a change (B3, B4).
var (
	// ErrStockEnded refuses to change a stock that has stopped or whose time is over.
	ErrStockEnded = fault.New(fault.Refused,
		"批次已停止或已过期，不能修改", "The stock has stopped or expired and can no longer be changed.")
	ErrSubsidyOff = fault.New(fault.Refused,
		"营销补贴开启后不能关闭", "Subsidies cannot be disabled once they are enabled.")
	// ErrRepeated refuses a request number that changed something before, with other
	// content (8.5).
	ErrRepeated = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致", "The request number was used before with other content.").Numbered(fault.NumberRepeated)
)

// CheckChangeable reports whether anything about the stock may be changed at now.
func (s *Stock) CheckChangeable(now time.Time) error {
	if s.StateAt(now) == StockStopped || !now.Before(s.Validity.End) {
		return ErrStockEnded
	}
	return nil
}

// AppIDs lists the appids that the change names.
func (c *Change) AppIDs() []merchant.AppID {
	return given(c.UseMiniProgramAppID, c.MiniProgramAppID, c.EntranceAppID, c.NotifyAppID)
}

// Apply changes the stock, or refuses and leaves it as it is. Whether its new images and
// appids may be used is [Images.Check] and [CheckAppIDs].
func (s *Stock) Apply(c *Change) error {
	changed := *s
	if s.Subsidy == Yes && c.Subsidy == No {
		return ErrSubsidyOff.At("subsidy", "false")
	}
	replace(&changed.Comment, c.Comment)
	replace(&changed.Goods, c.Goods)
	replace(&changed.UseBy.Method, c.UseMethod)
	replace(&changed.UseBy.MiniProgramAppID, c.UseMiniProgramAppID)
	replace(&changed.UseBy.MiniProgramPath, c.UseMiniProgramPath)
	replace(&changed.Limits.PreventAbuse, c.PreventAbuse)
	replace(&changed.NotifyAppID, c.NotifyAppID)
	replace(&changed.Subsidy, c.Subsidy)
	if err := changed.UseBy.check(); err != nil {
		return err
	}
	if err := changed.Entrance.apply(c); err != nil {
		return err
	}
	changed.Display.apply(c)
	*s = changed
	return nil
}

// replace changes a leaf unless it is left as it is.
func replace[T comparable](leaf *T, with T) {
	var keep T
	if with != keep {
		*leaf = with
	}
}

func (e *Entrance) apply(c *Change) error {
	replace(&e.AppID, c.EntranceAppID)
	replace(&e.CodeDisplay, c.CodeDisplay)
	if c.HallID != nil {
		e.HallID = *c.HallID
	}
	var m MiniProgram
	if e.MiniProgram != nil {
		m = *e.MiniProgram
	}
	replace(&m.AppID, c.MiniProgramAppID)
	replace(&m.Path, c.MiniProgramPath)
	replace(&m.EntranceText, c.EntranceText)
	replace(&m.GuidingText, c.GuidingText)
	if m == (MiniProgram{}) {
		return nil
	}
	e.MiniProgram = &m
	return m.check()
}

// check wants what every entrance into a mini program has (4.5).
func (m *MiniProgram) check() error {
	const inside = "custom_entrance.mini_programs_info."
	switch {
	case m.AppID == "":
		return fault.Missing(inside + "mini_programs_appid")
	case m.Path == "":
		return fault.Missing(inside + "mini_programs_path")
	case m.EntranceText == "":
		return fault.Missing(inside + "entrance_words")
	}
	return nil
}

func (d *Display) apply(c *Change) {
	if c.Description != nil {
		d.Description = *c.Description
	}
	replace(&d.ImageURL, c.ImageURL)
	replace(&d.Color, c.Color)
	if c.Finder != nil {
		finder := *c.Finder
		d.Finder = &finder
	}
}
