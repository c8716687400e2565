package notify_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
)

// moveTo sets alice's callback to a URL.
func (f *fixture) moveTo(url string) {
	f.t.Helper()
	if _, err := f.SetCallback(f.t.Context(), notify.SetCommand{Caller: alice, Product: merchant.BusiFavor, URL: url}); err != nil {
		f.t.Fatal(err)
	}
}

// TestAChangedURLIsANewReceiver: whatever the one before it did. What waits from before goes to
// the new one, each at its time.
func TestAChangedURLIsANewReceiver(t *testing.T) {
	t.Parallel()
	const moved = target + "/2"
	for name, c := range map[string]struct {
		to      string
		restart bool
	}{
		"another URL":                  {moved, false},
		"another URL and another node": {moved, true},
		"the same URL, set again":      {target, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := bubble(t, notify.DefaultBounds())
				f.config.Business = clock.Same{Source: clock.System{}}
				f.Service = notify.New(f.config)
				down := true
				f.receiver.answer = func(received) (int, error) {
					if down {
						return 0, errHang
					}
					return http.StatusOK, nil
				}
				f.listen(merchant.BusiFavor)
				stop := f.running()
				const before = 6
				for range before {
					f.issue(delivery.KindCouponSent)
					<-time.After(time.Second)
				}
				if c.restart {
					stop()
					f.Service = notify.New(f.config)
					stop = f.running()
				}
				<-time.After(2 * time.Second)
				down = false
				f.moveTo(c.to)
				issued := f.issue(delivery.KindCouponSent)
				<-time.After(2 * time.Second)
				if story := f.story(issued); story.State != "DELIVERED" || story.Tries[0].URL != c.to {
					t.Errorf("two seconds after the change: %+v", story)
				}
				<-time.After(2 * time.Minute)
				stop()
				if got := f.receiver.deliveries(); got[len(got)-1].url != c.to {
					t.Errorf("an event from before went to %s", got[len(got)-1].url)
				}
				list, err := f.Deliveries(t.Context(), notify.Query{Owner: alice, State: "DELIVERED", Limit: 100})
				if err != nil || len(list) != before+1 {
					t.Errorf("%d of %d events arrived, %v", len(list), before+1, err)
				}
				f.checked()
			})
		})
	}
}
