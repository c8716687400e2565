package pgtest

import (
	"context"
	"sync"
	"testing"
)

// shared is the cluster of this process, started when the first test asks.
//
//nolint:gochecknoglobals // tests of a whole process share it, and nobody else
var shared = sync.OnceValues(func() (*Cluster, error) { return Start(context.Background(), Options{}) })

// Shared returns the cluster that all tests of this process share. It ends with the
// process. A test fails when there is no PostgreSQL: it never passes without.
func Shared(tb testing.TB) *Cluster {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
