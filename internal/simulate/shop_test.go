package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/busifavor/issue"
	"github.com/favord/favord/internal/busifavor/redeem"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/busifavor/subsidy"
	"github.com/favord/favord/internal/favor/pay"
	"github.com/favord/favord/internal/favor/send"
	vouchers "github.com/favord/favord/internal/favor/stocks"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/platform/ledger"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/storetest"
)

// Who takes part.
const (
	creator = merchant.ID("1900000001") // whom storetest.OpenShop makes
	partner = merchant.ID("1900000002") // gives out what the creator lets it
	payee   = merchant.ID("1900000006") // of the same brand
	people  = 9
	// family is how many accounts one person has.
	family = 3
)

// shop is what the world starts from.
type shop struct {
	*storetest.Shop
	// plain has limits in all, a day and a user; pooled has uploaded codes; personal counts
	// persons.
	plain, pooled, personal coupon.Stock
	// free is paid by nobody, funded from a locked budget.
	free, funded voucher.Stock
}

const partnerAppID = merchant.AppID("wx7777777777777777")

// arrange makes merchants and stocks.
func (w *world) arrange() *shop {
	sh := &shop{Shop: storetest.OpenShop(w.tb, w.engine, coupon.Limits{MaxCoupons: 60, MaxPerUser: 8, MaxPerDay: 40})}
	sh.plain = sh.Stock
	sh.plain.Validity = coupon.Validity{Begin: w.start.Add(-time.Hour), End: w.start.AddDate(0, 0, 20)}
	sh.plain.NotifyAppID, sh.plain.Limits.NaturalPerson = "", coupon.No
	sh.pooled, sh.personal = sh.plain, sh.plain
	sh.pooled.ID, sh.pooled.CodeMode, sh.pooled.Limits = "1282070000000018", coupon.CodesByUpload, coupon.Limits{MaxCoupons: 50, MaxPerUser: 20}
	sh.personal.ID, sh.personal.Limits = "1282070000000019", coupon.Limits{MaxCoupons: 50, MaxPerUser: 4, NaturalPerson: coupon.Yes}
	sh.free = storetest.PlainVoucherStock("1000000001", voucher.Limits{MaxCoupons: 60, MaxAmount: 6000, MaxAmountPerDay: 4000, MaxPerUser: 8})
	sh.free.Begin, sh.free.End, sh.free.Threshold = w.start.Add(-time.Hour), w.start.AddDate(0, 0, 20), 200
	sh.free.Merchants, sh.free.Limits.NaturalPerson = []merchant.ID{creator}, false
	sh.funded = sh.free
	sh.funded.ID, sh.funded.NoCash, sh.funded.State = "1000000002", false, voucher.StockUnactivated
	w.must(w.engine.Write(w.tb.Context(), func(tx store.Tx) error { return sh.write(w.tb.Context(), tx, w.start) }))
	return sh
}

func (sh *shop) write(ctx context.Context, tx store.Tx, at time.Time) error {
	m, err := tx.Merchant(ctx, creator)
	if err != nil {
		return err
	}
	m.Permissions = append(m.Permissions, merchant.PaymentRail, merchant.PaySubsidies)
	return store.InOrder(
		func() error { return tx.UpdateMerchant(ctx, m) },
		func() error {
			return tx.InsertMerchant(ctx, merchant.Merchant{
				ID: partner, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate, AppIDs: []merchant.AppID{partnerAppID},
				Permissions: []merchant.Permission{merchant.IssueByAPI},
			}, at)
		},
		func() error {
			return tx.InsertMerchant(ctx, merchant.Merchant{ID: payee, Kind: merchant.Ordinary, KeyMode: merchant.ModeCertificate}, at)
		},
		func() error { return tx.JoinBrand(ctx, creator, "brand") },
		func() error { return tx.JoinBrand(ctx, payee, "brand") },
		func() error { return tx.UpdateStock(ctx, sh.plain) },
		func() error { return tx.InsertStock(ctx, sh.pooled) },
		func() error { return tx.InsertStock(ctx, sh.personal) },
		func() error { return tx.InsertVoucherStock(ctx, sh.free) },
		func() error { return tx.InsertVoucherStock(ctx, sh.funded) },
		func() error { return register(ctx, tx) },
		func() error { return listen(ctx, tx, merchant.BusiFavor, at) },
		func() error { return listen(ctx, tx, merchant.Favor, at) },
	)
}

