package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/platform/registry"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/store"
)

// The demo merchant of every sandbox. Its ids are those of the public documentation, so
// that copied samples work.
const (
	demoMchID  = merchant.ID("1900000001")
	demoAppID  = merchant.AppID("wx8888888888888888")
	demoOpenID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
)

// DemoStock is a stock that every sandbox has.
type DemoStock struct {
	ID      coupon.StockID
	Name    string
	Benefit coupon.Benefit
	// Days is for how many days its coupons are good; 0 means as long as the
	// stock.
	Days int
	// Color is that of its card.
	Color string
}

// DemoStocks lists the stocks of a new sandbox. Their ids are always the same.
func DemoStocks() []DemoStock {
	return []DemoStock{
		{
			ID: "1282070000000017", Name: "满10元减5元", Color: "Color020",
			Benefit: coupon.Benefit{Type: coupon.TypeNormal, Discount: 500, Minimum: 1000},
		},
		{
			ID: "1282070000000018", Name: "全场8.8折", Color: "Color100", Days: 30,
			Benefit: coupon.Benefit{Type: coupon.TypeDiscount, Percent: 88, Minimum: 1000},
		},
	}
}

// Files of a sandbox, in its data directory.
const (
	fileCredentials  = "credentials.json"
	filePrivateKey   = "apiclient_key.pem"
	fileCertificate  = "apiclient_cert.pem"
	filePlatformCert = "platform_cert.pem"
	filePublicKey    = "platform_public_key.pem"
	filePlatformCA   = "ca.pem"
	fileClock        = "clock.json"
	dirSnapshots     = "snapshots"
)

// Sandbox returns how to reach the server as the demo merchant, which it makes together
// with its files, two stocks and a shop of its brand on the first start of a data directory.
func (s *Server) Sandbox(ctx context.Context) (sandbox.Environment, error) {
	if err := store.InOrder(
		func() error { return s.addDemoMerchant(ctx) },
		func() error { return s.setDemoKeyMode(ctx) },
		func() error { return s.addDemoShop(ctx) },
		func() error { return s.addDemoStocks(ctx) },
		func() error { return s.addDemoUser(ctx) },
	); err != nil {
		return sandbox.Environment{}, err
	}
	return s.environment(ctx)
}

func (s *Server) setDemoKeyMode(ctx context.Context) error {
	if s.config.KeyMode == "" {
		return nil
	}
	return s.keyring.SetKeyMode(ctx, demoMchID, merchant.KeyMode(s.config.KeyMode))
}

// addDemoUser registers the demo user where users are not registered by their first claim.
func (s *Server) addDemoUser(ctx context.Context) error {
	if !s.config.StrictUsers {
		return nil
	}
	_, err := s.registry.PutUser(ctx, registry.UserChange{Actor: "system:sandbox", OpenID: demoOpenID, AppID: demoAppID})
	return err
}

// Algorithm types, as GET /v3/certificates names them (protocol 4.1).
const (
	algorithmRSA = "RSA"
	algorithmSM2 = "SM2"
)

