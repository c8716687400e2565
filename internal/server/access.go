package server

import (
	"context"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/internal/store"
)

// Where programs keep their keys when the server does not know: the names under which the platform
// hands them out.
const (
	usualPrivateKey  = "apiclient_key.pem"
	usualPublicKey   = "pub_key.pem"
	usualCertificate = "wechatpay_cert.pem"
)

// access says how programs of a merchant reach the server: the demo merchant of a sandbox with its
// files, others with the usual names of theirs.
func (s *Server) access(ctx context.Context, id merchant.ID) (sample.Access, error) {
	if s.config.Mode == store.Sandbox && id == demoMchID {
		e, err := s.environment(ctx)
		return e.Access(), err
	}
	keys, err := s.keyring.Overview(ctx, id)
	if err != nil {
		return sample.Access{}, err
	}
	a := sample.Access{APIURL: s.APIURL(), MchID: string(id), PrivateKeyFile: usualPrivateKey}
	for _, c := range keys.Certificates {
		if c.Key.Status == merchant.CertificateActive {
			a.SerialNo, a.IsSM2 = c.Key.Serial, c.Scheme == apiv3.SchemeSM2
		}
	}
	namePlatform(&a, keys.Platform)
	return a, nil
}

// namePlatform names the platform's key that answers: its public key, else its newest certificate.
func namePlatform(a *sample.Access, keys []keyring.Shown[merchant.PlatformKey]) {
	for _, p := range keys {
		if p.Key.Public {
			a.PlatformID, a.PlatformFile, a.IsCertificate = p.Key.Serial, usualPublicKey, false
			return
		}
		if (p.Scheme == apiv3.SchemeSM2) == a.IsSM2 {
			a.PlatformID, a.PlatformFile, a.IsCertificate = p.Key.Serial, usualCertificate, true
		}
	}
}