func listen(ctx context.Context, tx store.Tx, product merchant.Product, at time.Time) error {
	return tx.SetCallback(ctx, merchant.Callback{
		CallbackKey: merchant.CallbackKey{Owner: creator, Product: product}, URL: "https://www.example.com/n", On: true, UpdatedAt: at,
	})
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// node is a server: the capabilities over its way to the database and its clock.
type node struct {
	number int
	skew   time.Duration
	clock  *clock.Manual
	link   *link
	news   []merchant.ID
	// delivering is true while it makes a pass.
	delivering bool

	issue   *issue.Service
	redeem  *redeem.Service
	stocks  *stocks.Service
	subsidy *subsidy.Service
	ledger  *ledger.Service
	send    *send.Service
	pay     *pay.Service
	favor   *vouchers.Service
	partner *partnership.Service
	notify  *notify.Service
}

// tell says that something has changed with a merchant.
func (n *node) tell(owner merchant.ID) {
	for _, tell := range n.link.listeners {
		tell(owner)
	}
}

// boot starts a node.
func (w *world) boot(number int) *node {
	l := &link{Store: w.engine, world: w}
	n := &node{number: number, clock: skewed(w), link: l}
	known := directory.New(l, n.clock)
	business, users, random := clock.Same{Source: n.clock}, user.Policy{AutoRegister: true}, w.random()
	orders := coupon.OrderPolicy{TakeAny: true}
	n.issue = issue.New(issue.Config{Store: l, Directory: known, Clock: business, Random: random, Users: users})
	n.redeem = redeem.New(redeem.Config{Store: l, Directory: known, Clock: business, Users: users, Orders: orders})
	n.stocks = stocks.New(stocks.Config{Store: l, Clock: business, Users: users})
	n.subsidy = subsidy.New(subsidy.Config{Store: l, Directory: known, Clock: business, Random: random, Orders: orders})
	n.ledger = ledger.New(ledger.Config{Store: l, Clock: business})
	n.send = send.New(send.Config{Store: l, Directory: known, Clock: business, Random: random, Users: users, MonthlyMost: 1500})
	n.pay = pay.New(pay.Config{Store: l, Directory: known, Clock: business, Users: users})
	n.favor = vouchers.New(vouchers.Config{Store: l, Directory: known, Clock: business, RunningMost: vouchers.RunningMost})
	n.partner = partnership.New(partnership.Config{Store: l, Clock: business})
	n.notify = notify.New(notify.Config{
		Store: l, Directory: known, Clock: n.clock, Business: business, Post: &receiver{world: w}, Users: users,
		Sender: w.sender, Log: slog.New(slog.DiscardHandler), Tail: notify.LongestTail,
	})
	return n
}

// random is where ids and codes come from.
func (w *world) random() io.Reader {
	var seed [32]byte
	c := w.chance("random")
	for i := range seed {
		seed[i] = byte(c.Uint32())
	}
	return rand.NewChaCha8(seed)
}

// sender is what notifications are made with. Signatures are not what is simulated.
func (w *world) sender(context.Context, merchant.ID, time.Time) (notify.Sender, error) {
	box, err := apiv3.NewBox([]byte("TESTONLYapiv3key0123456789ABCDEF"))
	return notify.Sender{Signer: hasty{}, Box: box, BoxVersion: 1}, err
}

// hasty signs without a key.
type hasty struct{}

func (hasty) Scheme() apiv3.Scheme        { return apiv3.SchemeRSA }
func (hasty) Serial() string              { return "11F47ED00D676D88B3C12174052FD5DC722E24AC" }
func (hasty) Sign([]byte) (string, error) { return "c2lnbmF0dXJl", nil }

// receiver is the merchant's server. What it answers follows from the step alone, as the attempts of
// a pass run at once.
type receiver struct{ world *world }

func (*receiver) CheckURL(string) error { return nil }

func (r *receiver) Post(_ context.Context, request outbound.Request) (outbound.Answer, error) {
	var envelope struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(request.Body, &envelope); err != nil {
		return outbound.Answer{}, err
	}
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%d/%d", r.world.plan.seed, r.world.report.steps)
	luck := h.Sum32() % 10
	switch {
	case r.world.quiet || luck > 3:
	case luck == 0: // it never arrived
		return outbound.Answer{}, outbound.ErrUnreachable
	case luck == 1: // it arrived, and the answer was late
		r.world.book.arrived(envelope.ID)
		return outbound.Answer{}, outbound.ErrTimeout
	default:
		return outbound.Answer{Status: http.StatusInternalServerError}, nil
	}
	r.world.book.arrived(envelope.ID)
	return outbound.Answer{Status: http.StatusNoContent}, nil
}

// person names a user: every three accounts are one person's.
func person(n int) user.OpenID { return user.OpenID(fmt.Sprintf("o%027d", n)) }

// register makes the users, every three of whom are one person.
func register(ctx context.Context, tx store.Tx) error {
	accounts := make([]user.User, people)
	for n := range accounts {
		u, err := user.Policy{AutoRegister: true}.Judge(user.User{}, storetest.ShopAppID, person(n))
		if err != nil {
			return err
		}
		accounts[n] = u
		if err := tx.InsertUsers(ctx, []user.User{u}); err != nil {
			return err
		}
		u.Person = accounts[n-n%family].ID
		if err := tx.UpdateUser(ctx, u); err != nil {
			return err
		}
	}
	return nil
}
