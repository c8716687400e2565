//go:build openssl && cgo

package rsakey

// One C call makes one signature: it hands a digest to a context that is ready, and gets
// the bytes back in memory of the caller. The C functions neither call Go nor keep what
// they are passed, which is what noescape and nocallback say; so nothing is allocated.
//
// OpenSSL keeps its errors per thread, and a goroutine may change threads between two
// calls: each function therefore takes its error off the queue itself, and returns it.

/*
#cgo LDFLAGS: -lcrypto
#cgo noescape favord_sign
#cgo nocallback favord_sign
#cgo noescape favord_verify
#cgo nocallback favord_verify
#cgo noescape favord_private_key
#cgo nocallback favord_private_key
#cgo noescape favord_public_key
#cgo nocallback favord_public_key

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "OpenSSL 3.0 or newer is needed"
#endif

enum { digest_size = 32, signature_size = 256 };

// favord_error empties the queue of this thread. It returns the newest error, or 1
// when there is none: never 0, which stands for success.
static unsigned long favord_error(void) {
	unsigned long error = ERR_peek_last_error();
	ERR_clear_error();
	return error == 0 ? 1 : error;
}

static EVP_PKEY *favord_private_key(const unsigned char *der, long size, unsigned long *error) {
	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, size);
	if (key == NULL) *error = favord_error();
	return key;
}

static EVP_PKEY *favord_public_key(const unsigned char *der, long size, unsigned long *error) {
	EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, size);
	if (key == NULL) *error = favord_error();
	return key;
}

// favord_context returns a context that signs or verifies SHA-256 digests with
// PKCS #1 v1.5. It holds a reference to the key.
static EVP_PKEY_CTX *favord_context(EVP_PKEY *key, int signs, unsigned long *error) {
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	if (context != NULL
			&& (signs ? EVP_PKEY_sign_init(context) : EVP_PKEY_verify_init(context)) == 1
			&& EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
			&& EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1)
		return context;
	*error = favord_error();
	EVP_PKEY_CTX_free(context);
	return NULL;
}

static unsigned long favord_sign(EVP_PKEY_CTX *context, unsigned char *signature, const unsigned char *digest) {
	size_t size = signature_size;
	if (EVP_PKEY_sign(context, signature, &size, digest, digest_size) == 1 && size == signature_size) return 0;
	return favord_error();
}

static unsigned long favord_verify(EVP_PKEY_CTX *context, const unsigned char *signature, const unsigned char *digest) {
	if (EVP_PKEY_verify(context, signature, signature_size, digest, digest_size) == 1) return 0;
	return favord_error();
}
*/
import "C"

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/favord/favord/apiv3"
)

const (
	signatureSize = C.signature_size
	// textSize is a signature in base64.
	textSize = (signatureSize + 2) / 3 * 4
)

// Engine says who calculates.
func Engine() string { return "openssl " + C.GoString(C.OpenSSL_version(C.OPENSSL_VERSION_STRING)) }

// purpose is what a context is for: it can either sign or verify.
type purpose C.int

const (
	verifying purpose = iota
	signing
)

// handle is a key inside OpenSSL.
//
// The key is shared by all goroutines: OpenSSL never changes it after it was loaded, but
// for the blinding and the Montgomery values of its RSA part, which it guards with a lock
// of its own. A context is not safe for sharing, so whoever calculates takes one for
// itself and puts it back. It is bound to no thread.
type handle struct {
	key     *C.EVP_PKEY
	purpose purpose
	// idle holds contexts. The garbage collector empties it, so that a key that is
	// not used costs no more than the key.
	idle sync.Pool
}

// operation is a context of OpenSSL, for one goroutine at a time.
type operation struct{ context *C.EVP_PKEY_CTX }

// newHandle takes over key, which is freed together with the handle and the last of its
// contexts.
func newHandle(key *C.EVP_PKEY, p purpose) *handle {
	h := &handle{key: key, purpose: p}
	runtime.AddCleanup(h, func(key *C.EVP_PKEY) { C.EVP_PKEY_free(key) }, key)
	return h
}

// take returns a context that nobody else uses.
func (h *handle) take() (*operation, error) {
	if o, ok := h.idle.Get().(*operation); ok {
		return o, nil
	}
	var code C.ulong
	context := C.favord_context(h.key, C.int(h.purpose), &code)
	runtime.KeepAlive(h)
	if context == nil {
		return nil, errorOf("context", code)
	}
	o := &operation{context: context}
	runtime.AddCleanup(o, func(context *C.EVP_PKEY_CTX) { C.EVP_PKEY_CTX_free(context) }, context)
	return o, nil
}

