package document

import (
	"slices"
	"sync"

	"github.com/favord/favord/internal/rule/coupon"
)

// maxContents bounds how many stocks are kept decoded.
const maxContents = 4096

// Contents keeps the decoded content of stocks, so that a hot stock's is not decoded for
// every batch. An entry counts only for the very text it was decoded from: nothing has to
// be told when a stock changes. It is safe for concurrent use; the zero value is ready.
type Contents struct {
	memo memo[coupon.StockID, coupon.Stock]
}

// Decode fills s, whose key, state and time of creation are known, with the content that
// [EncodeStock] wrote. The text is not kept.
func (c *Contents) Decode(text []byte, s *coupon.Stock) error {
	kept, err := c.memo.get(s.ID, text, DecodeStock)
	if err != nil {
		return err
	}
	own := *s
	*s = apart(kept)
	s.StockKey, s.State, s.CreatedAt = own.StockKey, own.State, own.CreatedAt
	return nil
}

// memo keeps decoded values with the texts that they were decoded from.
type memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]decoded[V]
}

type decoded[V any] struct {
	text  string
	value V
}

// get returns the value of a text, which callers must not change.
func (m *memo[K, V]) get(key K, text []byte, decode func([]byte, *V) error) (V, error) {
	m.mu.Lock()
	entry, known := m.entries[key]
	m.mu.Unlock()
	if known && entry.text == string(text) {
		return entry.value, nil
	}
	entry = decoded[V]{text: string(text)}
	if err := decode(text, &entry.value); err != nil {
		return entry.value, err
	}
	m.keep(key, entry)
	return entry.value, nil
}

// keep remembers an entry. When there are too many, any one goes.
func (m *memo[K, V]) keep(key K, entry decoded[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil {
		m.entries = map[K]decoded[V]{}
	}
	for other := range m.entries {
		if len(m.entries) < maxContents {
			break
		}
		delete(m.entries, other)
	}
	m.entries[key] = entry
}

// apart returns a stock that shares nothing with s that could be changed.
func apart(s coupon.Stock) coupon.Stock {
	s.Validity.WeekDays = slices.Clone(s.Validity.WeekDays)
	s.Validity.DayTimes = slices.Clone(s.Validity.DayTimes)
	s.Validity.Irregular = slices.Clone(s.Validity.Irregular)
	s.Entrance.MiniProgram = copied(s.Entrance.MiniProgram)
	s.Display.Finder = copied(s.Display.Finder)
	return s
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}
