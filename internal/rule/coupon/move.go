package coupon

import (
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// Move is a step of a stock that no call of APIv3 leads to (5.1): those who run the
// platform, or the merchant on its web site, take it.
type Move string

// The moves.
const (
	// Approve and Reject end the review of a stock.
	Approve Move = "approve"
	Reject  Move = "reject"
	Pause   Move = "pause"
	Resume  Move = "resume"
	// Stop is for good.
	Stop Move = "stop"
)

// Moves lists every move.
func Moves() []Move { return []Move{Approve, Reject, Pause, Resume, Stop} }

// way is where a move leads, and from where.
type way struct {
	from []StockState
	to   StockState
	name fault.Text
}

func (m Move) way() way {
	switch m {
	case Approve:
		return way{[]StockState{StockUnaudited}, StockRunning, fault.Text{ZH: "通过审核", EN: "approved"}}
	case Reject:
		return way{[]StockState{StockUnaudited}, StockStopped, fault.Text{ZH: "驳回", EN: "rejected"}}
	case Pause:
		return way{[]StockState{StockRunning}, StockPaused, fault.Text{ZH: "暂停", EN: "paused"}}
	case Resume:
		return way{[]StockState{StockPaused}, StockRunning, fault.Text{ZH: "恢复", EN: "resumed"}}
	case Stop:
		return way{[]StockState{StockRunning, StockPaused}, StockStopped, fault.Text{ZH: "停止", EN: "stopped"}}
	}
	return way{name: fault.Text{ZH: string(m), EN: string(m)}}
}

// Take moves the stock at now. It reports false when the stock is already where the move
// leads: a repeat changes nothing. From any other state that the move does not begin at,
// it is refused and changes nothing.
func (s *Stock) Take(m Move, now time.Time) (moved bool, err error) {
	w, state := m.way(), s.StateAt(now)
	ended := now.After(s.Validity.End) && w.to != StockStopped
	switch {
	case state == w.to && w.to != "":
		return false, nil
	case ended:
		return false, ErrStockEnded
	case !slices.Contains(w.from, state):
		return false, w.refuse(state)
	}
	s.State = w.to
	return true, nil
}

func (w *way) refuse(state StockState) error {
	name := state.name()
	return fault.New(fault.Refused,
		fmt.Sprintf("批次%s（%s），不能%s", name.ZH, state, w.name.ZH),
		fmt.Sprintf("The stock %s (%s) and cannot be %s.", name.EN, state, w.name.EN))
}

func (s StockState) name() fault.Text {
	switch s {
	case StockUnaudited:
		return fault.Text{ZH: "审核中", EN: "is under review"}
	case StockRunning:
		return fault.Text{ZH: "运营中", EN: "is running"}
	case StockPaused:
		return fault.Text{ZH: "已暂停", EN: "is paused"}
	case StockStopped:
	}
	return fault.Text{ZH: "已停止", EN: "has stopped"}
}
