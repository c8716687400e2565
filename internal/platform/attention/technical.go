package attention

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// When callbacks and certificates are a matter.
const (
	// ends is how long before its end a certificate is told of. The platform's have successors by
	// then, unless something keeps the server from making them.
	ends = 30 * 24 * time.Hour
	// latest is how many of the newest events tell how a receiver does, silent how many in a row it
	// must not have taken.
	latest = 20
	silent = 3
)

// certificates looks at a merchant's own, and at the platform's for it: when the last one ends.
func (l *look) certificates(ctx context.Context, owner merchant.ID) error {
	own, err := l.tx.Certificates(ctx, owner)
	if err != nil {
		return err
	}
	platform, err := l.tx.PlatformKeys(ctx, owner)
	if err != nil {
		return err
	}
	var last, lastPlatform Matter
	for i := range own {
		if own[i].Status == merchant.CertificateActive && own[i].NotAfter.After(last.At) {
			last.At, last.Detail = own[i].NotAfter, own[i].Serial
		}
	}
	for i := range platform {
		if !platform[i].Public && platform[i].Expire.After(lastPlatform.At) {
			lastPlatform.At, lastPlatform.Detail = platform[i].Expire, platform[i].Serial
		}
	}
	for _, m := range []Matter{last, lastPlatform} {
		if !m.At.IsZero() && m.At.Sub(l.service.config.Clock.Now()) <= ends {
			m.Kind, m.Owner = Certificate, owner
			l.add(m)
		}
	}
	return nil
}

// callbacks looks at the events of a merchant: those that were given up, and whether the newest
// ones are taken.
func (l *look) callbacks(ctx context.Context, owner merchant.ID) error {
	dead, err := l.tx.Deliveries(ctx, store.DeliveryQuery{Owner: owner, State: delivery.Dead, Limit: MaxDead})
	if err != nil {
		return err
	}
	if n := int64(len(dead)); n > 0 {
		l.add(Matter{Kind: Dead, Owner: owner, Left: n, Whole: n, Detail: reason(&dead[0])})
	}
	recent, err := l.tx.Deliveries(ctx, store.DeliveryQuery{Owner: owner, Limit: latest})
	if err != nil {
		return err
	}
	for _, product := range []merchant.Product{merchant.BusiFavor, merchant.Favor} {
		if m, fails := failing(recent, product); fails {
			m.Owner = owner
			l.add(m)
		}
	}
	return nil
}

// failing reports whether the newest events of a product were tried and not taken.
func failing(recent []delivery.Delivery, product merchant.Product) (m Matter, fails bool) {
	m = Matter{Kind: Failing, Product: product}
	for i := range recent {
		d := &recent[i]
		tried := d.Status != 0 || d.Problem != ""
		switch {
		case d.Product != product || !tried:
			continue
		case d.State == delivery.Delivered:
			return m, m.Left >= silent
		}
		if m.Left++; m.Left == 1 {
			m.Detail = reason(d)
		}
	}
	return m, m.Left >= silent
}

// reason is why the last attempt failed: no answer, or its status.
func reason(d *delivery.Delivery) string { return cmp.Or(d.Problem, strconv.Itoa(d.Status)) }
