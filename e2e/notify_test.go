package e2e

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// eventsPerKill is how many events are acknowledged between two kills.
const eventsPerKill = 40

// inbox is a merchant's receiver. It verifies and opens what comes, and answers three times
// out of ten as a receiver should not.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	random *rand.Rand
	// got counts the deliveries of each request number; failing is how many of a hundred
	// fail.
	got     map[string]int
	failing int
	arrived chan struct{}
}

func openInbox(t *testing.T, caller *client.Client, failing int) *inbox {
	t.Helper()
	i := &inbox{random: rand.New(rand.NewPCG(3, 4)), got: map[string]int{}, failing: failing, arrived: make(chan struct{}, 1)}
	handler, err := caller.NotifyHandler(client.NotifyConfig{
		CouponSend: func(_ context.Context, _ *client.Notification, e *notify.CouponSend) error {
			i.mu.Lock()
			i.got[e.SendReqNo]++
			i.mu.Unlock()
			return nil
		},
		OnError: func(_ *http.Request, err error) { t.Errorf("a notification is refused: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch chance := i.chance(); {
		case chance < i.failing*2/3:
			http.Error(w, "on purpose", http.StatusInternalServerError)
		case chance < i.failing: // it takes the event, and the answer is lost
			handler.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			handler.ServeHTTP(w, r)
		}
		select {
		case i.arrived <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *inbox) chance() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.random.IntN(100)
}

// missing counts the numbers that did not arrive.
func (i *inbox) missing(numbers map[string]string) (n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for number := range numbers {
		if i.got[number] == 0 {
			n++
		}
	}
	return n
}

// TestEveryEventArrivesAcrossKill9 kills the server again and again while it issues coupons
// and delivers their events to a receiver that fails often. Each coupon that was acknowledged
// is told of in the end.
func TestEveryEventArrivesAcrossKill9(t *testing.T) {
	t.Parallel()
	kills := size.Counts{Usual: 6, Hour: 30, Night: 600}
	onBothEngines(t, engineCounts{kills, kills}, deliverAndKill)
}

func deliverAndKill(t *testing.T, kills int, more ...string) {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	p := start(t, dir, state, more...)
	shop := openInbox(t, p.receiverOf(t), 30)
	if _, err := p.caller(t).BusiFavor().SetCallback(t.Context(), &busifavor.SetCallbackRequest{NotifyURL: shop.URL + "/notify"}); err != nil {
		t.Fatal(err)
	}
	stock := createStock(t, p)
	l := newLedger()
	for n := range kills {
		p.work(t, l, stock, len(l.told)+eventsPerKill)
		p = start(t, dir, state, more...)
		size.Tell(t, n+1, kills, "kills")
	}
	p.untilAllArrived(t, shop, l.codes())
	p.checkInvariants(t, dir, more...)
	repeated := 0
	for _, n := range shop.got {
		if n > 1 {
			repeated++
		}
	}
	t.Logf("proof P8: %d kills, %d acknowledged, 0 missing, %d told more than once", kills, len(l.told), repeated)
}

// receiverOf is a client that opens notifications.
func (p *process) receiverOf(t *testing.T) *client.Client {
	t.Helper()
	config := p.config(t)
	config.APIv3Key = p.APIv3Key
	c, err := client.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// untilAllArrived has what is pending sent again, instead of waiting a minute for each
// repetition, until every number has arrived and nothing is pending.
func (p *process) untilAllArrived(t *testing.T, shop *inbox, numbers map[string]string) {
	t.Helper()
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: p.ManageURL})
	if err != nil {
		t.Fatal(err)
	}
	for {
		resent, err := m.ResendDeliveries(t.Context(), &manage.ResendDeliveriesRequest{
			MchID: p.MchID, State: "PENDING", From: schema.TimeOf(time.Unix(0, 0)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if resent.Resent == 0 && shop.missing(numbers) == 0 {
			return
		}
		// What is on its way is not sent again: with many of them, none would ever be settled.
		for quiet := false; !quiet; {
			select {
			case <-shop.arrived:
			case <-time.After(100 * time.Millisecond):
				quiet = true
			}
		}
	}
}

// TestDeliveriesAreListedShownAndSentAgain looks at them from the command line.
func TestDeliveriesAreListedShownAndSentAgain(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	p := start(t, t.TempDir(), state)
	shop := openInbox(t, p.receiverOf(t), 0)
	favord := func(args ...string) (string, error) {
		command := exec.CommandContext(t.Context(), binary, args...)
		command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state, "FAVORD_LANG=en")
		output, err := command.CombinedOutput()
		return string(output), err
	}
	must := func(want string, args ...string) string {
		t.Helper()
		output, err := favord(args...)
		if err != nil || !strings.Contains(output, want) {
			t.Fatalf("favord %q: %v\n%s\nwant %q", args, err, output, want)
		}
		return output
	}
	must("BEGAN", "deliveries")
	if _, err := p.caller(t).BusiFavor().SetCallback(t.Context(), &busifavor.SetCallbackRequest{NotifyURL: shop.URL + "/notify"}); err != nil {
		t.Fatal(err)
	}
	stock := createStock(t, p)
	if _, err := p.caller(t).BusiFavor().SendCoupon(t.Context(), p.send(stock, "told0")); err != nil {
		t.Fatal(err)
	}
	<-shop.arrived
	for { // it arrived; that it did is about to be stored
		if output, _ := favord("deliveries", "list", "--state", "delivered", "-o", "csv"); strings.Contains(output, "DELIVERED") {
			break
		}
	}
	list := must("COUPON.SEND,DELIVERED,1,204", "deliveries", "-o", "csv", "--since", "1h")
	id := strings.Split(strings.Split(list, "\n")[1], ",")[1]
	must(`"send_req_no":"told0"`, "deliveries", "show", id)
	must("204", "deliveries", "show", id)
	must("1", "deliveries", "resend", id)
	<-shop.arrived
	must("1", "deliveries", "resend", "--since", "1h", "--state", "delivered")
	for _, wrong := range [][]string{{"show", "none"}, {"resend", "none"}, {"resend"}, {"list", "--since", "yesterday"}, {"list", "--state", "odd"}} {
		if output, err := favord(append([]string{"deliveries"}, wrong...)...); err == nil {
			t.Errorf("favord deliveries %q succeeds:\n%s", wrong, output)
		}
	}
	if shop.missing(map[string]string{"told0": ""}) != 0 {
		t.Error("the coupon was not told of")
	}
}
