package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Image uses the unique index image_by_token.
func (t *tx) Image(ctx context.Context, token picture.Token) (store.Image, error) {
	owner, err := t.owner(ctx, ownedImage, string(token))
	if err != nil {
		return store.Image{}, err
	}
	i := store.Image{Token: token, Owner: owner}
	var created int64
	if err := t.row(ctx, `
		select format, width, height, name, created_at, content
		from image
		where mchid = $1 and token = $2`,
		[]any{owner, token}, []any{&i.Format, &i.Width, &i.Height, &i.Name, &created, &i.Content}); err != nil {
		return store.Image{}, err
	}
	i.At = store.TimeOf(created)
	return i, nil
}

// ImageOwners uses the primary key of owner.
func (t *tx) ImageOwners(ctx context.Context, tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
	owners := make(map[picture.Token]merchant.ID, len(tokens))
	if len(tokens) == 0 {
		return owners, nil
	}
	err := t.rows(ctx, `
		select id, mchid
		from owner
		where kind = $1 and id = any($2)`,
		[]any{ownedImage, column(tokens, func(token *picture.Token) string { return string(*token) })},
		func(scan row.Scan) error {
			var token picture.Token
			var owner merchant.ID
			err := scan(&token, &owner)
			owners[token] = owner
			return err
		})
	return owners, err
}

func (t *tx) InsertImage(_ context.Context, i store.Image) error {
	t.own(ownedImage, string(i.Token), i.Owner)
	t.later(`
		insert into image (mchid, token, format, width, height, name, created_at, content)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		i.Owner, i.Token, i.Format, i.Width, i.Height, i.Name, store.Seconds(i.At), nonNil(i.Content))
	return nil
}
