package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/merchant"
)

// kind is what calls name by an id without its owner, and what is seldom made. Of the rest, such as
// vouchers, each one would write into a table that all nodes hold.
type kind string

const (
	ownedStock        kind = "STOCK"
	ownedVoucherStock kind = "VOUCHER_STOCK"
	ownedCard         kind = "CARD"
	ownedImage        kind = "IMAGE"
)

// ownedTables have a row for each of them.
func ownedTables() []string { return []string{"stock", "voucher_stock", "card", "image"} }

// InvariantOwners is proved by this engine alone: others have no table of owners.
const InvariantOwners = "every stock, card and image has its owner where an id alone leads to it"

// owner returns whose an id is, or reports store.ErrNotFound. It uses the primary key.
func (t *tx) owner(ctx context.Context, of kind, id string) (merchant.ID, error) {
	var owner merchant.ID
	err := t.row(ctx, `
		select mchid
		from owner
		where kind = $1 and id = $2`,
		[]any{of, id}, []any{&owner})
	return owner, err
}

// own says whose a new id is. One that somebody has fails with store.ErrDuplicate.
func (t *tx) own(of kind, id string, owner merchant.ID) {
	t.later(`
		insert into owner (kind, id, mchid)
		values ($1, $2, $3)`, of, id, owner)
}

// ownerProofs compare the table of owners with what it leads to.
func ownerProofs() []proof {
	return []proof{{InvariantOwners, `
			select count(*), count(*) filter (where o.mchid is distinct from k.mchid)
			from owner o
			full join (
				select 'STOCK' kind, stock_id id, creator_mchid mchid from stock
				union all
				select 'VOUCHER_STOCK', stock_id, creator_mchid from voucher_stock
				union all
				select 'CARD', card_id, mchid from card
				union all
				select 'IMAGE', token, mchid from image) k
			using (kind, id)`}}
}
