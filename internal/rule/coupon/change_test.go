package coupon_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/favord/favord/internal/rule/coupon"
)

// lived returns a coupon that lives until the end of 2026, in a state as calls lead to it.
func lived(t *testing.T, state coupon.State) coupon.Coupon {
	t.Helper()
	v := december(t)
	c := coupon.Coupon{State: state, Life: v.LifeFrom(date(t, "2026-12-05 15:30:00"))}
	switch state {
	case coupon.StateUsed:
		c.Use = coupon.Use{RequestNo: "u", At: date(t, "2026-12-06 00:00:00")}
	case coupon.StateDeactivated:
		c.Deactivated = coupon.Deactivation{RequestNo: "d", At: date(t, "2026-12-06 00:00:00")}
	case coupon.StateSent, coupon.StateDeleted, coupon.StateExpired:
	}
	return c
}

// TestEveryCommandInEveryState is the matrix of 5.2 without its row "use".
func TestEveryCommandInEveryState(t *testing.T) {
	t.Parallel()
	during, after := date(t, "2026-12-10 12:00:00"), date(t, "2027-01-01 00:00:00")
	back := func(c *coupon.Coupon, now time.Time) error { return c.Return("r", now) }
	void := func(c *coupon.Coupon, now time.Time) error {
		return c.Deactivate(coupon.Deactivation{RequestNo: "d2", At: now})
	}
	link := func(c *coupon.Coupon, now time.Time) error { return c.Associate("o", now) }
	unlink := func(c *coupon.Coupon, now time.Time) error { return c.Disassociate("o", now) }
	remove := func(c *coupon.Coupon, _ time.Time) error { return c.Delete() }
	for _, c := range []struct {
		name    string
		command func(c *coupon.Coupon, now time.Time) error
		state   coupon.State
		at      time.Time
		err     error
		want    coupon.State
	}{
		{"return", back, coupon.StateSent, during, coupon.ErrNotUsed, coupon.StateSent},
		{"return", back, coupon.StateSent, after, coupon.ErrNotUsed, coupon.StateExpired},
		{"return", back, coupon.StateUsed, during, nil, coupon.StateSent},
		{"return", back, coupon.StateUsed, after, nil, coupon.StateExpired},
		{"return", back, coupon.StateDeleted, during, coupon.ErrDeleted, coupon.StateDeleted},
		{"return", back, coupon.StateDeactivated, during, coupon.ErrNotUsed, coupon.StateDeactivated},
		{"deactivate", void, coupon.StateSent, during, nil, coupon.StateDeactivated},
		{"deactivate", void, coupon.StateSent, date(t, "2026-12-01 00:00:00"), nil, coupon.StateDeactivated}, // before its life
		{"deactivate", void, coupon.StateSent, after, coupon.ErrNotUsable, coupon.StateExpired},
		{"deactivate", void, coupon.StateUsed, during, coupon.ErrNotUsable, coupon.StateUsed},
		{"deactivate", void, coupon.StateDeleted, during, coupon.ErrNotUsable, coupon.StateDeleted},
		{"deactivate", void, coupon.StateDeactivated, during, coupon.ErrNotUsable, coupon.StateDeactivated},
		{"associate", link, coupon.StateSent, during, nil, coupon.StateSent},
		{"associate", link, coupon.StateSent, after, coupon.ErrNotUsable, coupon.StateExpired},
		{"associate", link, coupon.StateUsed, during, coupon.ErrNotUsable, coupon.StateUsed},
		{"associate", link, coupon.StateDeleted, during, coupon.ErrNotUsable, coupon.StateDeleted},
		{"associate", link, coupon.StateDeactivated, during, coupon.ErrNotUsable, coupon.StateDeactivated},
		{"disassociate", unlink, coupon.StateSent, during, coupon.ErrNotAssociated, coupon.StateSent},
		{"disassociate", unlink, coupon.StateSent, after, coupon.ErrNotUsable, coupon.StateExpired},
		{"disassociate", unlink, coupon.StateUsed, during, coupon.ErrNotUsable, coupon.StateUsed},
		{"disassociate", unlink, coupon.StateDeleted, during, coupon.ErrNotUsable, coupon.StateDeleted},
		{"disassociate", unlink, coupon.StateDeactivated, during, coupon.ErrNotUsable, coupon.StateDeactivated},
		{"delete", remove, coupon.StateSent, during, nil, coupon.StateDeleted},
		{"delete", remove, coupon.StateSent, after, nil, coupon.StateDeleted},
		{"delete", remove, coupon.StateUsed, during, nil, coupon.StateDeleted},
		{"delete", remove, coupon.StateDeleted, during, nil, coupon.StateDeleted},
		{"delete", remove, coupon.StateDeactivated, during, coupon.ErrNotUsable, coupon.StateDeactivated},
	} {
		was := lived(t, c.state)
		is := was
		if err := c.command(&is, c.at); !errors.Is(err, c.err) {
			t.Errorf("%s of %s at %s: %v, want %v", c.name, c.state, c.at, err, c.err)
		}
		if got := is.StateAt(c.at); got != c.want {
			t.Errorf("%s of %s at %s leads to %s, want %s", c.name, c.state, c.at, got, c.want)
		}
		if diff := cmp.Diff(was, is); c.err != nil && diff != "" {
			t.Errorf("the refused %s of %s changed something:\n%s", c.name, c.state, diff)
		}
	}
}

