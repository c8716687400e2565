package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/security"
)

// ownAffairs are operations that only ever concern the caller, or list what the caller is a
// party to, so that another merchant may make the very same call. Every other one must
// refuse it: a new operation is not excused unless somebody says so here.
func ownAffairs() []string {
	return []string{security.ListCertificates, media.UploadImage, partnership.List, favor.ListCoupons}
}

// actor is a merchant who has nothing to do with alice's things.
type actor struct {
	name  string
	enter func(f *fixture)
}

// actors are a stranger, and one who comes as close as a stranger can: with every permission
// of a merchant, and alice's appid bound to it, too.
func actors() []actor {
	return []actor{
		{"stranger", func(*fixture) {}},
		{"neighbour", func(f *fixture) {
			f.shareAppID(bob, aliceApp)
			f.write(func(tx store.Tx) error {
				m, err := tx.Merchant(f.t.Context(), bob)
				if err != nil {
					return err
				}
				// Whoever moves the money handles everybody's vouchers: that is what it is for.
				m.Permissions = slices.DeleteFunc(merchant.AllPermissions(), func(p merchant.Permission) bool { return p == merchant.PaymentRail })
				return tx.UpdateMerchant(f.t.Context(), m)
			})
		}},
	}
}

// TestNoMerchantReadsOrChangesWhatIsAnothers sends every operation of the tables for things
// that are the caller's own, for those of another merchant, and for those that do not exist.
// Foreign ones and absent ones are refused as the operation documents, change nothing, and
// show nothing of their owner.
func TestNoMerchantReadsOrChangesWhatIsAnothers(t *testing.T) {
	t.Parallel()
	t.Logf("proof P11: %d operations for things that are one's own, absent, and foreign to %d kinds of merchants",
		len(httpapi.Operations()), len(actors()))
	for _, op := range httpapi.Operations() {
		t.Run(op.ID+"/own", func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			if got := f.send(r); got.status != op.Success {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
		t.Run(op.ID+"/absent", func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			r := f.sample(op.ID)
			if absent, has := f.withoutThings(&op, r); has {
				f.expectRefused(&op, absent)
			}
		})
		for _, who := range actors() {
			t.Run(op.ID+"/foreign to a "+who.name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				who.enter(f)
				r := f.sample(op.ID)
				if r.as != alice {
					t.Fatalf("the sample is %s's", r.as)
				}
				absent, has := f.withoutThings(&op, r)
				r.as, absent.as = bob, bob
				f.expectRefused(&op, r)
				if has {
					f.expectRefused(&op, absent)
				}
			})
		}
	}
}

// expectRefused sends a request that must be refused without effect for alice.
func (f *fixture) expectRefused(op *wire.Operation, r request) {
	f.t.Helper()
	before := f.trailOf(alice)
	got := f.send(r)
	own := r.as != alice && slices.Contains(ownAffairs(), op.ID)
	documented := slices.ContainsFunc(slices.Concat(op.Failures, wire.Common(op.Product)), func(d wire.Failure) bool {
		return d.Is(got.status, got.code(), got.message())
	})
	switch {
	case own && got.status == op.Success:
	case got.status < http.StatusBadRequest || got.status >= http.StatusInternalServerError:
		f.t.Errorf("%s %s is answered %d %s", r.method, r.target, got.status, got.body)
	case !documented:
		f.t.Errorf("%d %s %q is not documented", got.status, got.code(), got.message())
	}
	for _, secret := range []string{"8月1日活动券", "xxx商品使用", "满20减1券", "爱丽丝商店", openID} {
		if strings.Contains(got.body, secret) && !strings.Contains(r.target+r.body, secret) {
			f.t.Errorf("%s %s shows %q: %s", r.method, r.target, secret, got.body)
		}
	}
	if after := f.trailOf(alice); after != before {
		f.t.Errorf("%s %s has an effect:\n%s\nwas\n%s", r.method, r.target, after, before)
	}
}

// trailOf is everything that was changed for a merchant: each change has an entry there.
func (f *fixture) trailOf(id merchant.ID) string {
	f.t.Helper()
	const all = 1000
	var trail string
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(f.t.Context(), id, 0, all)
		if err != nil {
			return err
		}
		events, err := tx.Deliveries(f.t.Context(), store.DeliveryQuery{Owner: id, Limit: all})
		trail = fmt.Sprintf("%v\n%v", entries, events)
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return trail
}

// withoutThings names things in a request that do not exist, and reports whether it named
// any.
func (f *fixture) withoutThings(op *wire.Operation, r request) (absent request, has bool) {
	f.t.Helper()
	path, query, _ := strings.Cut(r.target, "?")
	names, values := strings.Split(op.Path, "/"), strings.Split(path, "/")
	for i, name := range names {
		if isThing(strings.Trim(name, "{}")) {
			values[i], has = url.PathEscape(nothing(values[i])), true
		}
	}
	r.target = strings.Join(values, "/")
	if query != "" {
		r.target += "?" + query
	}
	var body map[string]any
	if json.Unmarshal([]byte(r.body), &body) == nil && replaceThings(body) {
		r.body, has = f.encode(body), true
	}
	return r, has
}

// isThing reports whether a name is that of a merchant's thing.
func isThing(name string) bool {
	return slices.Contains([]string{"stock_id", "coupon_code", "coupon_id", "subsidy_receipt_id", "subsidy_return_receipt_id"}, name)
}

// nothing is an id of the same form that nobody has.
func nothing(id string) string {
	if strings.Trim(id, "0123456789") != "" {
		return "absent"
	}
	return "1" + strings.Repeat("0", len(id)-1)
}

// replaceThings replaces the ids within a body, and reports whether there were any.
func replaceThings(body map[string]any) (replaced bool) {
	for name, value := range body {
		switch typed := value.(type) {
		case string:
			if isThing(name) {
				body[name], replaced = nothing(typed), true
			}
		case map[string]any:
			replaced = replaceThings(typed) || replaced
		}
	}
	return replaced
}
