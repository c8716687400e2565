package merchant_test

import (
	"errors"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
)

var at = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func TestAnAppIDMustBelongToOneOfTheMerchants(t *testing.T) {
	t.Parallel()
	caller := &merchant.Merchant{AppIDs: []merchant.AppID{"wx1"}}
	belong := &merchant.Merchant{AppIDs: []merchant.AppID{"wx2"}}
	for _, c := range []struct {
		appid  merchant.AppID
		owners []*merchant.Merchant
		want   error
	}{
		{"wx1", []*merchant.Merchant{caller}, nil},
		{"wx2", []*merchant.Merchant{caller}, merchant.ErrAppID},
		{"wx2", []*merchant.Merchant{caller, belong}, nil},
		{"wx2", []*merchant.Merchant{caller, nil}, merchant.ErrAppID},
		{"", []*merchant.Merchant{caller, belong}, merchant.ErrAppID},
	} {
		if err := merchant.CheckAppID(c.appid, c.owners...); !errors.Is(err, c.want) {
			t.Errorf("%q gives %v, want %v", c.appid, err, c.want)
		}
	}
}

func TestACertificateSaysWhyItIsNotUsable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status        merchant.CertificateStatus
		before, after time.Duration
		want          error
	}{
		"active":                   {merchant.CertificateActive, -time.Hour, time.Hour, nil},
		"last moment":              {merchant.CertificateActive, -time.Hour, 0, nil},
		"expired":                  {merchant.CertificateActive, -2 * time.Hour, -time.Second, merchant.ErrCertificateExpired},
		"not yet":                  {merchant.CertificateActive, time.Second, time.Hour, merchant.ErrSerial},
		"revoked":                  {merchant.CertificateRevoked, -time.Hour, time.Hour, merchant.ErrCertificateRevoked},
		"replaced":                 {merchant.CertificateReplaced, -time.Hour, time.Hour, merchant.ErrCertificateReplaced},
		"both revoked and expired": {merchant.CertificateRevoked, -2 * time.Hour, -time.Hour, merchant.ErrCertificateRevoked},
	} {
		cert := merchant.Certificate{Status: c.status, NotBefore: at.Add(c.before), NotAfter: at.Add(c.after)}
		if err := cert.Usable(at); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s gives %v, want %v", name, err, c.want)
		}
	}
}

