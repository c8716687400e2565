package sqlitestore

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
)

// Image uses the unique index image_by_token.
func (t *tx) Image(ctx context.Context, token picture.Token) (store.Image, error) {
	i := store.Image{Token: token}
	var created int64
	if err := t.row(ctx, `
		select mchid, format, width, height, name, created_at, content
		from image
		where token = ?`,
		[]any{token}, []any{&i.Owner, &i.Format, &i.Width, &i.Height, &i.Name, &created, &i.Content}); err != nil {
		return store.Image{}, err
	}
	i.At = store.TimeOf(created)
	return i, nil
}

// ImageOwners uses the unique index image_by_token, once for each token.
func (t *tx) ImageOwners(ctx context.Context, tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
	owners := make(map[picture.Token]merchant.ID, len(tokens))
	for _, token := range tokens {
		var owner merchant.ID
		err := t.row(ctx, `
			select mchid
			from image
			where token = ?`,
			[]any{token}, []any{&owner})
		switch {
		case err == nil:
			owners[token] = owner
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	return owners, nil
}

func (t *tx) InsertImage(ctx context.Context, i store.Image) error {
	return t.exec(ctx, `
		insert into image (mchid, token, format, width, height, name, created_at, content)
		values (?, ?, ?, ?, ?, ?, ?, ?)`,
		i.Owner, i.Token, i.Format, i.Width, i.Height, i.Name, store.Seconds(i.At), i.Content)
}
