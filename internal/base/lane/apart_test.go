package lane_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/lane"
)

var errBad = errors.New("a bad call")

// answers carries out calls, which are keys, all or none; "bad" fails, "lost" is unclear.
func answers(runs *[][]string) func(calls []string) ([]string, error) {
	return func(calls []string) ([]string, error) {
		*runs = append(*runs, slices.Sorted(slices.Values(calls)))
		if slices.Contains(calls, "lost") {
			return nil, fault.New(fault.Unclear, "", "lost")
		}
		if slices.Contains(calls, "bad") {
			return nil, errBad
		}
		done := make([]string, len(calls))
		for i, call := range calls {
			done[i] = "done " + call
		}
		return done, nil
	}
}

func TestWhatFailsTogetherIsCarriedOutApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		calls, want []string
		runs        int
		err         bool
	}{
		"all is well":           {[]string{"a", "b"}, []string{"done a", "done b"}, 1, false},
		"one key fails":         {[]string{"a", "bad", "b", "a"}, []string{"done a", errBad.Error(), "done b", "done a"}, 4, false},
		"there is one key":      {[]string{"bad", "bad"}, nil, 1, true},
		"nobody knows":          {[]string{"a", "lost"}, nil, 1, true},
		"nobody knows of one":   {[]string{"a", "bad", "lost"}, nil, 1, true},
		"there are no calls":    {nil, nil, 1, false},
		"every key fails apart": {[]string{"bad", "bad", "a"}, []string{errBad.Error(), errBad.Error(), "done a"}, 3, false},
	} {
		var runs [][]string
		got, err := lane.Apart(c.calls, func(call *string) string { return *call }, answers(&runs), func(err error) string { return err.Error() })
		if (err != nil) != c.err || !slices.Equal(got, c.want) || len(runs) != c.runs {
			t.Errorf("%s: %q, %v in runs %q, want %q", name, got, err, runs, c.want)
		}
	}
}

// TestKeysThatShareALaneShareItsBatches has calls of two keys wait in the only lane.
func TestKeysThatShareALaneShareItsBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		release := make(chan struct{})
		spread := lane.NewSpread(lane.Bounds{}, 1, func(_ context.Context, calls []int) ([]int, error) {
			sizes = append(sizes, len(calls))
			<-release
			return calls, nil
		})
		for n := range 9 {
			go func() {
				if got, err := spread.Do(t.Context(), "o", []string{"a", "b"}[n%2], n); got != n || err != nil {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			}()
			synctest.Wait()
		}
		close(release)
		synctest.Wait()
		if !slices.Equal(sizes, []int{1, 8}) {
			t.Errorf("batches of %v", sizes)
		}
	})
}
