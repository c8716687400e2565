package pgstore_test

import (
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/engines"
	"github.com/favord/favord/internal/store/storetest"
)

// TestPartitionsKeepTheContract runs the suite where every merchant's rows have one placement.
func TestPartitionsKeepTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(tb testing.TB) store.Store {
		tb.Helper()
		return mustOpen(tb, engines.Partitioned(tb))
	})
}
