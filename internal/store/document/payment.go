package document

import (
	"encoding/json"
	"fmt"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/payment"
)

// paymentDocument is the stored form of what nobody queries by.
type paymentDocument struct {
	Vouchers []payment.PaidVoucher `json:"vouchers"`
	Facts    payment.Facts         `json:"facts"`
	Maker    merchant.ID           `json:"maker"`
}

// EncodePayment returns the vouchers and facts of a payment as JSON.
func EncodePayment(p *payment.Payment) (string, error) {
	text, err := json.Marshal(paymentDocument{Vouchers: p.Vouchers, Facts: p.Facts, Maker: p.Maker})
	if err != nil {
		return "", fmt.Errorf("encode payment: %w", err)
	}
	return string(text), nil
}

// DecodePayment is the reverse of [EncodePayment].
func DecodePayment(text string, p *payment.Payment) error {
	var d paymentDocument
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return fmt.Errorf("decode payment: %w", err)
	}
	p.Vouchers, p.Facts, p.Maker = d.Vouchers, d.Facts, d.Maker
	return nil
}

// EncodeFacts returns facts as JSON; the zero facts are "".
func EncodeFacts(f *payment.Facts) (string, error) {
	if *f == (payment.Facts{}) {
		return "", nil
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "", fmt.Errorf("encode facts: %w", err)
	}
	return string(text), nil
}

// DecodeFacts is the reverse of [EncodeFacts].
func DecodeFacts(text string, f *payment.Facts) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), f); err != nil {
		return fmt.Errorf("decode facts: %w", err)
	}
	return nil
}

// EncodeFlow returns the goods and facts of a line as they are stored.
func EncodeFlow(f *payment.Flow) (goods, facts string, err error) {
	if goods, err = EncodeGoods(f.Goods); err != nil {
		return "", "", err
	}
	facts, err = EncodeFacts(&f.Facts)
	return goods, facts, err
}

// DecodeFlow is the reverse of [EncodeFlow].
func DecodeFlow(f *payment.Flow, goods, facts string) (err error) {
	if f.Goods, err = DecodeGoods(goods); err != nil {
		return err
	}
	return DecodeFacts(facts, &f.Facts)
}