func TestAReturnGivesBackWhatAUseTook(t *testing.T) {
	t.Parallel()
	v := december(t)
	fresh := lived(t, coupon.StateSent)
	fresh.Associated = "o"
	c := fresh
	used, returned := date(t, "2026-12-10 12:00:00"), date(t, "2026-12-11 12:00:00")
	if err := errors.Join(c.Redeem(&v, coupon.Use{RequestNo: "u"}, used), c.Return("r", returned)); err != nil {
		t.Fatal(err)
	}
	fresh.Returned = coupon.Return{RequestNo: "r", At: returned}
	if diff := cmp.Diff(fresh, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := c.Redeem(&v, coupon.Use{RequestNo: "u2"}, returned); err != nil || c.Returned.RequestNo != "r" {
		t.Errorf("used again: %v, %+v", err, c)
	}
}

func TestOneOrderIsAssociatedAtATime(t *testing.T) {
	t.Parallel()
	c, now := lived(t, coupon.StateSent), date(t, "2026-12-10 12:00:00")
	for _, step := range []struct {
		call func(order string, now time.Time) error
		no   string
		err  error
		want string
	}{
		{c.Associate, "1", nil, "1"},
		{c.Associate, "1", nil, "1"},
		{c.Associate, "2", coupon.ErrAssociated, "1"},
		{c.Disassociate, "2", coupon.ErrNotAssociated, "1"},
		{c.Disassociate, "1", nil, ""},
		{c.Disassociate, "1", coupon.ErrNotAssociated, ""},
		{c.Associate, "2", nil, "2"},
	} {
		if err := step.call(step.no, now); !errors.Is(err, step.err) || c.Associated != step.want {
			t.Errorf("order %s: %v, associated %q, want %v, %q", step.no, err, c.Associated, step.err, step.want)
		}
	}
}

// TestNoSequenceLeavesTheArrows plays random commands: states change only along the arrows
// of 5.2, and what a coupon tells fits its state.
func TestNoSequenceLeavesTheArrows(t *testing.T) {
	t.Parallel()
	arrows := map[coupon.State][]coupon.State{
		coupon.StateSent: {coupon.StateUsed, coupon.StateDeactivated, coupon.StateDeleted},
		coupon.StateUsed: {coupon.StateSent, coupon.StateDeleted},
	}
	v, begin := december(t), lived(t, coupon.StateSent)
	rapid.Check(t, func(rt *rapid.T) {
		c, now := begin, date(t, "2026-12-05 15:30:00")
		for range rapid.IntRange(1, 20).Draw(rt, "commands") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5*24).Draw(rt, "hours")) * time.Hour)
			was := c.State
			var err error
			switch rapid.IntRange(0, 4).Draw(rt, "command") {
			case 0:
				err = c.Redeem(&v, coupon.Use{RequestNo: "u"}, now)
			case 1:
				err = c.Return("r", now)
			case 2:
				err = c.Deactivate(coupon.Deactivation{RequestNo: "d", At: now})
			case 3:
				err = c.Delete()
			case 4:
				err = c.Associate("o", now)
			}
			if c.State != was && (err != nil || !slices.Contains(arrows[was], c.State)) {
				rt.Fatalf("%s became %s: %v", was, c.State, err)
			}
			if used := c.Use.RequestNo != ""; c.State != coupon.StateDeleted && used != (c.State == coupon.StateUsed) {
				rt.Fatalf("%s has use %+v", c.State, c.Use)
			}
			if void := c.Deactivated.RequestNo != ""; void != (c.State == coupon.StateDeactivated) {
				rt.Fatalf("%s has deactivation %+v", c.State, c.Deactivated)
			}
		}
	})
}
