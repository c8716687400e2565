package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestACallbackIsSetAndShownAndTheLastOneWins(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, target := range []string{pathCallbacks, pathVoucherCallbacks} {
		for _, link := range []string{callbackURL, callbackURL + "/2"} {
			set := f.post(alice, target, callbackBody(link))
			if set.status != http.StatusOK || set.json["notify_url"] != link || set.json["mchid"] != string(alice) || set.json["update_time"] != "2026-12-05T12:00:00+08:00" {
				t.Errorf("%d %s", set.status, set.body)
			}
			got := f.get(alice, target+"?mchid="+string(alice))
			if got.status != http.StatusOK || got.json["notify_url"] != link || got.json["mchid"] != string(alice) {
				t.Errorf("%d %s", got.status, got.body)
			}
		}
	}
	// A merchant coupon's mchid may be left out, or be empty (busifavor B18, 3).
	if set := f.post(alice, pathCallbacks, object{"notify_url": callbackURL, "mchid": ""}); set.status != http.StatusOK {
		t.Errorf("%d %s", set.status, set.body)
	}
	if got := f.get(alice, pathCallbacks); got.json["notify_url"] != callbackURL {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := f.get(bob, pathCallbacks); got.status != http.StatusNotFound {
		t.Errorf("another merchant sees %d %s", got.status, got.body)
	}
	for length, status := range map[int]int{256: http.StatusOK, 257: http.StatusBadRequest} {
		link := callbackURL + "/" + strings.Repeat("a", length-len(callbackURL)-1)
		if set := f.post(alice, pathCallbacks, object{"notify_url": link}); set.status != status {
			t.Errorf("%d characters: %d %s", length, set.status, set.body)
		}
	}
}

// TestACapturedCallSetsNoCallbackAgain: sent once more, it gets the first answer and changes
// nothing, and its nonce serves no other call.
func TestACapturedCallSetsNoCallbackAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	captured := f.sign(request{as: alice, method: http.MethodPost, target: pathCallbacks, body: f.encode(object{"notify_url": callbackURL})})
	replay := func() reply {
		again := captured.Clone(t.Context())
		again.Body, _ = captured.GetBody()
		answer, err := f.server.Client().Do(again)
		if err != nil {
			t.Fatal(err)
		}
		return f.read(answer)
	}
	first := replay()
	f.advance(time.Minute)
	if set := f.post(alice, pathCallbacks, object{"notify_url": callbackURL + "/new"}); set.status != http.StatusOK {
		t.Fatalf("%d %s", set.status, set.body)
	}
	if second := replay(); second.status != http.StatusOK || second.body != first.body {
		t.Errorf("again: %d %s, first %s", second.status, second.body, first.body)
	}
	if got := f.get(alice, pathCallbacks); got.json["notify_url"] != callbackURL+"/new" {
		t.Errorf("then %s", got.body)
	}
}
