package voucher

import (
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// Refusals of commands to a stock, and of whatever names one (3.1).
var (
	ErrStockNotFound = fault.New(fault.NotFound,
		"批次不存在", "The stock does not exist.")
	// ErrNotCreator is the answer to a command of another merchant than the creator.
	ErrNotCreator = fault.New(fault.Blocked,
		"调用商户无权限", "Only the merchant that created the stock may do this.")
	// ErrRole is the answer to a merchant of a kind that the call is not for.
	ErrRole = fault.New(fault.Blocked,
		"调用商户无权限", "Only ordinary merchants may do this.")
	// ErrOtherCreator is the answer when stock_creator_mchid is not the creator.
	ErrOtherCreator = fault.New(fault.MerchantUnknown,
		"商户号不合法", "stock_creator_mchid is not the merchant that created the stock.")
	// ErrUnrelated is the answer to a merchant that has nothing to do with what it asks for.
	ErrUnrelated = fault.New(fault.Refused,
		"非法的商户号", "The calling merchant has nothing to do with this stock.")
	// ErrWrongState is the answer to a command in a state that does not allow it.
	ErrWrongState = fault.New(fault.Refused,
		"活动已结束或未激活", "The stock is not in a state that allows this.")
	// ErrRunningMost is the answer when too many stocks name the same available merchant.
	ErrRunningMost = fault.New(fault.Limited,
		"单个可用商户号正在运营的活动超过500个",
		"One of the available merchants has reached the limit of running stocks.")
)

// CheckCreator reports whether a caller who names a creator may command the stock (4.2).
func (s *Stock) CheckCreator(caller, named merchant.ID) error {
	switch {
	case caller != s.Creator:
		return ErrNotCreator
	case named != s.Creator:
		return ErrOtherCreator.At("stock_creator_mchid", string(named))
	}
	return nil
}

// Start puts a stock into operation. On a running one it changes nothing (4.2).
func (s *Stock) Start(now time.Time) error {
	switch s.StateAt(now) {
	case StockUnactivated:
		s.State, s.StartedAt = StockRunning, now
		return nil
	case StockRunning:
		return nil
	case StockAudit, StockPaused, StockStopped:
	}
	return ErrWrongState
}

// Pause ends the giving out for a while. On a paused stock it changes nothing (4.3).
func (s *Stock) Pause(now time.Time) error {
	switch s.StateAt(now) {
	case StockRunning:
		s.State, s.PausedAt = StockPaused, now
		return nil
	case StockPaused:
		return nil
	case StockUnactivated, StockAudit, StockStopped:
	}
	return ErrWrongState
}

// Restart ends a pause. On a stock that runs again after one it changes nothing (4.4).
func (s *Stock) Restart(now time.Time) error {
	switch state := s.StateAt(now); {
	case state == StockPaused:
		s.State, s.RestartedAt = StockRunning, now
		return nil
	case state == StockRunning && !s.RestartedAt.IsZero():
		return nil
	}
	return ErrWrongState
}

// Stop ends a stock that was never started, for good. Again it changes nothing (4.5).
func (s *Stock) Stop(now time.Time) error {
	switch {
	case s.State == StockStopped && !s.StoppedAt.IsZero():
		return nil
	case s.StateAt(now) == StockUnactivated:
		s.State, s.StoppedAt = StockStopped, now
		return nil
	}
	return ErrWrongState
}

// Review holds a stock back until it was approved. Again it changes nothing (5.3).
func (s *Stock) Review(now time.Time) error {
	if s.StateAt(now) == StockStopped {
		return ErrWrongState
	}
	s.State = StockAudit
	return nil
}

// Approve ends a review; the stock is to be started, again if it ran before. On a stock that
// waits for its start it changes nothing.
func (s *Stock) Approve(now time.Time) error {
	if state := s.StateAt(now); state != StockAudit && state != StockUnactivated {
		return ErrWrongState
	}
	s.State = StockUnactivated
	return nil
}

// Reject ends a review and the stock, for good. Again it changes nothing.
func (s *Stock) Reject(now time.Time) error {
	switch {
	case s.State == StockStopped && !s.StoppedAt.IsZero():
		return nil
	case s.State != StockAudit:
		return ErrWrongState
	}
	s.State, s.StoppedAt = StockStopped, now
	return nil
}

// Bounds of the goods of a stock for single items (4.1, 4.10).
const maxItems = 50

// Refusals of a change of goods (4.10, inferred).
var (
	ErrNoGoods = fault.New(fault.Invalid,
		"新增商品编码和删除商品编码，必须至少填一个",
		"At least one of add_goods_id_list and delete_goods_id_list must name goods.")
	ErrGoodsCount = fault.New(fault.Invalid,
		"单品券的可核销商品编码须为1至50个",
		"A stock for single items must have 1 to 50 goods afterwards.")
	ErrWholeOrder = fault.New(fault.Invalid,
		"全场券不支持修改可核销商品编码",
		"The stock is for whole orders and has no goods.")
)

// ChangeGoods removes goods, then adds others (4.10). Doing it again changes nothing.
func (s *Stock) ChangeGoods(remove, add []string, now time.Time) error {
	switch {
	case len(remove) == 0 && len(add) == 0:
		return ErrNoGoods
	case s.StateAt(now) == StockStopped:
		return ErrWrongState
	case !s.SingleItem():
		return ErrWholeOrder
	}
	var items []string
	for _, item := range slices.Concat(s.without(remove), add) {
		if !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	if len(items) == 0 || len(items) > maxItems {
		return ErrGoodsCount
	}
	if item, both := inBoth(items, s.ExcludedItems); both {
		return errBothLists("add_goods_id_list", item)
	}
	s.Items = items
	return nil
}

func (s *Stock) without(remove []string) []string {
	return slices.DeleteFunc(slices.Clone(s.Items), func(item string) bool { return slices.Contains(remove, item) })
}
