// Package operator is about those who use the management port: people with roles and programs
// with tokens, which duties a role has, and what a name and a password must be.
package operator

import (
	"slices"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Duty is a kind of work at the management port. Each operation there is part of one, and who
// has no role with that duty is refused.
type Duty string

// The duties.
const (
	// Basic is what whoever may be here may do: see what runs, look after oneself.
	Basic Duty = "BASIC"
	// Look is to see stocks, merchants and figures; none of it names a user.
	Look Duty = "LOOK"
	// Find is to see coupons by their code.
	Find Duty = "FIND"
	// Holders is to see users, and the coupons and vouchers of one.
	Holders Duty = "HOLDERS"
	// Market is to create, change, pause and stop stocks, and to give out what they have.
	Market Duty = "MARKET"
	// Approve is to decide over stocks that wait for a review.
	Approve Duty = "APPROVE"
	// Redeem is to use coupons and to undo that.
	Redeem Duty = "REDEEM"
	// Retire is to take coupons from users: deactivate, delete.
	Retire Duty = "RETIRE"
	// Develop is to explain requests, to see and resend callbacks, and everything that only a
	// sandbox has.
	Develop Duty = "DEVELOP"
	// Books is to see balances, bills, payments and subsidies.
	Books Duty = "BOOKS"
	// Money is to move it: fund, pay, refund, subsidize.
	Money Duty = "MONEY"
	// Keys is to see merchants' keys, without secrets.
	Keys Duty = "KEYS"
	// Enroll is to register merchants, keys, users, orders and cards, and to change them.
	Enroll Duty = "ENROLL"
	// Audit is to see who did what.
	Audit Duty = "AUDIT"
	// Operators is to say who may do what here.
	Operators Duty = "OPERATORS"
)

// Duties lists every duty.
func Duties() []Duty {
	return []Duty{
		Basic, Look, Find, Holders, Market, Approve, Redeem, Retire, Develop, Books, Money, Keys, Enroll, Audit, Operators,
	}
}

// Role is what a person or a program is here for.
type Role string

// The roles.
const (
	Viewer     Role = "VIEWER"
	Marketer   Role = "MARKETER"
	Redeemer   Role = "REDEEMER"
	Developer  Role = "DEVELOPER"
	Finance    Role = "FINANCE"
	Maintainer Role = "MAINTAINER"
	Auditor    Role = "AUDITOR"
	Admin      Role = "ADMIN"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{Viewer, Marketer, Redeemer, Developer, Finance, Maintainer, Auditor, Admin}
}

// duties is the table of who may do what; whatever is not in it is denied.
func (r Role) duties() []Duty {
	switch r {
	case Viewer:
		return []Duty{Basic, Look}
	case Marketer:
		return []Duty{Basic, Look, Find, Holders, Market}
	case Redeemer:
		return []Duty{Basic, Find, Redeem}
	case Developer:
		return []Duty{Basic, Look, Find, Develop, Keys}
	case Finance:
		return []Duty{Basic, Look, Find, Holders, Approve, Books, Money}
	case Maintainer:
		return []Duty{Basic, Look, Find, Holders, Approve, Retire, Develop, Keys, Enroll, Audit}
	case Auditor:
		return []Duty{Basic, Look, Find, Holders, Books, Keys, Audit}
	case Admin:
		return Duties()
	}
	return nil
}

// May reports whether one of the roles has a duty.
func May(roles []Role, d Duty) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(r.duties(), d) || planted.DutyIgnored.In() })
}

// DutiesOf lists the duties of all the roles together, in the order of [Duties].
func DutiesOf(roles []Role) []Duty {
	return slices.DeleteFunc(Duties(), func(d Duty) bool { return !May(roles, d) })
}

// With lists the roles that have a duty.
func With(d Duty) []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !May([]Role{r}, d) })
}

// ErrRole refuses a role that there is none of, or none at all.
var ErrRole = fault.New(fault.Invalid,
	"角色须为VIEWER、MARKETER、REDEEMER、DEVELOPER、FINANCE、MAINTAINER、AUDITOR或ADMIN，至少一个",
	"A role is VIEWER, MARKETER, REDEEMER, DEVELOPER, FINANCE, MAINTAINER, AUDITOR or ADMIN; at least one is needed.")

// CheckRoles turns texts into roles, each once in the order of [Roles], or reports [ErrRole].
func CheckRoles(texts []string) ([]Role, error) {
	if len(texts) == 0 {
		return nil, ErrRole.At("roles", "")
	}
	for _, text := range texts {
		if !slices.Contains(Roles(), Role(text)) {
			return nil, ErrRole.At("roles", text)
		}
	}
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(texts, string(r)) }), nil
}
