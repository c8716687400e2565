package row

import (
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/tally"
)

// Tally reads product, stock, hour, kind, channel, number and amount of an owner's count.
func Tally(owner merchant.ID) func(Scan) (tally.Count, error) {
	return func(scan Scan) (tally.Count, error) {
		c := tally.Count{Key: tally.Key{Stock: tally.Stock{Owner: owner}}}
		var hour int64
		err := scan(&c.Product, &c.ID, &hour, &c.Kind, &c.Channel, &c.N, &c.Amount)
		c.Hour = tally.Hour(hour)
		return c, err
	}
}
