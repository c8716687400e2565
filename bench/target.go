package main

import (
	"crypto/rsa"
	"fmt"
	"os"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/load"
)

// target is the server as the load generator sees it.
func (s *server) target() (load.Target, error) {
	key, err := readKey(s.PrivateKeyFile, apiv3.ParseRSAPrivateKey)
	if err != nil {
		return load.Target{}, err
	}
	platform, err := readKey(s.PublicKeyFile, apiv3.ParseRSAPublicKey)
	if err != nil {
		return load.Target{}, err
	}
	caller, err := client.New(client.Config{
		BaseURL: s.APIURL, MchID: s.MchID, SerialNo: s.SerialNo, PrivateKey: key, Language: "en",
		PlatformKeys: map[string]*rsa.PublicKey{s.PublicKeyID: platform}, WechatpaySerial: s.PublicKeyID,
	})
	if err != nil {
		return load.Target{}, err
	}
	signer, err := load.NewSigner(s.SerialNo, key)
	if err != nil {
		return load.Target{}, err
	}
	return load.Target{
		BaseURL: s.APIURL, Credential: apiv3.Credential{Identity: s.MchID, Signer: signer},
		Client: caller, AppID: s.AppID, Clock: clock.System{},
	}, nil
}

func readKey[T any](path string, parse func([]byte) (T, error)) (key T, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fmt.Errorf("key: %w", err)
	}
	return parse(text)
}
