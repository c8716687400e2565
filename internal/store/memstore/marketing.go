package memstore

import (
	"context"
	"slices"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
)

func (t *tx) Partnership(_ context.Context, key partner.Key) (partner.Partnership, error) {
	p, found := t.data.partnerships[key]
	if !found {
		return partner.Partnership{}, store.ErrNotFound
	}
	return p, nil
}

func (t *tx) Partnerships(_ context.Context, q store.PartnershipQuery) ([]partner.Partnership, int64, error) {
	var chosen []partner.Partnership
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

func (t *tx) Partnered(_ context.Context, stock partner.Stock, resource partner.Resource, partners []partner.Partner) (bool, error) {
	return slices.ContainsFunc(partners, func(p partner.Partner) bool {
		key := partner.Key{Stock: stock, Resource: resource, Partner: p}
		return t.data.partnerships[key].State == partner.Established
	}), nil
}

func (t *tx) PutPartnership(_ context.Context, p partner.Partnership) error {
	if old, found := t.data.partnerships[p.Key]; found {
		p.Created = old.Created
	} else {
		push(t, &t.data.partnered, p.Key)
	}
	put(t, t.data.partnerships, p.Key, p)
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
