package wire

// Duty is the kind of work that an operation of the management port is part of: who calls it
// needs a role that has the duty. The zero value is none: a server refuses to start with it.
type Duty string

// The duties; package operator says which roles have them.
const (
	// DutyBasic is what everyone who may be here may do.
	DutyBasic Duty = "BASIC"
	// DutyLook is to see stocks, merchants and figures.
	DutyLook Duty = "LOOK"
	// DutyFind is to see coupons by their code.
	DutyFind Duty = "FIND"
	// DutyHolders is to see users, and the coupons and vouchers of one.
	DutyHolders Duty = "HOLDERS"
	// DutyMarket is to create, change, pause and stop stocks, and to give out what they have.
	DutyMarket Duty = "MARKET"
	// DutyApprove is to decide over stocks under review.
	DutyApprove Duty = "APPROVE"
	// DutyRedeem is to use coupons and to undo that.
	DutyRedeem Duty = "REDEEM"
	// DutyRetire is to take coupons from users.
	DutyRetire Duty = "RETIRE"
	// DutyDevelop is to explain requests, to see and resend callbacks, and what only a sandbox
	// has.
	DutyDevelop Duty = "DEVELOP"
	// DutyBooks is to see balances, bills, payments and subsidies.
	DutyBooks Duty = "BOOKS"
	// DutyMoney is to move money.
	DutyMoney Duty = "MONEY"
	// DutyKeys is to see keys, without secrets.
	DutyKeys Duty = "KEYS"
	// DutyEnroll is to register merchants, keys, users, orders and cards.
	DutyEnroll Duty = "ENROLL"
	// DutyAudit is to see who did what.
	DutyAudit Duty = "AUDIT"
	// DutyOperators is to say who may do what.
	DutyOperators Duty = "OPERATORS"
)
