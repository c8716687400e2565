package httpapi

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/favord/favord/internal/limit"
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
			if a := s.sign(&call{verified: c.verified}, answer{status: c.status}); a.signature != nil {
				t.Errorf("%s: the answer is signed", name)
			}
		}
	})
}

// TestASignedAnswerWaitsForASlot fills the slots as signatures of other calls do.
func TestASignedAnswerWaitsForASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := &Server{signing: limit.NewSlots(1)}
		finish, answered := make(chan struct{}), make(chan any, 1)
		go v.signing.Do(func() { <-finish })
		synctest.Wait()
		go func() {
			defer func() { answered <- recover() }() // there is no clock: it panics as soon as it goes on
			v.sign(&call{verified: true}, answer{status: http.StatusOK})
		}()
		synctest.Wait()
		select {
		case <-answered:
			t.Error("it did not wait")
		default:
		}
		close(finish)
		if went := <-answered; went == nil {
			t.Error("it was not signed at all")
		}
	})
}
