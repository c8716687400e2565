package client_test

import (
	"context"
	"log"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/favord/favord/favordtest"
)

// Examples run against one sandbox, which begins with the first of them and ends with the
// tests.
var examples = &exampleTB{}

var sandboxOfExamples = sync.OnceValue(func() *favordtest.Sandbox { return favordtest.Start(examples) })

// sandbox is a Favord server. Programs would say client.New, as the examples of New do.
func sandbox() *favordtest.Sandbox { return sandboxOfExamples() }

// otherSandbox is for examples that others would notice: clocks, faults, callbacks.
var otherSandbox = sync.OnceValue(func() *favordtest.Sandbox { return favordtest.Start(examples) })

func TestMain(m *testing.M) {
	m.Run()
	examples.end()
}

// exampleTB is what a sandbox wants from a test, for examples, which have none.
type exampleTB struct {
	testing.TB
	mu       sync.Mutex
	cleanups []func()
}

func (*exampleTB) Helper() {}

func (*exampleTB) Context() context.Context { return context.Background() }

func (e *exampleTB) Cleanup(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cleanups = append(e.cleanups, f)
}

func (e *exampleTB) TempDir() string {
	dir, err := os.MkdirTemp("", "favord-example-")
	if err != nil {
		log.Fatal(err)
	}
	e.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (*exampleTB) Errorf(format string, arguments ...any) { log.Printf(format, arguments...) }

func (*exampleTB) Fatal(arguments ...any) { log.Fatal(arguments...) }

func (*exampleTB) Fatalf(format string, arguments ...any) { log.Fatalf(format, arguments...) }

func (e *exampleTB) end() {
	for _, cleanup := range slices.Backward(e.cleanups) {
		cleanup()
	}
}
