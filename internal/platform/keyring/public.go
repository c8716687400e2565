package keyring

import (
	"context"
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // what links are signed with by mistake
	"crypto/sha1" //nolint:gosec // likewise
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// PublicKey is a public half, for those who find out who signed something.
type PublicKey struct {
	// Owner is the merchant whose certificate it is, or for which the platform signs.
	Owner    merchant.ID
	Platform bool
	// Serial is that of a certificate, or the id of a public key.
	Serial string
	PEM    string
	// Refused says why a merchant's certificate is not taken at the moment; nil if it is.
	Refused error
}

// MaxSearched is how many merchants' public keys are listed at most.
const MaxSearched = 1000

// PublicKeys lists the public keys of merchants and of the platform: those of the first one,
// whether it is registered or "", and then those of the others in the order of their ids. All
// is false when it stopped after MaxSearched merchants and there are more.
func (k *Keyring) PublicKeys(ctx context.Context, first merchant.ID) (list []PublicKey, all bool, err error) {
	err = k.store.Read(ctx, func(tx store.ReadTx) error {
		owners, err := ownersFrom(ctx, tx, first)
		if err != nil {
			return err
		}
		list, all = nil, len(owners) <= MaxSearched
		for _, owner := range owners[:min(len(owners), MaxSearched)] {
			mine, err := k.publicKeysOf(ctx, tx, owner)
			if err != nil {
				return err
			}
			list = append(list, mine...)
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("list public keys: %w", err)
	}
	return list, all, nil
}

// ownersFrom lists merchants, the first one in front: more than MaxSearched when there are.
func ownersFrom(ctx context.Context, tx store.ReadTx, first merchant.ID) ([]merchant.ID, error) {
	merchants, err := tx.MerchantPage(ctx, "", MaxSearched+1)
	if err != nil {
		return nil, err
	}
	var owners []merchant.ID
	if first != "" {
		switch _, err := tx.Merchant(ctx, first); {
		case err == nil:
			owners = append(owners, first)
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
	}
	for i := range merchants {
		if id := merchants[i].ID; id != first {
			owners = append(owners, id)
		}
	}
	return owners, nil
}

func (k *Keyring) publicKeysOf(ctx context.Context, tx store.ReadTx, id merchant.ID) ([]PublicKey, error) {
	certificates, err := tx.Certificates(ctx, id)
	if err != nil {
		return nil, err
	}
	platform, err := tx.PlatformKeys(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]PublicKey, 0, len(certificates)+len(platform))
	for _, c := range certificates {
		list = append(list, PublicKey{Owner: id, Serial: c.Serial, PEM: c.PEM, Refused: c.Usable(k.clock.Now())})
	}
	for _, p := range platform {
		list = append(list, PublicKey{Owner: id, Platform: true, Serial: p.Serial, PEM: p.PEM})
	}
	return list, nil
}

// MACs returns the HMAC-SHA256 of a message under the merchant's APIv3 and APIv2 keys: what
// some programs send in place of a signature. Nothing here trusts one.
func (k *Keys) MACs(message []byte) [][]byte {
	var list [][]byte
	for _, key := range []string{k.apiv3, k.apiv2} {
		if key != "" {
			h := hmac.New(sha256.New, []byte(key))
			_, _ = h.Write(message) // a hash never fails
			list = append(list, h.Sum(nil))
		}
	}
	return list
}

// LinkSign is a sign of APIv2 as some program may make it.
type LinkSign struct {
	// Hash is such as HMAC-SHA256, Key APIv2 or APIv3.
	Hash, Key string
	// Appended is true when &key= and the key stand at the end of the text.
	Appended bool
	// Hex is the sign, in lower case.
	Hex string
}

// LinkSigns returns the signs of a text under the merchant's APIv2 and APIv3 keys, in the right
// way and in those that programs use in its place. Nothing here trusts one.
func (k *Keys) LinkSigns(text string) []LinkSign {
	var list []LinkSign
	for _, key := range []struct{ name, key string }{{"APIv2", k.apiv2}, {"APIv3", k.apiv3}} {
		if key.key == "" {
			continue
		}
		for _, way := range []struct {
			name  string
			plain func() hash.Hash
			keyed bool
		}{
			{"HMAC-SHA256", sha256.New, true},
			{"MD5", md5.New, false},
			{"SHA-256", sha256.New, false},
			{"SHA-1", sha1.New, false},
			{"HMAC-MD5", md5.New, true},
			{"HMAC-SHA1", sha1.New, true},
		} {
			for _, appended := range []bool{true, false} {
				h := way.plain()
				if way.keyed {
					h = hmac.New(way.plain, []byte(key.key))
				}
				_, _ = io.WriteString(h, text) // a hash never fails
				if appended {
					_, _ = io.WriteString(h, "&key="+key.key)
				}
				list = append(list, LinkSign{Hash: way.name, Key: key.name, Appended: appended, Hex: hex.EncodeToString(h.Sum(nil))})
			}
		}
	}
	return list
}
