package httpapi

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/limit"
)

// TestAnswersThatAreNotSignedDoNotWait holds the only slot: refusals that cost nothing
// must stay cheap when the processors have enough to sign.
func TestAnswersThatAreNotSignedDoNotWait(t *testing.T) {
	t.Parallel()
	s := &Server{signing: limit.NewSlots(1)}
	s.signing.Do(func() {
		for name, c := range map[string]struct {
			verified bool
			status   int
		}{
			"before the signature was checked": {false, http.StatusTooManyRequests},
			"401":                              {true, http.StatusUnauthorized},
		} {
			if a := s.sign(t.Context(), &call{verified: c.verified}, answer{status: c.status}); a.signature != nil {
				t.Errorf("%s: the answer is signed", name)
			}
		}
	})
}

// TestASignedAnswerWaitsForASlot fills the slots as the signatures of other calls do.
func TestASignedAnswerWaitsForASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := clock.NewManual(time.Unix(1795312800, 0))
		keys, err := vectorKeyring(t, now).Of(t.Context(), "1900000001")
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{Config: Config{Clock: now}, signing: limit.NewSlots(1)}
		finish, signed := make(chan struct{}), make(chan answer, 1)
		go s.signing.Do(func() { <-finish })
		synctest.Wait()
		go func() {
			signed <- s.sign(t.Context(), &call{verified: true, keys: keys}, answer{status: http.StatusOK})
		}()
		synctest.Wait()
		select {
		case <-signed:
			t.Error("it did not wait")
		default:
		}
		now.Set(now.Now().Add(time.Minute)) // so long does the wait last
		close(finish)
		if a := <-signed; a.signature == nil || a.signature.Timestamp != "1795312860" {
			t.Errorf("signature %+v", a.signature)
		}
	})
}
