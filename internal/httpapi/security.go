package httpapi

import (
	"context"

	"github.com/favord/favord/internal/keyring"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

// listCertificates answers with the caller's platform certificates, sealed with its
// APIv3 key (protocol 4).
func (s *Server) listCertificates(_ context.Context, c *call, req *security.ListCertificatesRequest) (any, error) {
	if req.AlgorithmType == "SM2" { // no merchant has one yet
		return nil, keyring.ErrNoPlatformCertificate
	}
	list, err := c.keys.Certificates(c.now)
	if err != nil {
		return nil, err
	}
	answer := &security.ListCertificatesResponse{}
	for _, entry := range list {
		answer.Data = append(answer.Data, security.Certificate{
			EffectiveTime: schema.TimeOf(entry.Effective),
			ExpireTime:    schema.TimeOf(entry.Expire),
			SerialNo:      entry.Serial,
			EncryptCertificate: security.EncryptCertificate{
				Algorithm: entry.Sealed.Algorithm, AssociatedData: entry.Sealed.AssociatedData,
				Ciphertext: entry.Sealed.Ciphertext, Nonce: entry.Sealed.Nonce,
			},
		})
	}
	return answer, nil
}

// echo says back what it was told, the secret part encrypted for the certificate that
// signed the request (protocol 5.2). The notification that notify_url asks for is not
// sent.
func (s *Server) echo(_ context.Context, c *call, req *security.EchoRequest) (any, error) {
	secret, err := c.keys.OpenField(c.named, req.EncryptedEchoMessage, c.now)
	if err != nil {
		return nil, err
	}
	answer := &security.EchoResponse{EchoMessage: req.EchoMessage}
	answer.EncryptedEchoMessage, err = c.keys.SealField(c.authorization.Serial, secret)
	return answer, err
}
