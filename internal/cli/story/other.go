package story

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/manage"
)

// The other merchant of the demo, which is not the sandbox's own.
const (
	otherMchID  = "1900000077"
	otherAppID  = "wx7777777777777777"
	otherOpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS7p"
)

// registerOther registers the other merchant, with a key of its own, and returns its client
// and what the management port answered.
func (p *player) registerOther(ctx context.Context) (*client.Client, string, error) {
	private, certificate, err := p.selfSigned(otherMchID)
	if err != nil {
		return nil, "", err
	}
	transport := &http.Client{Transport: p.watch}
	management, err := client.NewManagement(client.ManagementConfig{BaseURL: p.environment.ManageURL, Language: p.Choose("zh-CN", "en"), HTTPClient: transport})
	if err != nil {
		return nil, "", err
	}
	apiv3Key := apiv3.NewNonce()
	registered, err := management.CreateMerchant(ctx, &manage.CreateMerchantRequest{
		MchID: otherMchID, Name: p.Choose("合作商户", "Partner"), AppIDs: []string{otherAppID}, Permissions: []string{"ISSUE_BY_API"},
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})), APIv3Key: apiv3Key,
	})
	if err != nil {
		return nil, "", err
	}
	caller, err := client.New(client.Config{
		BaseURL: p.environment.APIURL, MchID: otherMchID, SerialNo: apiv3.SerialOf(certificate), PrivateKey: private,
		APIv3Key: apiv3Key, AutoCertificates: true, Language: p.Choose("zh-CN", "en"), HTTPClient: transport,
	})
	return caller, fmt.Sprintf("mchid %s  appids %v", registered.MchID, registered.AppIDs), err
}

// selfSigned makes a key and a certificate for a merchant.
func (p *player) selfSigned(mchid string) (*rsa.PrivateKey, *x509.Certificate, error) {
	const bits = 2048
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	now := p.Clock.Now()
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte("favord demo")), Subject: pkix.Name{CommonName: mchid},
		NotBefore: now, NotAfter: now.AddDate(1, 0, 0),
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(raw)
	return private, certificate, err
}
