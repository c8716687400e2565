package fen_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/favord/favord/internal/base/fen"
)

func TestMoneyDoesNotOverflow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := fen.Fen(rapid.Int64().Draw(t, "fen"))
		n := rapid.Int64().Draw(t, "n")
		got, ok := f.Times(n)
		if !ok {
			return
		}
		if f < 0 || n < 0 || got < 0 || f != 0 && int64(got/f) != n {
			t.Fatalf("%d × %d = %d", f, n, got)
		}
	})
}
