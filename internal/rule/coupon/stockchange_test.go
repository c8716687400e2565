package coupon_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
)

// changing returns a stock that may be changed until the given time.
func changing(state coupon.StockState, end time.Time) coupon.Stock {
	return coupon.Stock{
		State: state, Comment: "备注", Goods: "商品", UseBy: coupon.UseBy{Method: "OFF_LINE"},
		Validity: coupon.Validity{Begin: end.Add(-time.Hour), End: end},
		Limits:   coupon.Limits{MaxCoupons: 10, MaxPerUser: 1},
		CodeMode: coupon.CodesByUpload,
	}
}

func TestAStockCanBeChangedUntilItEnds(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	for _, state := range coupon.StockStates() {
		for offset, open := range map[time.Duration]bool{-time.Hour: true, -time.Second: true, 0: false, time.Second: false} {
			s := changing(state, end)
			err := s.CheckChangeable(end.Add(offset))
			if want := open && state != coupon.StockStopped; want != (err == nil) || err != nil && !errors.Is(err, coupon.ErrStockEnded) {
				t.Errorf("%s at %v: %v", state, offset, err)
			}
		}
	}
}

func TestAChangeThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	for name, c := range map[string]struct {
		change coupon.Change
		field  string
	}{
		"subsidy off":            {coupon.Change{Comment: "x", Subsidy: coupon.No}, "subsidy"},
		"no mini program":        {coupon.Change{Comment: "x", UseMethod: coupon.UseByMiniProgram}, "coupon_use_rule.mini_programs_appid"},
		"no path of it":          {coupon.Change{Comment: "x", UseMethod: coupon.UseByMiniProgram, UseMiniProgramAppID: "wx"}, "coupon_use_rule.mini_programs_path"},
		"half a new entrance":    {coupon.Change{Comment: "x", EntranceText: "欢迎"}, "custom_entrance.mini_programs_info.mini_programs_appid"},
		"an entrance without it": {coupon.Change{Comment: "x", MiniProgramAppID: "wx", MiniProgramPath: "/p"}, "custom_entrance.mini_programs_info.entrance_words"},
	} {
		s := changing(coupon.StockRunning, end)
		s.Subsidy = coupon.Yes
		before := s
		err := s.Apply(&c.change)
		if refusal := fault.Of(err); err == nil || refusal.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(before, s); diff != "" {
			t.Errorf("%s changes the stock:\n%s", name, diff)
		}
	}
}

// TestAChangeSharesNothingWithTheStock: what others hold of the old stock stays as it was.
func TestAChangeSharesNothingWithTheStock(t *testing.T) {
	t.Parallel()
	s := changing(coupon.StockRunning, time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC))
	entrance := &coupon.MiniProgram{AppID: "wx", Path: "/p", EntranceText: "欢迎", GuidingText: "更多"}
	s.Entrance.MiniProgram = entrance
	if err := s.Apply(&coupon.Change{MiniProgramPath: "/q", HallID: new("h"), Description: new("须知")}); err != nil {
		t.Fatal(err)
	}
	if entrance.Path != "/p" || s.Entrance.MiniProgram.Path != "/q" || s.Entrance.MiniProgram.GuidingText != "更多" {
		t.Errorf("old %+v, new %+v", entrance, s.Entrance.MiniProgram)
	}
	if s.Entrance.HallID != "h" || s.Display.Description != "须知" || s.Comment != "备注" {
		t.Errorf("changed %+v", s)
	}
	if err := s.Apply(&coupon.Change{HallID: new(""), Description: new("")}); err != nil || s.Entrance.HallID != "" || s.Display.Description != "" {
		t.Errorf("cleared %+v: %v", s, err)
	}
	change := coupon.Change{UseMiniProgramAppID: "wx1", NotifyAppID: "wx2", MiniProgramAppID: "wx3", EntranceAppID: "wx4"}
	if got := change.AppIDs(); len(got) != 4 || coupon.CheckAppIDs(got, &merchant.Merchant{AppIDs: []merchant.AppID{"wx1", "wx2"}}, &merchant.Merchant{AppIDs: []merchant.AppID{"wx3", "wx4"}}) != nil {
		t.Errorf("appids %v", got)
	}
}

