package ids_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"testing"

	"github.com/favord/favord/internal/base/ids"
)

func TestDigitsAreAsManyAsAskedForAndEachIsDrawn(t *testing.T) {
	t.Parallel()
	seen := [10]int{}
	for n := range 200 {
		digits, err := ids.Digits(rand.Reader, n)
		if err != nil || len(digits) != n {
			t.Fatalf("%d digits: %q, %v", n, digits, err)
		}
		for _, d := range digits {
			seen[d-'0']++
		}
	}
	for d, times := range seen {
		if times == 0 {
			t.Errorf("%d was never drawn among 19,900", d)
		}
	}
}

func TestADrawThatWouldFavourSmallNumbersIsDrawnAgain(t *testing.T) {
	t.Parallel()
	random := io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{0xff}, 8)), bytes.NewReader([]byte{7, 0, 0, 0, 0, 0, 0, 0}))
	if got, err := ids.Digits(random, 10); got != "0000000007" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWithoutRandomBytesThereAreNoIDs(t *testing.T) {
	t.Parallel()
	if _, err := ids.Digits(bytes.NewReader(nil), 1); err == nil {
		t.Error("digits out of nothing")
	}
	if _, err := ids.Unguessable(bytes.NewReader(nil), 1); err == nil {
		t.Error("an unguessable part out of nothing")
	}
}