// TestTheRequestChoosesTheSigningKey walks protocol 3.4.
func TestTheRequestChoosesTheSigningKey(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	certificate := func(serial string, effective, signs time.Duration) merchant.PlatformKey {
		return merchant.PlatformKey{Serial: serial, Effective: at.Add(effective), SignsFrom: at.Add(signs), Expire: at.Add(365 * day)}
	}
	old := certificate("OLD", -300*day, -300*day)
	expired := merchant.PlatformKey{Serial: "GONE", Effective: at.Add(-900 * day), SignsFrom: at.Add(-900 * day), Expire: at.Add(-day)}
	waiting := certificate("NEW", -day, 4*day)
	signing := certificate("NEW", -6*day, -day)
	unlisted := certificate("LATER", day, 6*day)
	public := merchant.PlatformKey{Serial: "PUB_KEY_ID_1", Public: true}

	for name, c := range map[string]struct {
		mode  merchant.KeyMode
		keys  []merchant.PlatformKey
		named string
		want  string
	}{
		"only certificate":                      {merchant.ModeCertificate, []merchant.PlatformKey{old}, "", "OLD"},
		"unknown name is no error":              {merchant.ModeCertificate, []merchant.PlatformKey{old}, "STRANGER", "OLD"},
		"public key not switched on":            {merchant.ModeCertificate, []merchant.PlatformKey{old, public}, "PUB_KEY_ID_1", "OLD"},
		"successor waits":                       {merchant.ModeCertificate, []merchant.PlatformKey{old, waiting}, "", "OLD"},
		"successor waits, other order":          {merchant.ModeCertificate, []merchant.PlatformKey{waiting, old}, "", "OLD"},
		"successor named while it waits":        {merchant.ModeCertificate, []merchant.PlatformKey{old, waiting}, "NEW", "NEW"},
		"successor signs":                       {merchant.ModeCertificate, []merchant.PlatformKey{old, signing}, "", "NEW"},
		"successor signs, other order":          {merchant.ModeCertificate, []merchant.PlatformKey{signing, old}, "", "NEW"},
		"predecessor named while both sign":     {merchant.ModeCertificate, []merchant.PlatformKey{old, signing}, "OLD", "OLD"},
		"unlisted successor cannot be named":    {merchant.ModeCertificate, []merchant.PlatformKey{old, unlisted}, "LATER", "OLD"},
		"expired certificate cannot be named":   {merchant.ModeCertificate, []merchant.PlatformKey{expired, old}, "GONE", "OLD"},
		"only a waiting certificate":            {merchant.ModeCertificate, []merchant.PlatformKey{waiting}, "", "NEW"},
		"migrating, nothing named":              {merchant.ModeMigrating, []merchant.PlatformKey{public, old}, "", "OLD"},
		"migrating, public key named":           {merchant.ModeMigrating, []merchant.PlatformKey{old, public}, "PUB_KEY_ID_1", "PUB_KEY_ID_1"},
		"migrating, certificate named":          {merchant.ModeMigrating, []merchant.PlatformKey{public, old}, "OLD", "OLD"},
		"migrating without certificate":         {merchant.ModeMigrating, []merchant.PlatformKey{public}, "", "PUB_KEY_ID_1"},
		"public key mode":                       {merchant.ModePublicKey, []merchant.PlatformKey{old, public}, "", "PUB_KEY_ID_1"},
		"public key mode, certificate named":    {merchant.ModePublicKey, []merchant.PlatformKey{old, public}, "OLD", "PUB_KEY_ID_1"},
		"certificate mode without certificates": {merchant.ModeCertificate, []merchant.PlatformKey{public}, "", ""},
		"no key":                                {merchant.ModePublicKey, nil, "", ""},
	} {
		got := ""
		if i := merchant.SigningKey(c.mode, c.keys, at, func(s string) bool { return s == c.named }); i >= 0 {
			got = c.keys[i].Serial
		}
		if got != c.want {
			t.Errorf("%s: signs with %q, want %q", name, got, c.want)
		}
	}
}

func TestFieldsMayOnlyBeEncryptedForAKeyThatCounts(t *testing.T) {
	t.Parallel()
	keys := []merchant.PlatformKey{
		{Serial: "A", Effective: at.Add(-time.Hour), Expire: at.Add(time.Hour)},
		{Serial: "PUB_KEY_ID_1", Public: true},
	}
	for _, c := range []struct {
		mode  merchant.KeyMode
		named string
		want  int
	}{
		{merchant.ModeCertificate, "A", 0},
		{merchant.ModeCertificate, "PUB_KEY_ID_1", -1},
		{merchant.ModeMigrating, "A", 0},
		{merchant.ModeMigrating, "PUB_KEY_ID_1", 1},
		{merchant.ModePublicKey, "A", -1},
		{merchant.ModePublicKey, "PUB_KEY_ID_1", 1},
		{merchant.ModeMigrating, "B", -1},
	} {
		if got := merchant.NamedKey(c.mode, keys, at, func(s string) bool { return s == c.named }); got != c.want {
			t.Errorf("%s names %s: key %d, want %d", c.mode, c.named, got, c.want)
		}
	}
}

func TestPermissionsMustBeGranted(t *testing.T) {
	t.Parallel()
	m := merchant.Merchant{Permissions: []merchant.Permission{merchant.IssueByAPI}}
	if !m.May(merchant.IssueByAPI) || (&merchant.Merchant{}).May(merchant.IssueByAPI) {
		t.Error("permissions do not decide")
	}
}
