// Package planted has bugs that are known, so that the tests can be tested: each must make one of
// them fail. They are there only in a program that is built with the tag planted, one at a time:
// the one that FAVORD_PLANTED in the environment names. Without the tag every function here is a
// constant, and the compiler leaves nothing of it.
//
// A bug stands where a person could have made it: in a condition, a sum, a text of SQL. The test
// that must find it stands beside its name in table_test.go.
package planted

// Name is the variable of the environment that names the bug.
const Name = "FAVORD_PLANTED"

// Bug is the name of a bug.
type Bug string

// Limits and states of coupons.
const (
	CouponTotal     Bug = "coupon-total"
	CouponDay       Bug = "coupon-day"
	CouponUser      Bug = "coupon-user"
	CouponPerson    Bug = "coupon-person"
	CouponBudget    Bug = "coupon-budget"
	CouponYesterday Bug = "coupon-yesterday"
	CouponTwice     Bug = "coupon-twice"
	CouponVoided    Bug = "coupon-voided"
	CouponExpiry    Bug = "coupon-expiry"
	CouponTenant    Bug = "coupon-tenant"
	CouponSeen      Bug = "coupon-seen"
	BudgetBelow     Bug = "budget-below"
	BudgetStale     Bug = "budget-stale"
	CodeTotal       Bug = "code-total"
	SubsidyCap      Bug = "subsidy-cap"
	SubsidyRest     Bug = "subsidy-rest"
	DayElsewhere    Bug = "day-elsewhere"
)

// Limits of vouchers, payments, refunds, money.
const (
	VoucherTotal     Bug = "voucher-total"
	VoucherUser      Bug = "voucher-user"
	VoucherMonth     Bug = "voucher-month"
	VoucherBudget    Bug = "voucher-budget"
	VoucherThreshold Bug = "voucher-threshold"
	VoucherCombine   Bug = "voucher-combine"
	VoucherNextDay   Bug = "voucher-next-day"
	VoucherSeen      Bug = "voucher-seen"
	PaymentContent   Bug = "payment-content"
	PaymentHolder    Bug = "payment-holder"
	RefundOver       Bug = "refund-over"
	RefundVoucher    Bug = "refund-voucher"
	RefundBudget     Bug = "refund-budget"
	BudgetKept       Bug = "budget-kept"
	BudgetUnfunded   Bug = "budget-unfunded"
	BalanceMost      Bug = "balance-most"
	BillForeign      Bug = "bill-foreign"
	BillSecond       Bug = "bill-second"
)

// How a change comes about.
const (
	NumberContent   Bug = "number-content"
	NumberUntouched Bug = "number-untouched"
	NumberTwin      Bug = "number-twin"
	NonceForgotten  Bug = "nonce-forgotten"
	UnclearRefused  Bug = "unclear-refused"
	IssueBlind      Bug = "issue-blind"
	IssueCode       Bug = "issue-code"
	IssueEvent      Bug = "issue-event"
	IssueAudit      Bug = "issue-audit"
	IssueOrder      Bug = "issue-order"
	IssueTally      Bug = "issue-tally"
	RedeemContent   Bug = "redeem-content"
	RedeemUncounted Bug = "redeem-uncounted"
	SendBlind       Bug = "send-blind"
	PartnerStays    Bug = "partner-stays"
)

// What engines promise.
const (
	SQLiteUnsynced   Bug = "sqlite-unsynced"
	SQLiteSwallowed  Bug = "sqlite-swallowed"
	SQLiteClear      Bug = "sqlite-clear"
	SQLiteHalf       Bug = "sqlite-half"
	PostgresUnlocked Bug = "postgres-unlocked"
	PostgresAlone    Bug = "postgres-alone"
	PostgresUnsafe   Bug = "postgres-unsafe"
	PostgresTally    Bug = "postgres-tally"
	PostgresForeseen Bug = "postgres-foreseen"
	PostgresFollow   Bug = "postgres-follow"
	MemoryKept       Bug = "memory-kept"
	BackupUnchecked  Bug = "backup-unchecked"
)

// Who may call, and what is told to whom.
const (
	SignatureBytes   Bug = "signature-bytes"
	SignatureOld     Bug = "signature-old"
	AnswerUnsigned   Bug = "answer-unsigned"
	CertificateOver  Bug = "certificate-over"
	SecretLogged     Bug = "secret-logged"
	SecretUnbound    Bug = "secret-unbound"
	KeyUnnoted       Bug = "key-unnoted"
	LinkForged       Bug = "link-forged"
	ImageDigest      Bug = "image-digest"
	SessionEndless   Bug = "session-endless"
	DutyIgnored      Bug = "duty-ignored"
	GuessesUncounted Bug = "guesses-uncounted"
	RateIgnored      Bug = "rate-ignored"
	DialInside       Bug = "dial-inside"
	DeliveredAnyway  Bug = "delivered-anyway"
	DeliveryShort    Bug = "delivery-short"
)