// put makes a context available again. It also keeps it from being freed before.
func (h *handle) put(o *operation) { h.idle.Put(o) }

// signer signs with OpenSSL what its plain signer would sign with Go.
type signer struct {
	*handle
	plain *apiv3.RSASigner
}

func signerOf(plain *apiv3.RSASigner, key *rsa.PrivateKey) (apiv3.Signer, error) {
	der := x509.MarshalPKCS1PrivateKey(key)
	defer clear(der)
	var code C.ulong
	loaded := C.favord_private_key(bytesOf(der), C.long(len(der)), &code)
	if loaded == nil {
		return nil, errorOf("load key", code)
	}
	s := &signer{handle: newHandle(loaded, signing), plain: plain}
	o, err := s.take() // what cannot be set up is known now, not at the first signature
	if err != nil {
		return nil, err
	}
	s.put(o)
	return s, nil
}

// Scheme implements [apiv3.Signer].
func (s *signer) Scheme() apiv3.Scheme { return s.plain.Scheme() }

// Serial implements [apiv3.Signer].
func (s *signer) Serial() string { return s.plain.Serial() }

// Sign implements [apiv3.Signer].
func (s *signer) Sign(message []byte) (string, error) {
	o, err := s.take()
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(message)
	var raw [signatureSize]byte
	if code := C.favord_sign(o.context, bytesOf(raw[:]), bytesOf(digest[:])); code != 0 {
		return "", errorOf("sign", code) // and the context is not used again
	}
	s.put(o)
	var text [textSize]byte
	base64.StdEncoding.Encode(text[:], raw[:])
	return string(text[:]), nil
}

// verifier verifies with OpenSSL what its plain verifier would verify with Go.
type verifier struct {
	*handle
	plain *apiv3.RSAVerifier
}

func verifierOf(plain *apiv3.RSAVerifier, key *rsa.PublicKey) (apiv3.Verifier, error) {
	// Anybody can sign for an exponent of 1, and OpenSSL would agree. Keys that no
	// signature can verify with are left to Go, which refuses every one.
	if key.E < 3 || key.E&1 == 0 || key.E > 1<<31-1 || key.N.Bit(0) == 0 {
		return plain, nil
	}
	der := x509.MarshalPKCS1PublicKey(key)
	var code C.ulong
	loaded := C.favord_public_key(bytesOf(der), C.long(len(der)), &code)
	if loaded == nil {
		return nil, errorOf("load key", code)
	}
	return &verifier{handle: newHandle(loaded, verifying), plain: plain}, nil
}

// Scheme implements [apiv3.Verifier].
func (v *verifier) Scheme() apiv3.Scheme { return v.plain.Scheme() }

// Serial implements [apiv3.Verifier].
func (v *verifier) Serial() string { return v.plain.Serial() }

// Verify implements [apiv3.Verifier].
func (v *verifier) Verify(message []byte, signature string) error {
	var text [textSize]byte
	var raw [textSize / 4 * 3]byte
	if len(signature) != textSize {
		return apiv3.ErrSignature
	}
	copy(text[:], signature)
	// One spelling only, as in apiv3. Line breaks are skipped when decoding; then the
	// size is not reached.
	if n, err := base64.StdEncoding.Strict().Decode(raw[:], text[:]); err != nil || n != signatureSize {
		return apiv3.ErrSignature
	}
	o, err := v.take()
	if err != nil {
		return v.plain.Verify(message, signature) // no verdict of OpenSSL's: ask Go
	}
	digest := sha256.Sum256(message)
	code := C.favord_verify(o.context, bytesOf(raw[:]), bytesOf(digest[:]))
	v.put(o)
	if code != 0 {
		return apiv3.ErrSignature
	}
	return nil
}

// bytesOf passes bytes to C, which does not keep them.
func bytesOf(b []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))) }

// errorOf turns an error of OpenSSL into one of Go. Its text is a constant of the
// library's: where and why, never what was calculated with.
func errorOf(what string, code C.ulong) error {
	const most = 256
	var text [most]C.char
	C.ERR_error_string_n(code, &text[0], most)
	return fmt.Errorf("rsakey: %s: %s", what, C.GoString(&text[0]))
}
