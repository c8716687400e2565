package console

import (
	"context"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) keyHandlers() map[string]handler {
	return map[string]handler{
		manage.GetKeys:                bound(s.getKeys),
		manage.AddCertificate:         bound(s.addCertificate),
		manage.SetCertificateStatus:   bound(s.setCertificateStatus),
		manage.SetAPIv3Key:            bound(s.setAPIKey(s.Keyring.SetAPIv3Key)),
		manage.SetAPIv2Key:            bound(s.setAPIKey(s.Keyring.SetAPIv2Key)),
		manage.AddPlatformCertificate: bound(s.addPlatformCertificate),
		manage.Rekey:                  bound(s.rekey),
	}
}

func (s *Server) getKeys(ctx context.Context, req *manage.MerchantRequest) (any, error) {
	o, err := s.Keyring.Overview(ctx, merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	answer := &manage.Keys{
		MchID: req.MchID, Certificates: []manage.Certificate{}, Platform: []manage.PlatformKey{},
		APIv3KeyVersion: int64(o.APIv3Version), APIv2KeyVersion: int64(o.APIv2Version),
	}
	for _, c := range o.Certificates {
		answer.Certificates = append(answer.Certificates, manage.Certificate{
			SerialNo: c.Key.Serial, Algorithm: algorithmOf(c.Scheme), Status: string(c.Key.Status),
			EffectiveTime: schema.TimeOf(c.Key.NotBefore), ExpireTime: schema.TimeOf(c.Key.NotAfter),
		})
	}
	for _, p := range o.Platform {
		shown := manage.PlatformKey{SerialNo: p.Key.Serial, Algorithm: algorithmOf(p.Scheme), Kind: "PUBLIC_KEY", PEM: p.Key.PEM}
		if !p.Key.Public {
			shown.Kind = "CERTIFICATE"
			shown.EffectiveTime, shown.ExpireTime = schema.TimeOf(p.Key.Effective), schema.TimeOf(p.Key.Expire)
			shown.SignsFrom = schema.TimeOf(p.Key.SignsFrom)
		}
		answer.Platform = append(answer.Platform, shown)
	}
	return answer, nil
}

// Algorithms, as GET /v3/certificates names them.
const (
	algorithmRSA = "RSA"
	algorithmSM2 = "SM2"
)

func algorithmOf(s apiv3.Scheme) string {
	if s == apiv3.SchemeSM2 {
		return algorithmSM2
	}
	return algorithmRSA
}

// changed answers how the keys are after a change.
func (s *Server) changed(ctx context.Context, mchid string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return s.getKeys(ctx, &manage.MerchantRequest{MchID: mchid})
}

func owned(ctx context.Context, mchid string) keyring.Owned {
	return keyring.Owned{Actor: actorOf(ctx), Owner: merchant.ID(mchid)}
}

func (s *Server) addCertificate(ctx context.Context, req *manage.AddCertificateRequest) (any, error) {
	_, err := s.Keyring.AddCertificate(ctx, owned(ctx, req.MchID), []byte(req.Certificate))
	return s.changed(ctx, req.MchID, err)
}

func (s *Server) setCertificateStatus(ctx context.Context, req *manage.SetCertificateStatusRequest) (any, error) {
	err := s.Keyring.SetStatus(ctx, owned(ctx, req.MchID), req.SerialNo, merchant.CertificateStatus(req.Status))
	return s.changed(ctx, req.MchID, err)
}

func (s *Server) setAPIKey(set func(context.Context, keyring.Owned, string) error) func(context.Context, *manage.SetAPIKeyRequest) (any, error) {
	return func(ctx context.Context, req *manage.SetAPIKeyRequest) (any, error) {
		return s.changed(ctx, req.MchID, set(ctx, owned(ctx, req.MchID), req.Key))
	}
}

func (s *Server) addPlatformCertificate(ctx context.Context, req *manage.AddPlatformCertificateRequest) (any, error) {
	scheme := apiv3.SchemeRSA
	if req.Algorithm == algorithmSM2 {
		scheme = apiv3.SchemeSM2
	}
	_, err := s.Keyring.AddPlatformCertificate(ctx, owned(ctx, req.MchID), scheme)
	return s.changed(ctx, req.MchID, err)
}

func (s *Server) rekey(ctx context.Context, req *manage.RekeyRequest) (any, error) {
	done, err := s.Keyring.Rekey(ctx, actorOf(ctx), req.After)
	if err != nil {
		return nil, err
	}
	return &manage.Rekeyed{
		Looked: int64(done.Looked), Resealed: int64(done.Resealed), Next: done.Next, Done: done.Done,
		Retired: append([]string{}, done.Retired...),
	}, nil
}
