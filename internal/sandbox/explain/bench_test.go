package explain_test

import (
	"strings"
	"testing"

	"github.com/favord/favord/internal/sandbox/explain"
)

// BenchmarkNothingIsFound is the dearest case: every variant is tried, alone and in twos.
func BenchmarkNothingIsFound(b *testing.B) {
	for name, size := range map[string]int{"small": 1, "10kB": 100, "60kB": 600} {
		s := sample{method: "POST", target: target, body: `{"a":[` + strings.TrimSuffix(strings.Repeat(jsonBody+",", size), ",") + `]}`, message: "x"}
		r, with := s.request(), known()
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				explain.Signature(r, with)
			}
		})
	}
}
