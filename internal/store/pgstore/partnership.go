package pgstore

import (
	"context"

	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/row"
)

// Partnership uses the primary key, partnership_by_partner.
func (t *tx) Partnership(ctx context.Context, key partner.Key) (partner.Partnership, error) {
	p := partner.Partnership{Key: key}
	var created, built, terminated, updated int64
	if err := t.row(ctx, `
		select state, created_at, built_at, terminated_at, updated_at
		from partnership
		where creator_mchid = $1 and resource = $2 and stock_id = $3 and partner_type = $4 and partner_id = $5`,
		[]any{key.Stock.Creator, key.Resource, key.Stock.ID, key.Partner.Type, key.Partner.ID},
		[]any{&p.State, &created, &built, &terminated, &updated}); err != nil {
		return partner.Partnership{}, err
	}
	p.Created, p.Built = store.TimeOf(created), store.TimeOf(built)
	p.Terminated, p.Updated = store.TimeOf(terminated), store.TimeOf(updated)
	return p, nil
}

// Partnerships uses the primary key, partnership_by_partner, and sorts: a merchant has few.
func (t *tx) Partnerships(ctx context.Context, q store.PartnershipQuery) ([]partner.Partnership, int64, error) {
	narrowed := []any{q.Owner, q.Resource, q.Stock, q.Partner.Type, q.Partner.ID}
	var total int64
	t.queue(`
		select count(*)
		from partnership
		where creator_mchid = $1 and resource = $2
		  and ($3::text = '' or stock_id = $3) and ($4::text = '' or partner_type = $4) and ($5::text = '' or partner_id = $5)`,
		narrowed, func(scan row.Scan) error { return scan(&total) })
	var page []partner.Partnership
	err := t.rows(ctx, `
		select stock_id, partner_type, partner_id, state, created_at, built_at, terminated_at, updated_at
		from partnership
		where creator_mchid = $1 and resource = $2
		  and ($3::text = '' or stock_id = $3) and ($4::text = '' or partner_type = $4) and ($5::text = '' or partner_id = $5)
		order by id desc
		limit $6 offset $7`,
		append(narrowed, q.Limit, q.Offset), row.Into(&page, row.Partnership(q)))
	return page, total, err
}

// Partnered uses the primary key, partnership_by_partner, once for each partner.
func (t *tx) Partnered(ctx context.Context, stock partner.Stock, resource partner.Resource, partners []partner.Partner) (bool, error) {
	return t.exists(ctx, `
		select 1
		from unnest($4::text[], $5::text[]) k (type, id)
		cross join lateral (
			select
			from partnership
			where creator_mchid = $1 and resource = $2 and stock_id = $3 and partner_type = k.type and partner_id = k.id
			  and state = 'ESTABLISHED'
			limit 1) p
		limit 1`,
		stock.Creator, resource, stock.ID,
		column(partners, func(p *partner.Partner) string { return string(p.Type) }),
		column(partners, func(p *partner.Partner) string { return p.ID }))
}

func (t *tx) PutPartnership(_ context.Context, p partner.Partnership) error {
	t.later(`
		insert into partnership (creator_mchid, resource, stock_id, partner_type, partner_id, state, created_at, built_at, terminated_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (creator_mchid, resource, stock_id, partner_type, partner_id) do update
		set state = $6, built_at = $8, terminated_at = $9, updated_at = $10`,
		p.Stock.Creator, p.Resource, p.Stock.ID, p.Partner.Type, p.Partner.ID, p.State,
		store.Seconds(p.Created), store.Seconds(p.Built), store.Seconds(p.Terminated), store.Seconds(p.Updated))
	return nil
}