// addDemoMerchant makes the demo merchant, unless there is one. Its files are written before the
// merchant is: after a crash in between, the next start finds no merchant and begins again.
func (s *Server) addDemoMerchant(ctx context.Context) error {
	err := s.store.Read(ctx, func(tx store.ReadTx) error {
		_, err := tx.Merchant(ctx, demoMchID)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	draw := s.keyring.Draft
	if s.config.SM2 {
		draw = s.keyring.DraftSM2
	}
	draft, err := draw(ctx, merchant.Merchant{
		ID: demoMchID, Name: "惠券台演示商户", Kind: merchant.Ordinary, KeyMode: merchant.ModeMigrating,
		AppIDs: []merchant.AppID{demoAppID}, Permissions: merchant.AllPermissions(),
	})
	if err != nil {
		return err
	}
	if err := s.writeFiles(draft.Registration()); err != nil {
		return err
	}
	return s.keyring.Register(ctx, draft)
}

func (s *Server) file(name string) string { return filepath.Join(s.config.DataDir, name) }

// credentials are the values that are no files of their own.
type credentials struct {
	MchID            merchant.ID    `json:"mchid"`
	SerialNo         string         `json:"serial_no"`
	APIv3Key         string         `json:"apiv3_key"`
	APIv2Key         string         `json:"apiv2_key"`
	PlatformSerialNo string         `json:"platform_serial_no"`
	PublicKeyID      string         `json:"public_key_id"`
	AppID            merchant.AppID `json:"appid"`
	OpenID           string         `json:"openid"`
	// AlgorithmType is empty in files of older versions, which knew RSA only.
	AlgorithmType string `json:"algorithm_type"`
}

func (s *Server) writeFiles(r keyring.Registration) error {
	algorithm := algorithmRSA
	if r.Scheme == apiv3.SchemeSM2 {
		algorithm = algorithmSM2
	}
	text, err := json.MarshalIndent(credentials{
		MchID: demoMchID, SerialNo: r.SerialNo, APIv3Key: r.APIv3Key, APIv2Key: r.APIv2Key,
		PlatformSerialNo: r.PlatformSerialNo, PublicKeyID: r.PublicKeyID, AppID: demoAppID, OpenID: demoOpenID,
		AlgorithmType: algorithm,
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("encode credentials: %w", err)
	}
	files := map[string][]byte{
		filePrivateKey: r.PrivateKeyPEM, fileCertificate: r.CertificatePEM, filePlatformCert: r.PlatformCertificatePEM,
		filePlatformCA: r.AuthorityPEM, fileCredentials: append(text, '\n'),
	}
	if r.PublicKeyID != "" {
		files[filePublicKey] = r.PublicKeyPEM
	}
	for name, content := range files {
		if err := sandbox.WritePrivate(s.file(name), content); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) environment(ctx context.Context) (sandbox.Environment, error) {
	text, err := os.ReadFile(s.file(fileCredentials))
	if errors.Is(err, fs.ErrNotExist) {
		return sandbox.Environment{}, fault.New(fault.Refused,
			fmt.Sprintf("数据目录 %s 缺少文件 %s，请恢复该文件，或换一个新的数据目录", s.config.DataDir, fileCredentials),
			fmt.Sprintf("The data directory %s lacks the file %s; restore it, or start with a new directory.", s.config.DataDir, fileCredentials))
	}
	if err != nil {
		return sandbox.Environment{}, fmt.Errorf("credentials: %w", err)
	}
	var c credentials
	if err := json.Unmarshal(text, &c); err != nil {
		return sandbox.Environment{}, fmt.Errorf("credentials: %w", err)
	}
	if c.AlgorithmType == "" {
		c.AlgorithmType = algorithmRSA
	}
	if s.config.SM2 && c.AlgorithmType != algorithmSM2 {
		return sandbox.Environment{}, fault.New(fault.Refused,
			fmt.Sprintf("数据目录 %s 中的演示商户使用RSA，--sm2 需要一个新的数据目录", s.config.DataDir),
			fmt.Sprintf("The demo merchant in the data directory %s uses RSA; --sm2 needs a new directory.", s.config.DataDir))
	}
	e := sandbox.Environment{
		Mode: string(store.Sandbox), APIURL: s.APIURL(), ManageURL: s.ManageURL(), ConsoleURL: s.ConsoleURL(),
		PlatformCAFile: s.file(filePlatformCA), MchID: string(c.MchID), SerialNo: c.SerialNo, PrivateKeyFile: s.file(filePrivateKey),
		APIv3Key: c.APIv3Key, APIv2Key: c.APIv2Key,
		AppID: string(c.AppID), OpenID: c.OpenID, AlgorithmType: c.AlgorithmType,
	}
	if err := s.describeKeys(ctx, &e, &c); err != nil {
		return sandbox.Environment{}, err
	}
	s.describeRedirect(&e)
	return e, nil
}

// describeKeys says which of the platform's keys the demo merchant gets: its key mode decides
// for RSA; in SM2 there are certificates only.
func (s *Server) describeKeys(ctx context.Context, e *sandbox.Environment, c *credentials) error {
	keys, err := s.keyring.Of(ctx, demoMchID)
	if err != nil {
		return err
	}
	mode := keys.Merchant.KeyMode
	if c.PublicKeyID == "" || mode != merchant.ModePublicKey {
		e.PlatformSerialNo, e.PlatformCertFile = c.PlatformSerialNo, s.file(filePlatformCert)
	}
	if c.PublicKeyID != "" && mode != merchant.ModeCertificate {
		e.PublicKeyID, e.PublicKeyFile = c.PublicKeyID, s.file(filePublicKey)
	}
	return nil
}

// addDemoStocks adds those of the demo stocks that are missing.
func (s *Server) addDemoStocks(ctx context.Context) error {
	for _, demo := range DemoStocks() {
		err := s.store.Read(ctx, func(tx store.ReadTx) error {
			_, err := tx.Stock(ctx, demo.ID)
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			err = s.addDemoStock(ctx, demo)
		}
		if err != nil {
			return fmt.Errorf("demo stock %s: %w", demo.ID, err)
		}
	}
	return nil
}

// addDemoStock creates a stock by the same rules as everybody's, but with an id that is
// always the same; it is good for a year from today.
func (s *Server) addDemoStock(ctx context.Context, demo DemoStock) error {
	business := clock.Same{Source: s.config.Clock}
	begin := day.Of(business.For(string(demoMchID)).Now()).Begin()
	create := stocks.New(stocks.Config{
		Store: s.store, Clock: business, NewID: func() (coupon.StockID, error) { return demo.ID, nil },
	})
	_, err := create.Create(ctx, stocks.CreateCommand{
		Caller: demoMchID, RequestNo: "demo-" + string(demo.ID),
		Stock: coupon.Stock{
			Belong: demoMchID, Name: demo.Name, Goods: "全场商品", Comment: "沙箱演示批次",
			Type: demo.Benefit.Type, Benefit: demo.Benefit, CodeMode: coupon.CodesByPlatform,
			UseBy:       coupon.UseBy{Method: "OFF_LINE"},
			Validity:    coupon.Validity{Begin: begin, End: begin.AddDate(1, 0, 0), Days: demo.Days},
			Limits:      coupon.Limits{MaxCoupons: 1_000_000, MaxPerUser: 100},
			Display:     coupon.Display{Description: "沙箱演示券，不可用于真实交易", Color: demo.Color},
			NotifyAppID: demoAppID,
		},
	})
	return err
}
