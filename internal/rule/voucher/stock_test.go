package voucher_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/voucher"
)

// noon is 2026-12-05 12:00:00 in Beijing, a Saturday.
func noon() time.Time { return time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC) }

// stock returns a valid stock that begins at noon and lasts a day.
func stock() voucher.Stock {
	return voucher.Stock{
		StockKey: voucher.StockKey{Creator: "1900000001", ID: "1000000001"},
		Name:     "满20减1券", Begin: noon(), End: noon().Add(24 * time.Hour), Face: 100, Threshold: 2000,
		Limits: voucher.Limits{MaxCoupons: 10, MaxAmount: 1000, MaxPerUser: 5}, Payment: voucher.Payment{Combine: true},
		Merchants: []merchant.ID{"1900000001"}, State: voucher.StockRunning, CreatedAt: noon(), StartedAt: noon(),
	}
}

// TestEveryCommandInEveryState is the matrix of 5.3.
func TestEveryCommandInEveryState(t *testing.T) {
	t.Parallel()
	const over = "after the end"
	commands := map[string]func(*voucher.Stock, time.Time) error{
		"start": (*voucher.Stock).Start, "pause": (*voucher.Stock).Pause,
		"restart": (*voucher.Stock).Restart, "stop": (*voucher.Stock).Stop,
	}
	allowed := map[string]map[voucher.StockState]voucher.StockState{
		"start":   {voucher.StockUnactivated: voucher.StockRunning, voucher.StockRunning: voucher.StockRunning},
		"pause":   {voucher.StockRunning: voucher.StockPaused, voucher.StockPaused: voucher.StockPaused},
		"restart": {voucher.StockPaused: voucher.StockRunning},
		"stop":    {voucher.StockUnactivated: voucher.StockStopped, voucher.StockStopped: voucher.StockStopped},
	}
	for name, command := range commands {
		for _, state := range voucher.StockStates() {
			for _, when := range []string{"", over} {
				s := stock()
				s.State = state
				if state == voucher.StockStopped {
					s.StoppedAt = noon()
				}
				now := noon().Add(time.Hour)
				if when == over {
					now = s.End.Add(time.Second)
				}
				want, may := allowed[name][state]
				if when == over && state != voucher.StockStopped {
					may = false
				}
				before := s
				err := command(&s, now)
				if !may && (!errors.Is(err, voucher.ErrWrongState) || cmp.Diff(before, s) != "") {
					t.Errorf("%s of a stock that is %s %s: %v", name, state, when, err)
				}
				if may && (err != nil || s.State != want) {
					t.Errorf("%s of a stock that is %s %s: %v, then %s", name, state, when, err, s.State)
				}
			}
		}
	}
}

// TestEveryStepOfAReviewInEveryState is the rest of the matrix of 5.3.
func TestEveryStepOfAReviewInEveryState(t *testing.T) {
	t.Parallel()
	steps := map[string]func(*voucher.Stock, time.Time) error{
		"review": (*voucher.Stock).Review, "approve": (*voucher.Stock).Approve, "reject": (*voucher.Stock).Reject,
	}
	allowed := map[string]map[voucher.StockState]voucher.StockState{
		"review": {
			voucher.StockUnactivated: voucher.StockAudit, voucher.StockRunning: voucher.StockAudit, voucher.StockPaused: voucher.StockAudit,
			voucher.StockAudit: voucher.StockAudit,
		},
		"approve": {voucher.StockAudit: voucher.StockUnactivated, voucher.StockUnactivated: voucher.StockUnactivated},
		"reject":  {voucher.StockAudit: voucher.StockStopped, voucher.StockStopped: voucher.StockStopped},
	}
	for name, step := range steps {
		for _, state := range voucher.StockStates() {
			s := stock()
			s.State = state
			if state == voucher.StockStopped {
				s.StoppedAt = noon()
			}
			before := s
			want, may := allowed[name][state]
			err := step(&s, noon().Add(time.Hour))
			if !may && (!errors.Is(err, voucher.ErrWrongState) || cmp.Diff(before, s) != "") || may && (err != nil || s.State != want) {
				t.Errorf("%s of a stock that is %s: %v, then %s", name, state, err, s.State)
			}
		}
	}
	s := stock()
	if err := s.Review(s.End.Add(time.Second)); !errors.Is(err, voucher.ErrWrongState) {
		t.Errorf("review after the end: %v", err)
	}
}

