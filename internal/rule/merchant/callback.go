package merchant

import "time"

// Product is a product whose events go to a URL of their own. The values are stored.
type Product string

// The products with callbacks.
const (
	// BusiFavor is told of merchant coupons (busifavor B18).
	BusiFavor Product = "busifavor"
	// Favor is told of cash vouchers (favor 4.18).
	Favor Product = "favor"
)

// CallbackKey names a callback: a merchant has one for each product.
type CallbackKey struct {
	Owner   ID
	Product Product
}

// Callback is where a merchant wants the events of a product sent.
type Callback struct {
	CallbackKey
	URL string
	// On is false while the merchant wants no events. What happens then is not sent
	// later.
	On bool
	// UpdatedAt is business time, in whole seconds.
	UpdatedAt time.Time
}
