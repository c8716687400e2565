package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// SameBrand uses the primary key, for the brands of one and then for the other merchant.
func (t *tx) SameBrand(ctx context.Context, a, b merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from brand_member x
		cross join lateral (
			select
			from brand_member
			where mchid = $2 and brand = x.brand
			limit 1) y
		where x.mchid = $1
		limit 1`, a, b)
}

// Brands uses the primary key.
func (t *tx) Brands(ctx context.Context, id merchant.ID) (list []string, err error) {
	err = t.rows(ctx, `
		select brand
		from brand_member
		where mchid = $1
		order by brand`, []any{id}, row.Into(&list, row.Text))
	return list, err
}

func (t *tx) JoinBrand(_ context.Context, id merchant.ID, brand string) error {
	t.later(`
		insert into brand_member (mchid, brand)
		values ($1, $2)
		on conflict do nothing`, id, brand)
	return nil
}

// Card uses the index card_by_id.
func (t *tx) Card(ctx context.Context, id string) (store.Card, error) {
	owner, err := t.owner(ctx, ownedCard, id)
	if err != nil {
		return store.Card{}, err
	}
	c := store.Card{ID: id, Owner: owner}
	err = t.row(ctx, `
		select appid
		from card
		where mchid = $1 and card_id = $2`,
		[]any{owner, id}, []any{&c.AppID})
	return c, err
}

// CardCode uses the primary key.
func (t *tx) CardCode(ctx context.Context, c store.Card, holder user.ID) (code string, err error) {
	err = t.row(ctx, `
		select code
		from card_holder
		where mchid = $1 and card_id = $2 and holder = $3`,
		[]any{c.Owner, c.ID, holder[:]}, []any{&code})
	return code, err
}

func (t *tx) InsertCard(_ context.Context, c store.Card) error {
	t.own(ownedCard, c.ID, c.Owner)
	t.later(`
		insert into card (mchid, card_id, appid)
		values ($1, $2, $3)`, c.Owner, c.ID, c.AppID)
	return nil
}

func (t *tx) InsertCardHolder(_ context.Context, h store.CardHolder) error {
	t.later(`
		insert into card_holder (mchid, card_id, holder, code, received_at)
		values ($1, $2, $3, $4, $5)`, h.Owner, h.ID, h.Holder[:], h.Code, store.Seconds(h.At))
	return nil
}
