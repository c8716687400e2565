package console

import (
	"context"

	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) merchantHandlers() map[string]handler {
	return map[string]handler{
		manage.ListMerchants:     bound(s.listMerchants),
		manage.GetMerchant:       bound(s.getMerchant),
		manage.CreateMerchant:    bound(s.createMerchant),
		manage.ChangeMerchant:    bound(s.changeMerchant),
		manage.AddSubMerchant:    bound(s.relate(s.Registry.AddSubMerchant)),
		manage.RemoveSubMerchant: bound(s.relate(s.Registry.RemoveSubMerchant)),
	}
}

func (s *Server) listMerchants(ctx context.Context, req *manage.ListMerchantsRequest) (any, error) {
	limit := pageSize(req.Limit)
	page, err := s.Registry.Merchants(ctx, merchant.ID(req.After), limit)
	if err != nil {
		return nil, err
	}
	answer := &manage.MerchantList{Merchants: []manage.Merchant{}}
	for i := range page {
		answer.Merchants = append(answer.Merchants, *merchantAnswer(&page[i]))
	}
	if len(page) == limit {
		answer.Next = string(page[limit-1].ID)
	}
	return answer, nil
}

func (s *Server) getMerchant(ctx context.Context, req *manage.MerchantRequest) (any, error) {
	m, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	return merchantAnswer(&m), nil
}

func (s *Server) createMerchant(ctx context.Context, req *manage.CreateMerchantRequest) (any, error) {
	permissions, err := merchant.CheckPermissions(req.Permissions)
	if err != nil {
		return nil, err
	}
	m := merchant.Merchant{
		ID: merchant.ID(req.MchID), Name: req.Name, Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating,
		AppIDs: appIDs(req.AppIDs), Permissions: merchant.Granted(permissions),
	}
	if req.Kind != "" {
		m.Kind = merchant.Kind(req.Kind)
	}
	if req.KeyMode != "" {
		m.KeyMode = merchant.KeyMode(req.KeyMode)
	}
	if err := s.Keyring.Enroll(ctx, keyring.Enrollment{
		Actor: actorOf(ctx), Merchant: m, CertificatePEM: []byte(req.Certificate), APIv3Key: req.APIv3Key, APIv2Key: req.APIv2Key,
	}); err != nil {
		return nil, err
	}
	return s.getMerchant(ctx, &manage.MerchantRequest{MchID: req.MchID})
}

func (s *Server) changeMerchant(ctx context.Context, req *manage.ChangeMerchantRequest) (any, error) {
	change := registry.MerchantChange{
		Actor: actorOf(ctx), ID: merchant.ID(req.MchID), Name: req.Name, Kind: merchant.Kind(req.Kind), KeyMode: merchant.KeyMode(req.KeyMode),
	}
	if req.AppIDs != nil {
		change.AppIDs = appIDs(*req.AppIDs)
	}
	if req.Permissions != nil {
		var err error
		if change.Permissions, err = merchant.CheckPermissions(*req.Permissions); err != nil {
			return nil, err
		}
	}
	switch b := req.CertifiedBrand; {
	case b == nil:
	case b.Name == "":
		change.Brand = &merchant.Brand{}
	default:
		change.Brand = &merchant.Brand{Name: b.Name, LogoURL: b.LogoURL}
	}
	m, err := s.Registry.ChangeMerchant(ctx, change)
	if err != nil {
		return nil, err
	}
	return merchantAnswer(&m), nil
}

func (s *Server) relate(change func(context.Context, registry.Relation) (registry.Member, error)) func(context.Context, *manage.SubMerchantRequest) (any, error) {
	return func(ctx context.Context, req *manage.SubMerchantRequest) (any, error) {
		m, err := change(ctx, registry.Relation{Actor: actorOf(ctx), Provider: merchant.ID(req.MchID), Sub: merchant.ID(req.SubMchID)})
		if err != nil {
			return nil, err
		}
		return merchantAnswer(&m), nil
	}
}

func appIDs(texts []string) []merchant.AppID {
	list := make([]merchant.AppID, len(texts))
	for i, text := range texts {
		list[i] = merchant.AppID(text)
	}
	return list
}

func merchantAnswer(m *registry.Member) *manage.Merchant {
	answer := &manage.Merchant{
		MchID: string(m.ID), Name: m.Name, Kind: string(m.Kind), KeyMode: string(m.KeyMode),
		AppIDs: texts(m.AppIDs), Permissions: texts(m.Permissions), SubMerchants: texts(m.SubMerchants), Brands: m.Brands,
	}
	if m.Brand != (merchant.Brand{}) {
		answer.CertifiedBrand = &manage.CertifiedBrand{Name: m.Brand.Name, LogoURL: m.Brand.LogoURL}
	}
	return answer
}

// texts is never nil: an empty list travels as one.
func texts[T ~string](list []T) []string {
	answer := make([]string, len(list))
	for i, one := range list {
		answer[i] = string(one)
	}
	return answer
}
