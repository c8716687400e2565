package apiv3

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Names of the headers that carry the platform's signature, in the case they
// must have on the wire: some SDKs look them up case-sensitively (protocol 0).
const (
	HeaderTimestamp     = "Wechatpay-Timestamp"
	HeaderNonce         = "Wechatpay-Nonce"
	HeaderSignature     = "Wechatpay-Signature"
	HeaderSerial        = "Wechatpay-Serial"
	HeaderSignatureType = "Wechatpay-Signature-Type"
	HeaderRequestID     = "Request-ID"
)

// Errors of [ResponseSignature.Verify], besides [ErrTimestamp] and
// [ErrSignature].
var (
	// ErrUnsigned reports an answer without signature headers. A 2xx answer
	// without them is forged.
	ErrUnsigned = errors.New("apiv3: the answer is not signed")
	// ErrUnknownSerial reports a signature by a key that the verifier does not
	// hold.
	ErrUnknownSerial = errors.New("apiv3: the answer is signed with an unknown key")
)

// ResponseSignature is the signature of an answer or a notification as it
// travels in headers (protocol 3.1).
type ResponseSignature struct {
	Timestamp string
	Nonce     string
	Signature string
	Serial    string
	Type      Scheme
}

// SignResponse signs body with a fresh nonce at the time now, which must be the
// real time: receivers refuse what is older than [Window].
func SignResponse(s Signer, body []byte, now time.Time) (ResponseSignature, error) {
	signed := ResponseSignature{
		Timestamp: strconv.FormatInt(now.Unix(), 10),
		Nonce:     NewNonce(),
		Serial:    s.Serial(),
		Type:      s.Scheme(),
	}
	var err error
	signed.Signature, err = s.Sign(ResponseMessage(signed.Timestamp, signed.Nonce, body))
	if err != nil {
		return ResponseSignature{}, fmt.Errorf("apiv3: sign answer: %w", err)
	}
	return signed, nil
}

// SetHeader writes the five signature headers into h, in the exact case of the
// contract.
func (r ResponseSignature) SetHeader(h http.Header) {
	h[HeaderTimestamp] = []string{r.Timestamp}
	h[HeaderNonce] = []string{r.Nonce}
	h[HeaderSignature] = []string{r.Signature}
	h[HeaderSerial] = []string{r.Serial}
	h[HeaderSignatureType] = []string{string(r.Type)}
}

// ResponseSignatureOf reads the signature headers of an answer or a
// notification. It reports [ErrUnsigned] when one is missing; only the type may
// be, and then means [SchemeRSA].
func ResponseSignatureOf(h http.Header) (ResponseSignature, error) {
	r := ResponseSignature{
		Timestamp: h.Get(HeaderTimestamp),
		Nonce:     h.Get(HeaderNonce),
		Signature: h.Get(HeaderSignature),
		Serial:    h.Get(HeaderSerial),
		Type:      Scheme(h.Get(HeaderSignatureType)),
	}
	if r.Timestamp == "" || r.Nonce == "" || r.Signature == "" || r.Serial == "" {
		return ResponseSignature{}, ErrUnsigned
	}
	if r.Type == "" {
		r.Type = SchemeRSA
	}
	return r, nil
}

// Verify reports nil when r covers body, was made by v and is no older or newer
// than [Window] at now. The errors are [ErrUnknownSerial], [ErrTimestamp] and
// [ErrSignature], looked for in this order.
func (r ResponseSignature) Verify(v Verifier, body []byte, now time.Time) error {
	if !EqualSerial(r.Serial, v.Serial()) || r.Type != v.Scheme() {
		return ErrUnknownSerial
	}
	if err := CheckTimestamp(r.Timestamp, now); err != nil {
		return err
	}
	return v.Verify(ResponseMessage(r.Timestamp, r.Nonce, body), r.Signature)
}
