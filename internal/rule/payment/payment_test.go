package payment_test

import (
	"testing"

	"github.com/favord/favord/internal/base/fen"
	"github.com/favord/favord/internal/rule/payment"
)

func TestAPaymentIsRefundedOnceAllOfItWentBack(t *testing.T) {
	t.Parallel()
	for refunded, want := range map[fen.Fen]payment.State{
		0: payment.Paid, 1: payment.PartlyRefunded, 1999: payment.PartlyRefunded, 2000: payment.Refunded,
	} {
		p := payment.Payment{Total: 2000, Discount: 100, Refunded: refunded}
		if got := p.State(); got != want || p.PayerTotal() != 1900 {
			t.Errorf("%d of 2000 were refunded: %s, want %s; %d were paid", refunded, got, want, p.PayerTotal())
		}
	}
}
