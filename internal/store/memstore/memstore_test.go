package memstore_test

import (
	"testing"

	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/memstore"
	"github.com/favord/favord/internal/store/storetest"
)

func open(testing.TB) store.Store { return memstore.New() }

func TestMemoryKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestMemoryKeepsTheContractWhenTransactionsRunTwice(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.EachTwice(open))
}

func BenchmarkMemory(b *testing.B) { storetest.Benchmark(b, open) }
