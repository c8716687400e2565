package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
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
