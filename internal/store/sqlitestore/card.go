package sqlitestore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

func (t *tx) SameBrand(ctx context.Context, a, b merchant.ID) (bool, error) {
	return t.exists(ctx, `
		select 1
		from brand_member x
		join brand_member y using (brand)
		where x.mchid = ? and y.mchid = ?
		limit 1`, a, b)
}

// Brands uses the primary key.
func (t *tx) Brands(ctx context.Context, id merchant.ID) (list []string, err error) {
	err = t.rows(ctx, `
		select brand
		from brand_member
		where mchid = ?
		order by brand`, []any{id}, row.Into(&list, row.Text))
	return list, err
}

func (t *tx) JoinBrand(ctx context.Context, id merchant.ID, brand string) error {
	return t.exec(ctx, `
		insert into brand_member (mchid, brand)
		values (?, ?)
		on conflict do nothing`, id, brand)
}

// Card uses the index card_by_id.
func (t *tx) Card(ctx context.Context, id string) (store.Card, error) {
	c := store.Card{ID: id}
	if err := t.row(ctx, `
		select mchid, appid
		from card
		where card_id = ?`,
		[]any{id}, []any{&c.Owner, &c.AppID}); err != nil {
		return store.Card{}, err
	}
	return c, nil
}

func (t *tx) CardCode(ctx context.Context, c store.Card, holder user.ID) (code string, err error) {
	err = t.row(ctx, `
		select code
		from card_holder
		where mchid = ? and card_id = ? and holder = ?`,
		[]any{c.Owner, c.ID, holder[:]}, []any{&code})
	return code, err
}

func (t *tx) InsertCard(ctx context.Context, c store.Card) error {
	return t.exec(ctx, `
		insert into card (mchid, card_id, appid)
		values (?, ?, ?)`, c.Owner, c.ID, c.AppID)
}

func (t *tx) InsertCardHolder(ctx context.Context, h store.CardHolder) error {
	return t.exec(ctx, `
		insert into card_holder (mchid, card_id, holder, code, received_at)
		values (?, ?, ?, ?, ?)`, h.Owner, h.ID, h.Holder[:], h.Code, store.Seconds(h.At))
}
