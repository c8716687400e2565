package memstore

import (
	"context"
	"slices"

	"github.com/favord/favord/internal/coupon"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/picture"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Partnership(_ context.Context, key coupon.PartnershipKey) (coupon.Partnership, error) {
	p, found := t.data.partnerships[key]
	if !found {
		return coupon.Partnership{}, store.ErrNotFound
	}
	return p, nil
}

func (t *tx) Partnerships(_ context.Context, q store.PartnershipQuery) ([]coupon.Partnership, int64, error) {
	var chosen []coupon.Partnership
	var total int64
	for _, key := range slices.Backward(t.data.partnered) {
		p := t.data.partnerships[key]
		if !q.Matches(&p) {
			continue
		}
		if total >= q.Offset && total-q.Offset < q.Limit {
			chosen = append(chosen, p)
		}
		total++
	}
	return chosen, total, nil
}

func (t *tx) Partnered(_ context.Context, stock coupon.StockKey, resource coupon.Resource, partners []coupon.Partner) (bool, error) {
	return slices.ContainsFunc(partners, func(p coupon.Partner) bool {
		key := coupon.PartnershipKey{Stock: stock, Resource: resource, Partner: p}
		return t.data.partnerships[key].State == coupon.PartnershipEstablished
	}), nil
}

func (t *tx) PutPartnership(_ context.Context, p coupon.Partnership) error {
	if old, found := t.data.partnerships[p.PartnershipKey]; found {
		p.Created = old.Created
	} else {
		push(t, &t.data.partnered, p.PartnershipKey)
	}
	put(t, t.data.partnerships, p.PartnershipKey, p)
	return nil
}

func (t *tx) Image(_ context.Context, token picture.Token) (store.Image, error) {
	i, found := t.data.images[token]
	if !found {
		return store.Image{}, store.ErrNotFound
	}
	return i, nil
}

func (t *tx) ImageOwners(_ context.Context, tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
	owners := make(map[picture.Token]merchant.ID, len(tokens))
	for _, token := range tokens {
		if i, found := t.data.images[token]; found {
			owners[token] = i.Owner
		}
	}
	return owners, nil
}

func (t *tx) InsertImage(_ context.Context, i store.Image) error {
	if _, found := t.data.images[i.Token]; found {
		return store.ErrDuplicate
	}
	put(t, t.data.images, i.Token, i)
	return nil
}
