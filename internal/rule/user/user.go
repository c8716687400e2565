// Package user holds the rules about the people who hold coupons: how an openid
// under an appid leads to an account, and whose quota the account counts for. It
// is pure; rows are read through the small interface that it names.
package user

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// OpenID is a user's id under one appid: 28 characters of [0-9A-Za-z_-]
// (protocol 9).
type OpenID string

// ID is the account behind openids: the same person's openids under several
// appids share it once they are linked.
type ID [16]byte

// String returns the id in hex.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(id) {
		return errors.New("user: id must have 32 hex digits")
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// User is one openid and what is known about whom it stands for.
type User struct {
	AppID  merchant.AppID
	OpenID OpenID
	ID     ID
	// Person is the natural person behind the account; limits "per natural
	// person" count under it. It equals ID as long as nobody linked accounts.
	Person ID
	// UnionID is the id across the appids of one owner; "" when unknown.
	UnionID string
	// Suspicious marks an account that stocks with prevent_api_abuse refuse.
	Suspicious bool
	// Known is true when the user is registered, false for one who is about to
	// be.
	Known bool
}

// Forgotten is what an account is called whose openids were forgotten: nobody else has that name.
func Forgotten(id ID) OpenID { return OpenID("forgotten-" + id.String()) }

// Forget returns the user whose name is forgotten, under no appid. Account, person and mark stay:
// what they hold goes on counting.
func (u *User) Forget() User {
	return User{OpenID: Forgotten(u.ID), ID: u.ID, Person: u.Person, Suspicious: u.Suspicious, Known: true}
}

// ErrUnknown refuses an openid that does not exist or is not of the given appid
// (busifavor C11).
var ErrUnknown = fault.New(fault.UserUnknown,
	"OpenID不正确",
	"The openid does not exist, or does not belong to the appid.")

// ErrNotFound is what a [Lookup] reports for a row that does not exist.
var ErrNotFound = errors.New("user not found")

// Lookup finds registered users.
type Lookup interface {
	// UserByOpenID returns the user, or ErrNotFound.
	UserByOpenID(ctx context.Context, id OpenID) (User, error)
	// UserByAccount returns the openid that an account has under an appid, or
	// ErrNotFound.
	UserByAccount(ctx context.Context, id ID, appid merchant.AppID) (User, error)
}

// Policy says what happens to openids that nobody registered.
type Policy struct {
	// AutoRegister makes every well-formed openid a user. Only a sandbox has it.
	AutoRegister bool
}

// Resolve returns the user that an openid stands for under an appid. With
// AutoRegister an unknown one gets an account of its own, always the same, and is
// returned with Known false: whoever changes something for the user stores it.
func (p Policy) Resolve(ctx context.Context, l Lookup, appid merchant.AppID, id OpenID) (User, error) {
	u, err := l.UserByOpenID(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	return p.Judge(u, appid, id)
}

// Judge is Resolve for a user that was looked up already; the zero User was not found.
func (p Policy) Judge(found User, appid merchant.AppID, id OpenID) (User, error) {
	switch {
	case found.Known && found.AppID == appid:
		return found, nil
	case found.Known || !p.AutoRegister || !wellFormed(id):
		return User{}, ErrUnknown.At("openid", string(id))
	}
	return New(appid, id, ""), nil
}

// Under returns the user that an account is under another appid: its openid
// there. With AutoRegister an account that was never seen there gets one, always
// the same, with Known false.
func (p Policy) Under(ctx context.Context, l Lookup, holder User, appid merchant.AppID) (User, error) {
	if holder.AppID == appid {
		return holder, nil
	}
	if holder.OpenID == Forgotten(holder.ID) {
		return User{}, ErrUnknown.At("appid", string(appid))
	}
	u, err := l.UserByAccount(ctx, holder.ID, appid)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return u, err
	}
	if !p.AutoRegister {
		return User{}, ErrUnknown.At("appid", string(appid))
	}
	other := holder
	other.AppID, other.Known = appid, false
	seed := derive("openid", string(appid), holder.ID.String())
	digest := sha256.Sum256(seed[:])
	other.OpenID = OpenID("o" + base64.RawURLEncoding.EncodeToString(digest[:])[:openIDSize-1])
	return other, nil
}

// openIDSize is the length of an openid in characters.
const openIDSize = 28

func wellFormed(id OpenID) bool { return len(id) == openIDSize && plain(id) }

// plain reports whether an openid has the characters of one.
func plain(id OpenID) bool {
	for i := range len(id) {
		c := id[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		digit := c >= '0' && c <= '9'
		if !letter && !digit && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// derive makes an id that depends on nothing but its parts.
func derive(parts ...string) ID {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return ID(h.Sum(nil)[:16])
}
