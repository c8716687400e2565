package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Merchants returns a page of merchants in the order of their mchids.
func (m *Management) Merchants(ctx context.Context, req *manage.ListMerchantsRequest) (*manage.MerchantList, error) {
	return managed[manage.MerchantList](ctx, m, manage.ListMerchants, req)
}

// Merchant shows a merchant with its sub-merchants.
func (m *Management) Merchant(ctx context.Context, req *manage.MerchantRequest) (*manage.Merchant, error) {
	return managed[manage.Merchant](ctx, m, manage.GetMerchant, req)
}

// CreateMerchant registers a merchant who brings a certificate of its own. A merchant that is
// registered already is refused with 409.
func (m *Management) CreateMerchant(ctx context.Context, req *manage.CreateMerchantRequest) (*manage.Merchant, error) {
	return managed[manage.Merchant](ctx, m, manage.CreateMerchant, req)
}

// ChangeMerchant changes what is given of a merchant.
func (m *Management) ChangeMerchant(ctx context.Context, req *manage.ChangeMerchantRequest) (*manage.Merchant, error) {
	return managed[manage.Merchant](ctx, m, manage.ChangeMerchant, req)
}

// AddSubMerchant adds a sub-merchant to a provider and shows the provider. It may be repeated.
func (m *Management) AddSubMerchant(ctx context.Context, req *manage.SubMerchantRequest) (*manage.Merchant, error) {
	return managed[manage.Merchant](ctx, m, manage.AddSubMerchant, req)
}

// RemoveSubMerchant removes a sub-merchant from a provider and shows the provider. It may be
// repeated.
func (m *Management) RemoveSubMerchant(ctx context.Context, req *manage.SubMerchantRequest) (*manage.Merchant, error) {
	return managed[manage.Merchant](ctx, m, manage.RemoveSubMerchant, req)
}

// Keys shows the keys of a merchant and the platform's keys for it: nothing secret.
func (m *Management) Keys(ctx context.Context, req *manage.MerchantRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.GetKeys, req)
}

// AddCertificate adds an API certificate to those of a merchant.
func (m *Management) AddCertificate(ctx context.Context, req *manage.AddCertificateRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.AddCertificate, req)
}

// SetCertificateStatus revokes or replaces an API certificate, or takes it back into use.
func (m *Management) SetCertificateStatus(ctx context.Context, req *manage.SetCertificateStatusRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.SetCertificateStatus, req)
}

// SetAPIv3Key replaces the APIv3 key of a merchant.
func (m *Management) SetAPIv3Key(ctx context.Context, req *manage.SetAPIKeyRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.SetAPIv3Key, req)
}

// SetAPIv2Key replaces the APIv2 key of a merchant.
func (m *Management) SetAPIv2Key(ctx context.Context, req *manage.SetAPIKeyRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.SetAPIv2Key, req)
}

// AddPlatformCertificate adds a successor to the platform's certificate for a merchant. Each
// call adds one.
func (m *Management) AddPlatformCertificate(ctx context.Context, req *manage.AddPlatformCertificateRequest) (*manage.Keys, error) {
	return managed[manage.Keys](ctx, m, manage.AddPlatformCertificate, req)
}

// Rekey makes a step of sealing everything anew with the first key of the key file. It is called
// with the Next of the step before until a step is done.
func (m *Management) Rekey(ctx context.Context, req *manage.RekeyRequest) (*manage.Rekeyed, error) {
	return managed[manage.Rekeyed](ctx, m, manage.Rekey, req)
}
