package sandbox

import (
	"sync"

	"github.com/favord/favord/internal/rule/merchant"
)

// Named remembers which platform key each merchant's last signed request named. The programs
// that send such requests know that key, so that a sandbox signs callbacks with it. It lives as
// long as its process, and is safe for concurrent use.
type Named struct {
	mu      sync.Mutex
	serials map[merchant.ID]string
}

// Note keeps the serial that a merchant's request named. There is one entry per merchant.
func (n *Named) Note(id merchant.ID, serial string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.serials == nil {
		n.serials = map[merchant.ID]string{}
	}
	n.serials[id] = serial
}

// Of returns the serial that a merchant's requests named last, "" when none did.
func (n *Named) Of(id merchant.ID) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.serials[id]
}
