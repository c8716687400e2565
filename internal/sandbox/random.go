package sandbox

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
)

// NewRandom returns bytes that depend on nothing but the seed, for a sandbox whose ids and
// codes shall be the same in every run. It is safe for concurrent use, but which of two calls
// at the same time gets which bytes is chance.
func NewRandom(seed uint64) io.Reader {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	return &seeded{source: rand.NewChaCha8(key)}
}

type seeded struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

// Read implements io.Reader. It never fails.
func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}
