package row

import (
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/store"
)

// Partnership reads stock, partner, state and the four times of a partnership of an owner.
func Partnership(q store.PartnershipQuery) func(Scan) (partner.Partnership, error) {
	return func(scan Scan) (partner.Partnership, error) {
		p := partner.Partnership{Key: partner.Key{Stock: partner.Stock{Creator: q.Owner}, Resource: q.Resource}}
		var created, built, terminated, updated int64
		err := scan(&p.Stock.ID, &p.Partner.Type, &p.Partner.ID, &p.State, &created, &built, &terminated, &updated)
		p.Created, p.Built = store.TimeOf(created), store.TimeOf(built)
		p.Terminated, p.Updated = store.TimeOf(terminated), store.TimeOf(updated)
		return p, err
	}
}
