package client

import (
	"context"

	"github.com/favord/favord/wire/security"
)

// Certificates returns the platform certificates of the merchant, sealed with its
// APIv3 key. Open each with the box of its algorithm, apiv3.NewBox or gm.NewBox, and
// Certificate.EncryptCertificate.Sealed.
func (c *Client) Certificates(ctx context.Context, req *security.ListCertificatesRequest) (*security.ListCertificatesResponse, error) {
	return invoke[security.ListCertificatesResponse](ctx, c, security.ListCertificates, req)
}

// Echo lets the platform say something back. It needs Config.WechatpaySerial.
func (c *Client) Echo(ctx context.Context, req *security.EchoRequest) (*security.EchoResponse, error) {
	return invoke[security.EchoResponse](ctx, c, security.Echo, req)
}