func TestARepeatedCommandKeepsTheFirstTime(t *testing.T) {
	t.Parallel()
	s := stock()
	s.State, s.StartedAt = voucher.StockUnactivated, time.Time{}
	at := func(hour int) time.Time { return noon().Add(time.Duration(hour) * time.Hour) }
	for i, c := range []struct {
		command func(*voucher.Stock, time.Time) error
		got     *time.Time
		want    time.Time
	}{
		{(*voucher.Stock).Start, &s.StartedAt, at(1)},
		{(*voucher.Stock).Start, &s.StartedAt, at(1)},
		{(*voucher.Stock).Pause, &s.PausedAt, at(3)},
		{(*voucher.Stock).Pause, &s.PausedAt, at(3)},
		{(*voucher.Stock).Restart, &s.RestartedAt, at(5)},
		{(*voucher.Stock).Restart, &s.RestartedAt, at(5)},
		{(*voucher.Stock).Pause, &s.PausedAt, at(7)},
		{(*voucher.Stock).Restart, &s.RestartedAt, at(8)},
		{(*voucher.Stock).Start, &s.StartedAt, at(1)},
	} {
		if err := c.command(&s, at(i+1)); err != nil || !c.got.Equal(c.want) {
			t.Errorf("%d: %v, %s, want %s", i, err, c.got, c.want)
		}
	}
}

func TestAStockStopsWhenItsTimeEnds(t *testing.T) {
	t.Parallel()
	for _, state := range voucher.StockStates() {
		s := stock()
		s.State = state
		if got := s.StateAt(s.End); got != state {
			t.Errorf("%s at its last second is %s", state, got)
		}
		want, since := voucher.StockStopped, s.End
		if state == voucher.StockAudit {
			want, since = voucher.StockAudit, time.Time{}
		}
		after := s.End.Add(time.Second)
		if got := s.StateAt(after); got != want || !s.StoppedSince(after).Equal(since) {
			t.Errorf("%s a second later is %s since %s, want %s since %s", state, got, s.StoppedSince(after), want, since)
		}
	}
	s := stock()
	s.State, s.StoppedAt = voucher.StockStopped, noon().Add(time.Hour)
	if got := s.StoppedSince(s.End.Add(time.Hour)); !got.Equal(s.StoppedAt) {
		t.Errorf("a stock that was stopped counts as such since %s", got)
	}
	s = stock()
	if got := s.StoppedSince(noon()); !got.IsZero() {
		t.Errorf("a running stock stopped at %s", got)
	}
}

func TestOnlyTheCreatorCommands(t *testing.T) {
	t.Parallel()
	s := stock()
	for _, c := range []struct {
		caller, named merchant.ID
		want          error
	}{
		{s.Creator, s.Creator, nil},
		{s.Creator, "2", voucher.ErrOtherCreator},
		{"2", s.Creator, voucher.ErrNotCreator},
		{"2", "2", voucher.ErrNotCreator},
	} {
		if err := s.CheckCreator(c.caller, c.named); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s who names %s: %v, want %v", c.caller, c.named, err, c.want)
		}
	}
}

func TestGoodsAreRemovedThenAdded(t *testing.T) {
	t.Parallel()
	many := make([]string, 51)
	for i := range many {
		many[i] = string(rune('A' + i))
	}
	for name, c := range map[string]struct {
		items, remove, add, want []string
		err                      error
	}{
		"added":                {[]string{"a"}, nil, []string{"b"}, []string{"a", "b"}, nil},
		"removed":              {[]string{"a", "b"}, []string{"a"}, nil, []string{"b"}, nil},
		"replaced":             {[]string{"a"}, []string{"a"}, []string{"b"}, []string{"b"}, nil},
		"removed and added":    {[]string{"a", "b"}, []string{"a"}, []string{"a"}, []string{"b", "a"}, nil},
		"added again":          {[]string{"a"}, nil, []string{"a", "b", "b"}, []string{"a", "b"}, nil},
		"never there":          {[]string{"a"}, []string{"z"}, nil, []string{"a"}, nil},
		"fifty":                {[]string{"a"}, []string{"a"}, many[:50], many[:50], nil},
		"fifty-one":            {[]string{"a"}, []string{"a"}, many, nil, voucher.ErrGoodsCount},
		"none left":            {[]string{"a"}, []string{"a"}, nil, nil, voucher.ErrGoodsCount},
		"nothing asked":        {[]string{"a"}, nil, nil, nil, voucher.ErrNoGoods},
		"a whole-order stock":  {nil, nil, []string{"a"}, nil, voucher.ErrWholeOrder},
		"fifty-one with twins": {[]string{"a"}, []string{"a"}, append(slices.Clone(many[:50]), "A"), many[:50], nil},
	} {
		s := stock()
		s.Items = c.items
		err := s.ChangeGoods(c.remove, c.add, noon())
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
		if err == nil && !slices.Equal(s.Items, c.want) || err != nil && !slices.Equal(s.Items, c.items) {
			t.Errorf("%s: goods %v, want %v", name, s.Items, c.want)
		}
	}
	s := stock()
	s.Items = []string{"a"}
	if err := s.ChangeGoods(nil, []string{"b"}, s.End.Add(time.Second)); !errors.Is(err, voucher.ErrWrongState) {
		t.Errorf("after the end: %v", err)
	}
}
