package operator

import (
	"time"
	"unicode/utf8"

	"github.com/favord/favord/internal/base/fault"
)

// Operator is a person who uses the management port.
type Operator struct {
	// Name is what the operator signs in with and what the audit calls it. It never changes, and
	// nobody else gets it.
	Name string
	// Display is how others read it.
	Display string
	Roles   []Role
	// Suspended keeps the operator out.
	Suspended bool
	Created   time.Time
	Proofs
}

// Proofs are what an operator proves itself with. None of them can be read from it.
type Proofs struct {
	// Password is a hash with its parameters; empty until the invitation was taken.
	Password string `json:"password,omitempty"`
	// TOTP is true once codes of an authenticator are asked for; TOTPStep is the step of the
	// last one, which is taken once only.
	TOTP     bool  `json:"totp,omitempty"`
	TOTPStep int64 `json:"totp_step,omitempty"`
	// Recovery are digests of the codes that are left for a lost authenticator.
	Recovery []string `json:"recovery,omitempty"`
	// Passkeys are public keys of devices.
	Passkeys []Passkey `json:"passkeys,omitempty"`
}

// Passkey is the public half of a key in somebody's device.
type Passkey struct {
	// ID is what the device calls it, in base64url.
	ID string `json:"id"`
	// Name is what its owner calls it.
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	// Content is the key as package account keeps it.
	Content []byte `json:"content"`
}

// SecondFactor reports whether a password alone does not let the operator in.
func (o *Operator) SecondFactor() bool { return o.TOTP || len(o.Passkeys) > 0 }

// NeedsSecondFactor reports whether roles are too strong for a password alone.
func NeedsSecondFactor(roles []Role) bool {
	return May(roles, Operators) || May(roles, Enroll) || May(roles, Develop)
}

// Bounds of names and passwords, in characters.
const (
	maxName     = 32
	maxDisplay  = 64
	minPassword = 12
	maxPassword = 256
)

// Refusals of what an operator may be called, and of passwords.
var (
	// ErrName refuses a name that people could confuse.
	ErrName = fault.New(fault.Invalid,
		"名称须为1至32个字符：小写字母、数字、点、下划线、连字符，以字母或数字开头",
		"A name has 1 to 32 lower-case letters, digits, dots, underscores or hyphens, and begins with a letter or a digit.")
	// ErrDisplay refuses a name for others that is too long.
	ErrDisplay = fault.New(fault.Invalid, "显示名不能超过64个字符", "A display name has at most 64 characters.")
	// ErrPassword refuses a password that is too short.
	ErrPassword = fault.New(fault.Invalid,
		"密码须为12至256个字符；一句容易记住的话就很好",
		"A password has 12 to 256 characters; a sentence that is easy to remember is a good one.")
)

// CheckName reports [ErrName] unless an operator or a token may have a name.
func CheckName(name string) error {
	if name == "" || len(name) > maxName {
		return ErrName.At("name", name)
	}
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && (i == 0 || r != '.' && r != '_' && r != '-') {
			return ErrName.At("name", name)
		}
	}
	return nil
}

// CheckDisplay reports [ErrDisplay] for a name for others that is too long.
func CheckDisplay(display string) error {
	if utf8.RuneCountInString(display) > maxDisplay {
		return ErrDisplay.At("display", display)
	}
	return nil
}

// CheckPassword reports [ErrPassword] unless a password is long enough. There are no other rules:
// they make people choose worse ones.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return ErrPassword.At("password", "")
	}
	return nil
}
