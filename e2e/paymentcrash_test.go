package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

// What becomes of a voucher, by the last digit of its number. Up to 2 it is sent only, the rest
// are spent; codes or an image are uploaded beside some.
const (
	spentFrom = '3'
	refunded  = '5'
	partly    = '6'
	uploading = '8'
	drawing   = '9'
)

const (
	orderTotal  = 2000
	partOfIt    = 700
	voucherFace = 100
)

// bought is what was acknowledged about one number.
type bought struct {
	voucher string
	paid    time.Time
	// discount is that of the payment, back what of the refund went back to the payer.
	discount, back int64
	refund         time.Time
	// codes is when codes were uploaded, image where an image is.
	codes time.Time
	image string
}

// counter is where vouchers are spent: a pre-funded stock, and a stock with a pool of codes.
type counter struct {
	vouchers, pool string

	mu    sync.Mutex
	next  int
	asked []string
	told  map[string]bought
}

// TestNoAcknowledgedPaymentIsLostByKill9 kills the server in the middle of vouchers, payments,
// refunds and uploads of codes and images, again and again, and holds it to every answer that it ever gave.
func TestNoAcknowledgedPaymentIsLostByKill9(t *testing.T) {
	t.Parallel()
	onBothEngines(t, engineCounts{
		sqlite: size.Counts{Usual: 10, Hour: 100, Night: 1_000}, postgres: size.Counts{Usual: 5, Hour: 50, Night: 500},
	}, crashUnderPayments)
}

func crashUnderPayments(t *testing.T, cycles int, more ...string) {
	t.Helper()
	dir, state := t.TempDir(), t.TempDir()
	flags := append([]string{"--unlimited"}, more...) // to repeat everything at once is more than the documented rates allow
	p := start(t, dir, state, flags...)
	c := p.openCounter(t)
	random := rand.New(rand.NewPCG(3, 4))
	for n := range cycles {
		p.spend(t, c, len(c.told)+1+random.IntN(15))
		p = start(t, dir, state, flags...)
		for range 5 {
			p.checkBought(t, c, c.asked[random.IntN(len(c.asked))])
		}
		size.Tell(t, n+1, cycles, "crashes")
	}
	for _, number := range c.asked {
		p.checkBought(t, c, number)
	}
	p.checkInvariants(t, dir, more...)
	payments, refunds, uploads, images := c.count()
	t.Logf("proof P1: %d crashes, %d vouchers, %d payments, %d refunds, %d uploads and %d images acknowledged: none lost, none twice",
		cycles, len(c.told), payments, refunds, uploads, images)
}

// openCounter makes the stocks.
func (p *process) openCounter(t *testing.T) *counter {
	t.Helper()
	created, err := p.createVouchers(t)
	for range 50 {
		if !errors.Is(err, client.ErrRequestBlocked) {
			break
		}
		created, err = p.createVouchers(t) // the second in which it was to begin was over
	}
	if err != nil {
		t.Fatal(err)
	}
	stock := favor.CommandRequest{StockID: created.StockID, StockCreatorMchID: p.MchID}
	if _, err := p.caller(t).Favor().StartStock(t.Context(), &stock); err != nil {
		t.Fatal(err)
	}
	request := stockRequest(p)
	request.CouponCodeMode, request.OutRequestNo = "MERCHANT_UPLOAD", "crash-pool"
	pool, err := p.caller(t).BusiFavor().CreateStock(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return &counter{vouchers: created.StockID, pool: pool.StockID, told: map[string]bought{}}
}

// createVouchers asks for a stock that begins now.
func (p *process) createVouchers(t *testing.T) (*favor.CreateStockResponse, error) {
	t.Helper()
	begin, most := time.Now().Truncate(time.Second), int64(9_000)
	if size.Soaks() {
		most *= 20 // more than the demo merchant has money for
	}
	return p.caller(t).Favor().CreateStock(t.Context(), &favor.CreateStockRequest{
		StockName: "崩溃演练券", BelongMerchant: p.MchID,
		AvailableBeginTime: schema.TimeOf(begin), AvailableEndTime: schema.TimeOf(begin.AddDate(0, 1, 0)),
		StockUseRule: favor.StockUseRule{MaxCoupons: most, MaxAmount: most * voucherFace, MaxCouponsPerUser: 60},
		PatternInfo:  &favor.PatternInfo{Description: "全场可用"},
		CouponUseRule: favor.CouponUseRule{
			FixedNormalCoupon:  &favor.FixedNormalCoupon{CouponAmount: voucherFace, TransactionMinimum: 1000},
			AvailableMerchants: []string{p.MchID},
		},
		NoCash: size.Soaks(), StockType: "NORMAL", OutRequestNo: "crash-vouchers",
	})
}

func (c *counter) number() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	number := fmt.Sprintf("pay%06d", c.next)
	c.asked = append(c.asked, number)
	return number
}

func (c *counter) acknowledge(number string, b bought) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[number] = b
	return len(c.told)
}

