package load

import (
	"fmt"
	"sync"
)

// holding is a coupon that the server acknowledged.
type holding struct {
	stock, code string
	user        int
}

// book keeps what was acknowledged: which code each request number got.
type book struct {
	mu       sync.Mutex
	byNumber map[string]string
	byCode   map[string]string
	holdings []holding
}

func newBook() *book {
	return &book{byNumber: map[string]string{}, byCode: map[string]string{}}
}

// enter notes the answer to an issue. Its error says that a number got two codes, or two
// numbers one code.
func (b *book) enter(g grant, body []byte) error {
	code, err := issued(body)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if first, known := b.byNumber[g.number]; known {
		if first != code {
			return fmt.Errorf("request number %s got coupon %s, and %s when it was repeated", g.number, first, code)
		}
		return nil
	}
	if other, known := b.byCode[code]; known {
		return fmt.Errorf("request numbers %s and %s got the same coupon %s", other, g.number, code)
	}
	b.byNumber[g.number], b.byCode[code] = code, g.number
	b.holdings = append(b.holdings, holding{stock: g.stock, code: code, user: g.user})
	return nil
}

// count is how many coupons were acknowledged of a stock.
func (b *book) count(stock string) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := int64(0)
	for i := range b.holdings {
		if b.holdings[i].stock == stock {
			n++
		}
	}
	return n
}
