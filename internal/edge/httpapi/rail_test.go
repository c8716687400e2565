package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAPaymentIsShownAsItWasAnswered pays with a voucher for the whole order and one for some of
// its goods. What was refunded is all that is new.
func TestAPaymentIsShownAsItWasAnswered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	o := order(func(o object) {
		o["goods_detail"] = []object{{"goods_id": "a", "quantity": 2, "price": 2000}, {"goods_id": "other", "quantity": 1, "price": 500}}
	})
	body := f.payBody(o, f.voucher(f.voucherStock(nil)), f.voucher(f.voucherStock(singleItems)))
	paid := f.post(alice, pathPayments, body)
	path := pathPayments + "/" + text(body["transaction_id"])
	shown := f.get(alice, path)
	if paid.status != http.StatusOK || shown.status != http.StatusOK {
		t.Fatalf("%s\n%s", paid.body, shown.body)
	}
	if diff := cmp.Diff(paid.json, shown.json); diff != "" {
		t.Errorf("the payment (-answered +shown):\n%s", diff)
	}
	if got := f.post(alice, pathRefunds(text(body["transaction_id"])), f.refundBody(1000)); got.status != http.StatusOK {
		t.Fatal(got.body)
	}
	want := paid.json
	want["refunded"] = 1000.
	if diff := cmp.Diff(want, f.get(alice, path).json); diff != "" {
		t.Errorf("after a refund (-want +shown):\n%s", diff)
	}
}