// spend has clients send and spend vouchers, and kills the server as soon as enough was
// acknowledged.
func (p *process) spend(t *testing.T, c *counter, enough int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	caller := p.caller(t)
	var once sync.Once
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				number := c.number()
				b, err := p.buy(ctx, caller, c, number)
				if unexpected(err) {
					t.Errorf("%s: %v", number, err)
				}
				if b.voucher != "" && c.acknowledge(number, b) >= enough {
					once.Do(func() {
						p.kill()
						cancel()
					})
				}
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}

// buy sends a voucher and has its fate happen. What was acknowledged is returned, also when the rest
// failed.
func (p *process) buy(ctx context.Context, caller *client.Client, c *counter, number string) (b bought, err error) {
	sent, err := caller.Favor().SendCoupon(ctx, &favor.SendCouponRequest{
		OpenID: openID(number), AppID: p.AppID, StockID: c.vouchers, StockCreatorMchID: p.MchID, OutRequestNo: number,
	})
	if err != nil {
		return b, err
	}
	b.voucher = sent.CouponID
	if last(number) < spentFrom {
		return b, nil
	}
	paid, err := caller.Rail().Pay(ctx, &rail.PayRequest{
		TransactionID: "T" + number, AppID: p.AppID, OpenID: openID(number), CouponIDs: []string{b.voucher},
		Order: rail.Order{MchID: p.MchID, Total: orderTotal},
	})
	if err != nil {
		return b, err
	}
	b.paid, b.discount = paid.ConsumeTime.Time, paid.Discount
	if amount := refundOf(number); amount > 0 {
		back, err := caller.Rail().Refund(ctx, &rail.RefundRequest{TransactionID: "T" + number, RefundID: "R" + number, Amount: amount})
		if err != nil {
			return b, err
		}
		b.refund, b.back = back.RefundTime.Time, back.PayerRefund
	}
	if last(number) == drawing {
		b.image, err = upload(ctx, caller, number)
		return b, err
	}
	if last(number) != uploading {
		return b, nil
	}
	up, err := caller.BusiFavor().UploadCodes(ctx, &busifavor.UploadCodesRequest{
		StockID: c.pool, UploadRequestNo: number, CouponCodeList: []string{number + "-1", number + "-2"},
	})
	if err == nil {
		b.codes = up.SuccessTime.Time
	}
	return b, err
}

// refundOf is how much is refunded of what a number paid.
func refundOf(number string) int64 {
	switch last(number) {
	case refunded:
		return orderTotal
	case partly:
		return partOfIt
	}
	return 0
}

// checkBought repeats all that a number is about: what was acknowledged must be answered as it was.
// What was on its way when the server was killed is settled by that.
func (p *process) checkBought(t *testing.T, c *counter, number string) {
	t.Helper()
	first := c.told[number]
	again, err := p.buy(t.Context(), p.caller(t), c, number)
	switch {
	case err != nil:
		var refused *client.APIError
		t.Errorf("%s was acknowledged with %+v, a repeat fails: %v (an answer: %v)", number, first, err, errors.As(err, &refused))
	case first.voucher != "" && again.voucher != first.voucher,
		!first.paid.IsZero() && (!again.paid.Equal(first.paid) || again.discount != first.discount),
		!first.refund.IsZero() && (!again.refund.Equal(first.refund) || again.back != first.back),
		!first.codes.IsZero() && !again.codes.Equal(first.codes):
		t.Errorf("%s was acknowledged with %+v, a repeat gives %+v", number, first, again)
	case first.image != "":
		if width := p.widthOf(t, first.image); width != widthFor(number) {
			t.Errorf("the image of %s, %s, is %d pixels wide", number, first.image, width)
		}
	}
}

// widthFor tells the image of a number from others.
func widthFor(number string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(number, "pay"))
	return 1 + n
}

func upload(ctx context.Context, caller *client.Client, number string) (at string, err error) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, widthFor(number), 1))); err != nil {
		return "", err
	}
	up, err := caller.Media().UploadImageFrom(ctx, number+".png", &file)
	if err != nil {
		return "", err
	}
	return up.MediaURL, nil
}

// widthOf fetches an image from where the server listens now.
func (p *process) widthOf(t *testing.T, at string) int {
	t.Helper()
	address, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(p.APIURL + address.Path) //nolint:noctx // the test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	config, _, err := image.DecodeConfig(answer.Body)
	if err != nil {
		t.Errorf("%s answers %s: %v", at, answer.Status, err)
	}
	return config.Width
}

// count says how much of what was acknowledged.
func (c *counter) count() (payments, refunds, uploads, images int) {
	for _, b := range c.told {
		if b.image != "" {
			images++
		}
		for n, at := range map[*int]time.Time{&payments: b.paid, &refunds: b.refund, &uploads: b.codes} {
			if !at.IsZero() {
				*n++
			}
		}
	}
	return payments, refunds, uploads, images
}
