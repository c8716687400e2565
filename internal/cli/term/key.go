package term

import (
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/load"
	"github.com/favord/favord/internal/sandbox"
)

// SignerOf returns who signs for the merchant of an environment. Of which algorithm the
// key is, the file says itself.
func SignerOf(e *sandbox.Environment) (apiv3.Signer, error) {
	return readPEM(e.PrivateKeyFile, func(text []byte) (apiv3.Signer, error) {
		if key, err := gm.ParsePrivateKey(text); err == nil {
			return gm.NewSigner(e.SerialNo, key), nil
		}
		key, err := apiv3.ParseRSAPrivateKey(text)
		if err != nil {
			return nil, err
		}
		return load.NewSigner(e.SerialNo, key)
	})
}

// VerifiersOf returns who may sign answers: the owners of the platform's certificate and
// of its public key.
func VerifiersOf(e *sandbox.Environment) ([]apiv3.Verifier, error) {
	var known []apiv3.Verifier
	if e.PlatformCertFile != "" {
		verifier, err := readPEM(e.PlatformCertFile, func(text []byte) (apiv3.Verifier, error) {
			return certificateVerifier(e.PlatformSerialNo, text)
		})
		if err != nil {
			return nil, err
		}
		known = append(known, verifier)
	}
	if e.PublicKeyFile != "" {
		key, err := readPEM(e.PublicKeyFile, apiv3.ParseRSAPublicKey)
		if err != nil {
			return nil, err
		}
		verifier, err := apiv3.NewRSAVerifier(e.PublicKeyID, key)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", e.PublicKeyFile, err)
		}
		known = append(known, verifier)
	}
	return known, nil
}

func certificateVerifier(serial string, text []byte) (apiv3.Verifier, error) {
	if certificate, err := gm.ParseCertificate(text); err == nil {
		key, err := gm.CertificateKey(certificate)
		return gm.NewVerifier(serial, key), err
	}
	certificate, err := apiv3.ParseCertificate(text)
	if err != nil {
		return nil, err
	}
	key, err := apiv3.CertificateRSAKey(certificate)
	if err != nil {
		return nil, err
	}
	return apiv3.NewRSAVerifier(serial, key)
}

func readPEM[T any](path string, parse func([]byte) (T, error)) (parsed T, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return parsed, fmt.Errorf("key: %w", err)
	}
	if parsed, err = parse(text); err != nil {
		return parsed, fmt.Errorf("key %s: %w", path, err)
	}
	return parsed, nil
}

// sm2Algorithm is what notifications to merchants with SM2 are sealed and signed in.
func sm2Algorithm() client.Algorithm {
	return client.Algorithm{
		Type: "SM2", NewBox: gm.NewBox, ParseCertificate: gm.ParseCertificate,
		NewVerifier: func(serial string, certificate *x509.Certificate) (apiv3.Verifier, error) {
			key, err := gm.CertificateKey(certificate)
			return gm.NewVerifier(serial, key), err
		},
	}
}

// ReadAPIKey reads an APIv2 or APIv3 key: 32 letters and digits.
func ReadAPIKey(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	key := strings.TrimSpace(string(text))
	if len(key) != apiv3.APIKeySize || strings.Trim(key, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		return "", fault.New(fault.Refused,
			fmt.Sprintf("文件 %s 中的密钥应为%d位字母或数字", path, apiv3.APIKeySize),
			fmt.Sprintf("The key in %s must be %d letters and digits.", path, apiv3.APIKeySize))
	}
	return key, nil
}
