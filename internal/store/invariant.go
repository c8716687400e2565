package store

import "context"

// Invariant is something that must be true of every database, whatever happened to
// it.
type Invariant struct {
	// Name says what is true, such as "every stock counts the coupons it issued".
	Name string
	// Rows is how many rows were looked at.
	Rows int64
	// Broken is how many of them break it.
	Broken int64
}

// The names of the invariants that every engine proves.
const (
	InvariantIssued   = "every stock counts the coupons that it issued"
	InvariantMaximum  = "no stock issued more than its maximum"
	InvariantDays     = "the days of a stock add up to what it issued"
	InvariantPerUser  = "no account received more than the stock allows"
	InvariantStates   = "every coupon is in a legal state"
	InvariantNumbers  = "no request number of an account got two coupons of a stock"
	InvariantUnique   = "no two coupons of a stock have one code"
	InvariantLocators = "every coupon lies where its stock, account and number say"
	InvariantBatches  = "every coupon is in one batch, which says what was issued"
	InvariantSpent    = "every coupon counts the numbers that changed it, each once"
	InvariantReturns  = "every returned coupon has its request number"
	InvariantVoided   = "every deactivated coupon has its request number"
	InvariantCodes    = "every stock counts its uploaded and its free codes"
	InvariantFree     = "every free code was uploaded"
	InvariantGiven    = "every coupon with an uploaded code has it from the pool"
	InvariantBlocks   = "every block of uploaded codes tells the free ones from the others"

	InvariantBalances   = "every account holds what was posted to it"
	InvariantZero       = "the postings of every transfer add up to nothing"
	InvariantDebt       = "no account of a merchant is below zero"
	InvariantPaid       = "every subsidy was posted once, unless it failed"
	InvariantPaidBack   = "every subsidy counts what was posted back, at most its amount"
	InvariantSubsidized = "every coupon counts its subsidies"
	InvariantOrders     = "every order counts its subsidies, at most what one may get"

	InvariantAccounts = "every account is one person, with one openid under each appid"

	InvariantPartnerships = "every partnership is in a legal state, of a stock of its owner"
	InvariantImages       = "every image has its upload, every upload its image"

	InvariantVouchersSent     = "every stock of vouchers counts the vouchers that were sent"
	InvariantVouchersMaximum  = "no stock of vouchers sent more than its maximum and its budget"
	InvariantVouchersDays     = "the days of a stock of vouchers add up to what it sent, none above its budget"
	InvariantVouchersHeld     = "the holders of a stock of vouchers received what it sent, none too many"
	InvariantVouchersMonths   = "no month of a user holds more than the merchant's vouchers are worth"
	InvariantVouchersStates   = "every voucher is in a legal state, of a stock that was started"
	InvariantVouchersRequests = "every voucher has its request number, every request its voucher"

	InvariantUsedVouchers = "every used voucher has the line of the payment that used it"
	InvariantPayments     = "every payment's lines add up to its discount, its refunds to no more"
	InvariantBudgets      = "every locked budget holds what its vouchers did not use"
)

// Checker proves the invariants over everything stored. It reads one consistent
// state and takes long.
type Checker interface {
	Check(ctx context.Context) ([]Invariant, error)
}
