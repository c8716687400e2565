package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/internal/store"
)

// Refusals about second factors.
var (
	// ErrCode refuses a code that does not fit.
	ErrCode = fault.New(fault.Refused, "验证码有误，请检查手机时间是否准确", "The code is wrong. Check that your phone shows the right time.").At("code", "")
	// ErrHasTOTP refuses a second authenticator.
	ErrHasTOTP = fault.New(fault.Refused, "已启用验证器，请先停用", "There is an authenticator. Remove it first.")
	// ErrNoTOTP is the answer to a code before there is a secret.
	ErrNoTOTP = fault.New(fault.Refused, "请先扫描二维码", "Scan the code first.")
)

// What authenticators show (RFC 6238).
const (
	totpPeriod = 30 // seconds
	totpSecret = 20 // bytes
	// totpSkew is how many steps a phone's clock may be wrong.
	totpSkew = 1
	issuer   = "Favord"
)

// recoveryCodes are how many codes replace a lost authenticator, once each.
const recoveryCodes = 10

// Enrollment is what an authenticator is given.
type Enrollment struct {
	// Secret is in base32, URL what a QR code says.
	Secret, URL string
}

// BeginTOTP returns a secret for an authenticator, which counts once a code of it was shown.
func (s *Service) BeginTOTP(ctx context.Context, who Signed) (Enrollment, error) {
	raw := make([]byte, totpSecret)
	_, _ = rand.Read(raw) // never fails, see its documentation
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		if err := tx.LockOperators(ctx); err != nil {
			return err
		}
		o, err := find(ctx, tx, who.Operator.Name)
		if err != nil {
			return err
		}
		if o.TOTP {
			return ErrHasTOTP
		}
		before, err := tx.Secret(ctx, store.Platform, store.PurposeTOTP, o.Name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		version := before.Version + 1
		box, sealedWith := s.config.Vault.SealTOTP(o.Name, version, []byte(secret))
		if err := tx.LockSealingKey(ctx, sealedWith); err != nil { // it is being replaced
			return fmt.Errorf("seal the secret: %w", err)
		}
		return tx.InsertSecret(ctx, store.Secret{
			Owner: store.Platform, Purpose: store.PurposeTOTP, Name: o.Name, Version: version, Box: box,
		})
	})
	if err != nil {
		return Enrollment{}, fmt.Errorf("begin TOTP: %w", err)
	}
	url := fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s", issuer, who.Operator.Name, secret, issuer)
	return Enrollment{Secret: secret, URL: url}, nil
}

// ConfirmTOTP has codes be asked for from now on, and returns recovery codes, which are shown
// once. It is refused with ErrCode, ErrHasTOTP or ErrNoTOTP.
func (s *Service) ConfirmTOTP(ctx context.Context, who Signed, code string) (codes []string, err error) {
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.totp.confirm"}
	codes = newRecoveryCodes()
	_, err = s.change(ctx, by, func(tx store.Tx, o *operator.Operator) error {
		if o.TOTP {
			return ErrHasTOTP
		}
		step, err := s.step(ctx, tx, o, code)
		if errors.Is(err, store.ErrNotFound) {
			return ErrNoTOTP
		}
		if err != nil {
			return err
		}
		o.TOTP, o.TOTPStep, o.Recovery = true, step, digests(codes)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("confirm TOTP: %w", err)
	}
	return codes, nil
}

// RemoveTOTP has no codes be asked for any more.
func (s *Service) RemoveTOTP(ctx context.Context, who Signed) error {
	by := Deed{Actor: actorOf(who.Operator.Name), Name: who.Operator.Name, action: "manage.account.totp.remove"}
	_, err := s.change(ctx, by, func(_ store.Tx, o *operator.Operator) error {
		o.TOTP, o.TOTPStep, o.Recovery = false, 0, nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove TOTP: %w", err)
	}
	return nil
}

// secondFactor takes a code of the operator's authenticator, or a recovery code, once. It reports
// ErrCodeNeeded without one and ErrSignIn for a wrong one.
func (s *Service) secondFactor(ctx context.Context, tx store.Tx, o *operator.Operator, code string) error {
	if !o.TOTP {
		return nil
	}
	if code == "" {
		return ErrCodeNeeded
	}
	if i := slices.Index(o.Recovery, digestOf(code)); i >= 0 {
		o.Recovery = slices.Delete(slices.Clone(o.Recovery), i, i+1)
		return nil
	}
	step, err := s.step(ctx, tx, o, code)
	if errors.Is(err, ErrCode) {
		return ErrSignIn
	}
	o.TOTPStep = step
	return err
}

// step returns the time step whose code this is, or ErrCode: also for one that was shown before.
func (s *Service) step(ctx context.Context, tx store.Tx, o *operator.Operator, code string) (int64, error) {
	kept, err := tx.Secret(ctx, store.Platform, store.PurposeTOTP, o.Name)
	if err != nil {
		return 0, err
	}
	secret, err := s.config.Vault.OpenTOTP(o.Name, kept.Version, kept.Box)
	if err != nil {
		return 0, err
	}
	now := s.now().Unix() / totpPeriod
	for step := now - totpSkew; step <= now+totpSkew; step++ {
		fits, err := hotp.ValidateCustom(code, uint64(step), string(secret), totpOptions()) //nolint:gosec // time goes forward
		if err != nil && !errors.Is(err, otp.ErrValidateInputInvalidLength) {
			return 0, fmt.Errorf("validate code: %w", err)
		}
		if fits && step > o.TOTPStep {
			return step, nil
		}
	}
	return 0, ErrCode
}

// totpOptions are what every authenticator takes.
func totpOptions() hotp.ValidateOpts {
	return hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
}

// newRecoveryCodes returns codes that a person can copy by hand.
func newRecoveryCodes() []string {
	const bytes = 10
	codes := make([]string, recoveryCodes)
	for i := range codes {
		raw := make([]byte, bytes)
		_, _ = rand.Read(raw) // never fails, see its documentation
		text := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return codes
}

func digestOf(code string) string {
	d := operator.DigestOf(strings.ToLower(strings.ReplaceAll(strings.TrimSpace(code), "-", "")))
	return hex.EncodeToString(d[:])
}

func digests(codes []string) []string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = digestOf(code)
	}
	return list
}

// Code is what an authenticator with a secret shows at a time: for tests.
func Code(secret string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(at.Unix()/totpPeriod), totpOptions()) //nolint:gosec // time goes forward
}
