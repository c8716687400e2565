package httpapi

import (
	"context"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

func (s *Server) securityHandlers() map[string]handler {
	return map[string]handler{
		security.ListCertificates: bound(s.listCertificates),
		security.Echo:             bound(s.echo),
	}
}

// listCertificates answers with the caller's platform certificates, sealed with its
// APIv3 key (protocol 4).
func (s *Server) listCertificates(_ context.Context, c *call, req *security.ListCertificatesRequest) (any, error) {
	list, err := c.keys.Certificates(c.now, schemesOf(req.AlgorithmType)...)
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

// schemesOf tells which signatures are made with keys of a type (protocol 4.1).
func schemesOf(algorithmType string) []apiv3.Scheme {
	switch algorithmType {
	case "SM2":
		return []apiv3.Scheme{apiv3.SchemeSM2}
	case "ALL":
		return []apiv3.Scheme{apiv3.SchemeRSA, apiv3.SchemeSM2}
	default:
		return []apiv3.Scheme{apiv3.SchemeRSA}
	}
}

// echo says back what it was told, the secret part encrypted for the certificate that
// signed the request, and has notify_url told of it (protocol 5.2).
func (s *Server) echo(_ context.Context, c *call, req *security.EchoRequest) (any, error) {
	secret, err := c.keys.OpenField(c.named, req.EncryptedEchoMessage, c.now)
	if err != nil {
		return nil, err
	}
	answer := &security.EchoResponse{EchoMessage: req.EchoMessage}
	if answer.EncryptedEchoMessage, err = c.keys.SealField(c.authorization.Serial, secret); err != nil || req.NotifyURL == "" {
		return answer, err
	}
	if s.Dry {
		return answer, s.Notify.CheckURL(req.NotifyURL)
	}
	return answer, s.Notify.Echo(notify.EchoCommand{Owner: c.caller(), URL: req.NotifyURL, Message: req.EchoMessage})
}