// TestEveryMoveFromEveryState walks the table of 5.1: where each step leads from each state,
// and that all others are refused and change nothing.
func TestEveryMoveFromEveryState(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	legal := map[coupon.Move]map[coupon.StockState]coupon.StockState{
		coupon.Approve: {coupon.StockUnaudited: coupon.StockRunning},
		coupon.Reject:  {coupon.StockUnaudited: coupon.StockStopped},
		coupon.Pause:   {coupon.StockRunning: coupon.StockPaused},
		coupon.Resume:  {coupon.StockPaused: coupon.StockRunning},
		coupon.Stop:    {coupon.StockRunning: coupon.StockStopped, coupon.StockPaused: coupon.StockStopped},
	}
	leadsTo := map[coupon.Move]coupon.StockState{
		coupon.Approve: coupon.StockRunning, coupon.Reject: coupon.StockStopped, coupon.Pause: coupon.StockPaused,
		coupon.Resume: coupon.StockRunning, coupon.Stop: coupon.StockStopped,
	}
	for _, move := range coupon.Moves() {
		for _, state := range coupon.StockStates() {
			s := changing(state, end)
			moved, err := s.Take(move, end)
			to, may := legal[move][state]
			switch {
			case may && (!moved || err != nil || s.State != to):
				t.Errorf("%s from %s leads to %s: %v", move, state, s.State, err)
			case !may && s.State != state:
				t.Errorf("%s from %s leads to %s", move, state, s.State)
			case !may && state == leadsTo[move] && (moved || err != nil):
				t.Errorf("%s where it leads, %s: %v, %v", move, state, moved, err)
			case !may && state != leadsTo[move] && (fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), string(state))):
				t.Errorf("%s from %s: %v", move, state, err)
			}
			// When its time is over a stock cannot be set to work any more.
			late := changing(state, end)
			if _, err := late.Take(move, end.Add(time.Second)); leadsTo[move] != coupon.StockStopped && (!errors.Is(err, coupon.ErrStockEnded) || late.State != state) {
				t.Errorf("%s from %s after the end: %s, %v", move, state, late.State, err)
			}
		}
	}
	s := changing(coupon.StockRunning, end)
	if _, err := s.Take("dance", end); fault.KindOf(err) != fault.Refused {
		t.Errorf("an unknown move: %v", err)
	}
}

func TestUploadedCodesAreCountedUpToTheMaximum(t *testing.T) {
	t.Parallel()
	s := changing(coupon.StockRunning, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
	for n, want := range map[int64]error{0: nil, 1: nil, 3: nil, 4: coupon.ErrCodesFull, 200: coupon.ErrCodesFull} {
		got, err := s.Upload(coupon.Counters{Codes: 7, FreeCodes: 2}, n)
		if !errors.Is(err, want) || err == nil && got != (coupon.Counters{Codes: 7 + n, FreeCodes: 2 + n}) {
			t.Errorf("%d more: %+v, %v", n, got, err)
		}
	}
	s.Limits.MaxCoupons = 5 // lowered since
	if _, err := s.Upload(coupon.Counters{Codes: 7}, 0); err != nil {
		t.Errorf("nothing new: %v", err)
	}
	for _, mode := range []coupon.CodeMode{coupon.CodesByPlatform, coupon.CodesByCall} {
		s.CodeMode = mode
		if err := s.CheckUpload(); !errors.Is(err, coupon.ErrCodeMode) {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// TestSortingOutAddsUp: up: every code of a list is stored, refused or a repetition.
func TestSortingOutAddsUp(t *testing.T) {
	t.Parallel()
	long := coupon.Code(strings.Repeat("x", 33))
	u := coupon.SortUpload([]coupon.Code{"B", long, "A", "A", "", long, "A", "券", "C"})
	want := coupon.Upload{
		Codes: []coupon.Code{"B", "A", "C"}, Repeated: []coupon.Code{"A", long},
		Failed: []coupon.FailedCode{{Code: long, Reason: "LENGTH_LIMIT"}, {Code: "", Reason: "PARAM_ERROR"}, {Code: "券", Reason: "PARAM_ERROR"}},
	}
	for i := range u.Failed {
		if u.Failed[i].Text.ZH == "" || u.Failed[i].Text.EN == "" {
			t.Errorf("%q is refused without a text", u.Failed[i].Code)
		}
		u.Failed[i].Text = fault.Text{}
	}
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("sorted (-want +got):\n%s", diff)
	}
}

// TestABudgetIsNeverBelowWhatWasIssued sets the quantity of a stock below, to and above what it gave
// out.
func TestABudgetIsNeverBelowWhatWasIssued(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 12, 31, 15, 59, 59, 0, time.UTC)
	for target, want := range map[int64]error{6: coupon.ErrBelowIssued, 7: nil, 8: nil} {
		s, current := changing(coupon.StockRunning, end), int64(10)
		s.Limits.MaxCoupons = current
		budget := coupon.Budget{MaxCoupons: target, CurrentMaxCoupons: &current}
		if err := s.SetBudget(coupon.Counters{Issued: 7}, &budget, end.Add(-time.Hour)); !errors.Is(err, want) {
			t.Errorf("%d of 10, with 7 issued: %v, want %v", target, err, want)
		}
		if refused := want != nil; refused != (s.Limits.MaxCoupons == current) {
			t.Errorf("%d of 10, with 7 issued, leaves %d", target, s.Limits.MaxCoupons)
		}
	}
}
