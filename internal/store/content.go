package store

import (
	"slices"
	"sync"

	"github.com/favord/favord/internal/coupon"
)

// maxContents bounds how many stocks are kept decoded.
const maxContents = 4096

// Contents keeps the decoded content of stocks, so that a hot stock's is not decoded for
// every batch. An entry counts only for the very text it was decoded from: nothing has to
// be told when a stock changes. It is safe for concurrent use; the zero value is ready.
type Contents struct {
	mu      sync.Mutex
	entries map[coupon.StockID]content
}

type content struct {
	text  string
	stock coupon.Stock
}

// Decode fills s, whose key, state and time of creation are known, with the content that
// [EncodeStock] wrote. The text is not kept.
func (c *Contents) Decode(text []byte, s *coupon.Stock) error {
	c.mu.Lock()
	entry, known := c.entries[s.ID]
	c.mu.Unlock()
	if !known || entry.text != string(text) {
		entry = content{text: string(text)}
		if err := DecodeStock(text, &entry.stock); err != nil {
			return err
		}
		c.keep(s.ID, entry)
	}
	own := *s
	*s = apart(entry.stock)
	s.StockKey, s.State, s.CreatedAt = own.StockKey, own.State, own.CreatedAt
	return nil
}

// keep remembers an entry. When there are too many, any one goes.
func (c *Contents) keep(id coupon.StockID, entry content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = map[coupon.StockID]content{}
	}
	for other := range c.entries {
		if len(c.entries) < maxContents {
			break
		}
		delete(c.entries, other)
	}
	c.entries[id] = entry
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
