package main

import (
	"fmt"
	"os"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/apiv3/gm"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/load"
)

// target is the server as the load generator sees it.
func (s *server) target() (load.Target, error) {
	of := rsaKeys
	if s.AlgorithmType == "SM2" {
		of = sm2Keys
	}
	signer, verifier, err := of(s)
	if err != nil {
		return load.Target{}, err
	}
	caller, err := client.New(client.Config{
		BaseURL: s.APIURL, MchID: s.MchID, Signer: signer, Verifiers: []apiv3.Verifier{verifier}, Language: "en",
		WechatpaySerial: verifier.Serial(),
	})
	if err != nil {
		return load.Target{}, err
	}
	return load.Target{
		BaseURL: s.APIURL, Credential: apiv3.Credential{Identity: s.MchID, Signer: signer},
		Client: caller, AppID: s.AppID, Clock: clock.System{},
	}, nil
}

// rsaKeys are the merchant's key and the platform's public key.
func rsaKeys(s *server) (apiv3.Signer, apiv3.Verifier, error) {
	key, err := readKey(s.PrivateKeyFile, apiv3.ParseRSAPrivateKey)
	if err != nil {
		return nil, nil, err
	}
	platform, err := readKey(s.PublicKeyFile, apiv3.ParseRSAPublicKey)
	if err != nil {
		return nil, nil, err
	}
	signer, err := load.NewSigner(s.SerialNo, key)
	if err != nil {
		return nil, nil, err
	}
	verifier, err := load.NewVerifier(s.PublicKeyID, platform)
	return signer, verifier, err
}

// sm2Keys are the merchant's key and the platform's certificate.
func sm2Keys(s *server) (apiv3.Signer, apiv3.Verifier, error) {
	key, err := readKey(s.PrivateKeyFile, gm.ParsePrivateKey)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := readKey(s.PlatformCertFile, gm.ParseCertificate)
	if err != nil {
		return nil, nil, err
	}
	platform, err := gm.CertificateKey(certificate)
	if err != nil {
		return nil, nil, err
	}
	return gm.NewSigner(s.SerialNo, key), gm.NewVerifier(s.PlatformSerialNo, platform), nil
}

func readKey[T any](path string, parse func([]byte) (T, error)) (key T, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("key: %w", err)
	}
	return parse(text)
}
