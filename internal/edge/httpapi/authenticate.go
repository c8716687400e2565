package httpapi

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire"
)

// Refusals of the authentication stage (protocol 1.2, 2.4). The certificate rows are
// package merchant's.
var (
	errHeaders = fault.New(fault.Refused,
		"Http头缺少Accept或User-Agent",
		"The header Accept or User-Agent is missing.")
	errEncoded = fault.New(fault.Refused,
		"请求包体不能压缩或编码，请去掉Http头Content-Encoding",
		"The body must be sent as it was signed; leave out the header Content-Encoding.")
	// errFormat is E-FMT.
	errFormat = fault.New(fault.Unauthenticated,
		"Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》",
		"The header Authorization is missing or malformed. It must read: scheme, one space, five pairs key=\"value\" separated by commas.")
	// errScheme is E-TYPE.
	errScheme = fault.New(fault.Unauthenticated,
		"Http头Authorization认证类型不正确",
		"The scheme of the header Authorization is unknown, not allowed here, or not that of the certificate. Use WECHATPAY2-SHA256-RSA2048, with an SM2 certificate WECHATPAY2-SM2-WITH-SM3.")
	// errTimestamp is E-TS.
	errTimestamp = fault.New(fault.Unauthenticated,
		"Http头Authorization中的timestamp与发起请求的时间不得超过5分钟",
		"The timestamp in the header Authorization is more than 5 minutes away from the time of the request. Check the clock; the unit is seconds.")
	// errNoMerchant takes the place of E-SER where the signing merchant is unknown, and of E-FMT
	// where its number has a blank (partnerships 7).
	errNoMerchant = fault.New(fault.Unauthenticated,
		"商户号不存在",
		"The signing merchant does not exist. Check the mchid in the header Authorization for errors and blanks.")
	// errSignature is E-SIG.
	errSignature = fault.New(fault.Unauthenticated,
		"错误的签名，验签失败",
		"The signature does not verify. Compare the message that was signed with sign_information.")
)

// checkHeaders wants Accept and User-Agent, and a body as it is, before any authentication.
func checkHeaders(h http.Header) error {
	if strings.TrimSpace(h.Get("Accept")) == "" || h.Get("User-Agent") == "" {
		return errHeaders
	}
	if serve.IsEncoded(h) {
		return errEncoded
	}
	return nil
}

// identify finds out who signed, up to but without the signature: nothing here costs
// much, so that bad requests are cheap.
func (s *Server) identify(ctx context.Context, c *call) error {
	if c.isTrusted() {
		return s.impersonate(ctx, c)
	}
	a, err := apiv3.ParseAuthorization(c.request.Header.Get("Authorization"))
	switch {
	case errors.Is(err, apiv3.ErrScheme):
		return errScheme
	case errors.Is(err, apiv3.ErrBlankIdentity):
		return errNoMerchant
	case err != nil:
		return errFormat
	case !allowed(c.endpoint.Operation.Auth, a.Scheme):
		return errScheme
	}
	if err := apiv3.CheckTimestamp(a.Timestamp, c.judgedAt()); err != nil && !planted.SignatureOld.In() {
		return errTimestamp
	}
	keys, err := s.Keyring.Of(ctx, merchant.ID(a.Identity))
	if errors.Is(err, merchant.ErrSerial) && c.endpoint.Operation.Product == wire.Partnership {
		return errNoMerchant
	}
	if err != nil {
		return err
	}
	verifier, err := keys.Verifier(a.Serial, c.judgedAt())
	if err != nil {
		return err
	}
	if verifier.Scheme() != a.Scheme {
		return errScheme
	}
	c.authorization, c.keys, c.verifier = a, keys, verifier
	return nil
}

// allowed reports whether an operation with the given policy takes a scheme. Whether it is
// that of the certificate is another question.
func allowed(policy wire.Auth, scheme apiv3.Scheme) bool {
	return policy == wire.SignedByMerchant && (scheme == apiv3.SchemeRSA || scheme == apiv3.SchemeSM2)
}

// verify checks the signature over the request exactly as it was received.
func (c *call) verify() error {
	if c.isTrusted() {
		return nil
	}
	signed := apiv3.Request{Method: c.request.Method, Target: c.request.RequestURI, Body: c.signedBody()}
	if planted.SignatureBytes.In() {
		signed.Body = bytes.TrimSpace(signed.Body)
	}
	if c.authorization.Verify(c.verifier, signed) == nil {
		return nil
	}
	c.signDetail = apiv3.NewSignDetail(&c.authorization, signed)
	return errSignature
}

// namedSerial is the platform key that a request names: the first Wechatpay-Serial
// that is not empty, as one SDK sends the header twice (protocol 3.4).
func namedSerial(h http.Header) string {
	for _, value := range h.Values(apiv3.HeaderSerial) {
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	}
	return ""
}

// noteNamed tells of the platform key that a verified request names.
func (s *Server) noteNamed(c *call) {
	if s.Named == nil {
		return
	}
	if serial := namedSerial(c.request.Header); serial != "" && c.keys.Knows(serial, c.now) {
		s.Named(c.keys.Merchant.ID, serial)
	}
}
