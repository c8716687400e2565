package planted_test

import "github.com/favord/favord/internal/base/planted"

// entry says which test finds a bug, alone and without any other.
type entry struct {
	bug planted.Bug
	// what is wrong.
	what string
	// in is the package of the test, found its name, with that of a part behind a slash.
	in, found string
}

// table has every bug once.
func table() []entry {
	return append(append(append(append(coupons(), vouchers()...), changes()...), engines()...), doors()...)
}

func coupons() []entry {
	const rules, stocks = "internal/rule/coupon", "internal/busifavor/stocks"
	return []entry{
		{planted.CouponTotal, "a stock gives out one coupon more than it has", rules, "TestEachLimitRefusesWithItsCode"},
		{planted.CouponDay, "a stock gives out one coupon more in a day", rules, "TestEachLimitRefusesWithItsCode"},
		{planted.CouponUser, "a user gets one coupon more than the limit", rules, "TestEachLimitRefusesWithItsCode"},
		{planted.CouponPerson, "the accounts of a person count apart", rules, "TestQuotaCountsByPersonWhenTheStockSaysSo"},
		{planted.CouponBudget, "a budget in money is exceeded by one coupon", rules, "TestEachLimitRefusesWithItsCode"},
		{planted.CouponYesterday, "yesterday's coupons count today", rules, "TestCountersStartAnewEachDay"},
		{planted.CouponTwice, "a used coupon is used again", "internal/busifavor/redeem", "TestACouponIsRedeemedAtMostOnce"},
		{planted.CouponVoided, "a used coupon is voided", rules, "TestEveryCommandInEveryState"},
		{planted.CouponExpiry, "a coupon lives a second longer", rules, "TestAnUnusedCouponExpiresByItself"},
		{planted.CouponTenant, "any merchant redeems any coupon", "internal/edge/httpapi", "TestNoMerchantReadsOrChangesWhatIsAnothers"},
		{planted.CouponSeen, "any merchant sees any coupon", rules, "TestOnlyThePartiesOfACouponSeeIt"},
		{planted.BudgetBelow, "a stock may have less coupons than it gave out", rules, "TestABudgetIsNeverBelowWhatWasIssued"},
		{planted.BudgetStale, "a budget is changed from a value that it has not", stocks, "TestOnlyOneOfManyBudgetsMeetsTheCurrentValue"},
		{planted.CodeTotal, "a stock takes one code more than it has coupons", rules, "TestUploadedCodesAreCountedUpToTheMaximum"},
		{planted.SubsidyCap, "a subsidy exceeds the discount by a fen", rules, "TestASubsidyFailsForItsReason"},
		{planted.SubsidyRest, "a subsidy goes back twice", "internal/busifavor/subsidy", "TestNoMoreGoesBackThanWasPaid"},
		{planted.DayElsewhere, "a day is that of London", "internal/base/day", "TestDaysAreBeijingDays"},
	}
}

func vouchers() []entry {
	const rules, pay, stocks, bill = "internal/rule/voucher", "internal/favor/pay", "internal/favor/stocks", "internal/favor/bill"
	return []entry{
		{planted.VoucherTotal, "a stock gives out one voucher more than it has", rules, "TestEachLimitRefusesInItsTurn"},
		{planted.VoucherUser, "a user gets one voucher more than the limit", rules, "TestEachLimitRefusesInItsTurn"},
		{planted.VoucherMonth, "a user gets a fen more in a month", rules, "TestEachLimitRefusesInItsTurn"},
		{planted.VoucherBudget, "a budget is exceeded by one voucher", rules, "TestEachLimitRefusesInItsTurn"},
		{planted.VoucherThreshold, "a voucher applies a fen below its threshold", rules, "TestAVoucherAppliesWhenEveryRuleHolds"},
		{planted.VoucherCombine, "vouchers go together that must not", rules, "TestVouchersGoTogetherWhereBothStocksSaySo"},
		{planted.VoucherNextDay, "a voucher of tomorrow is good today", rules, "TestTheWindowOfAVoucher"},
		{planted.VoucherSeen, "any merchant sees any voucher", rules, "TestOnlyCreatorAndSenderSeeAVoucher"},
		{planted.PaymentContent, "other content gets the first payment's answer", pay, "TestAPaymentConsumesItsVouchersAndARefundGivesThemBack"},
		{planted.PaymentHolder, "a payer spends another one's voucher", pay, "TestWhoMayNotPayIsRefused"},
		{planted.RefundOver, "a fen more is refunded than was paid", pay, "TestBadRefundsChangeNothing"},
		{planted.RefundVoucher, "a full refund keeps the vouchers", pay, "TestAPaymentConsumesItsVouchersAndARefundGivesThemBack"},
		{planted.RefundBudget, "a refund does not return into the budget", pay, "TestAPaymentConsumesItsVouchersAndARefundGivesThemBack"},
		{planted.BudgetKept, "what is left of a budget is not returned", stocks, "TestWhatIsLeftOfABudgetComesBackAfterTheEnd"},
		{planted.BudgetUnfunded, "a stock starts without the money for it", stocks, "TestAStockStartsWithTheMoneyForItOnly"},
		{planted.BalanceMost, "an account holds a fen more than the most", "internal/platform/ledger", "TestFundingIsRefusedForItsReason"},
		{planted.BillForeign, "a merchant opens another one's bill", bill, "TestATokenIsGoodForItsOwnerForHalfAMinute"},
		{planted.BillSecond, "a bill lacks the last second of its day", bill, "TestADayHasItsFirstAndItsLastSecond"},
	}
}

func changes() []entry {
	const once, issue, redeem = "internal/store/once", "internal/busifavor/issue", "internal/busifavor/redeem"
	return []entry{
		{planted.NumberContent, "other content gets the first answer", once, "TestANumberHasOneEffectAndOtherContentIsRefused"},
		{planted.NumberUntouched, "a repeat is answered before what it repeats is safe", once, "TestARepeatTakesPartInWhatItRepeats"},
		{planted.NumberTwin, "a call is refused for what its twin did", once, "TestARefusalThatItsTwinCausedIsNoAnswer"},
		{planted.NonceForgotten, "a nonce is not stored", once, "TestARepeatedCallGetsTheFirstAnswerAndHasNoEffect"},
		{planted.IssueBlind, "claims of a batch do not see each other", issue, "TestLaterClaimsOfABatchSeeEarlierOnes"},
		{planted.IssueCode, "a code is given twice within a batch", issue, "TestACodeIsGivenOnceWithinABatch"},
		{planted.IssueEvent, "a coupon is issued without its event", issue, "TestAStockIsNeverOversold"},
		{planted.IssueAudit, "a coupon is issued without a trace", issue, "TestAStockIsNeverOversold"},
		{planted.IssueOrder, "a clock that steps back gives an id twice", issue, "TestIDsGrowWhateverClocksSay"},
		{planted.IssueTally, "a coupon of a batch is in no figure", issue, "TestAStockIsNeverOversold"},
		{planted.RedeemContent, "other content gets the first redemption's answer", redeem, "TestOneNumberWithOtherContentIsRefused"},
		{planted.RedeemUncounted, "the number of a return is forgotten", redeem, "TestARepeatComesLaterAndGetsTheFirstAnswer"},
		{planted.SendBlind, "claims for vouchers do not see each other", "internal/favor/send", "TestSixtyFourBuyersGetExactlyWhatThereIs"},
		{planted.PartnerStays, "a partnership that was ended goes on", "internal/rule/partner", "TestWhatComesLaterIsNeverOlder"},
	}
}

func engines() []entry {
	const sqlite, postgres, disk = "internal/store/sqlitestore", "internal/store/pgstore", "internal/store/powerloss"
	return []entry{
		{planted.SQLiteUnsynced, "a commit is not synced", disk, "TestALossOfPowerLosesNothingThatWasAcknowledged"},
		{planted.SQLiteSwallowed, "a commit that failed counts as one", disk, "TestALossOfPowerLosesNothingThatWasAcknowledged"},
		{planted.SQLiteClear, "an unclear commit counts as failed", disk, "TestALossOfPowerLosesNothingThatWasAcknowledged"},
		{planted.SQLiteHalf, "half of what failed stays", sqlite, "TestSQLiteKeepsTheContract"},
		{planted.PostgresUnlocked, "a coupon is not locked", postgres, "TestPostgresKeepsTheContract/no_update_of_anything_that_is_locked_is_lost"},
		{planted.PostgresAlone, "a commit does not wait for its standby", postgres, "TestACommitThatDidNotWaitForItsStandbyIsUnclear"},
		{
			planted.PostgresForeseen, "what was foreseen of a stock is not proved",
			"internal/busifavor/issue", "TestWhatDidNotComeTrueIsDecidedAgain",
		},
		{
			planted.PostgresFollow, "a batch does not see what the one before it gives",
			"internal/busifavor/issue", "TestABatchBuildsOnTheOneThatIsStillWritten",
		},
		{planted.PostgresUnsafe, "a server may acknowledge what it has not synced", postgres, "TestUnsafeSettingsAreRefusedAtTheStartAndLater"},
		{
			planted.PostgresTally, "a count replaces another node's", postgres,
			"TestPostgresKeepsTheContract/what_is_counted_adds_up_as_the_query_says",
		},
		{planted.MemoryKept, "what failed stays", "internal/store/memstore", "TestMemoryKeepsTheContract"},
		{planted.BackupUnchecked, "a damaged file of a backup is restored", "internal/backup", "TestWhatIsNoBackupIsRefusedAndChangesNothing"},
	}
}

func doors() []entry {
	const api, outbound, notify = "internal/edge/httpapi", "internal/base/outbound", "internal/platform/notify"
	return []entry{
		{planted.SignatureBytes, "a signature counts for other bytes", api, "TestASignatureCountsForTheBytesThatWereSignedAlone"},
		{planted.SignatureOld, "a signature counts for ever", api, "TestEveryRejectedVectorIsRefusedForItsReason"},
		{planted.AnswerUnsigned, "an answer is not signed", api, "TestEveryOperationIsServedAndSigned"},
		{planted.CertificateOver, "a certificate counts for ever", "internal/rule/merchant", "TestACertificateSaysWhyItIsNotUsable"},
		{planted.SecretLogged, "the log has what a call was signed with", "internal/server", "TestSecretsAndOpenIDsAreSeenNowhere"},
		{planted.UnclearRefused, "a commit that ran out of time is refused as if nothing had been done", api, "TestAnUnclearOutcomeIsSaidAndARepeatSettlesIt"},
		{planted.KeyUnnoted, "a new platform certificate is not in the audit", "internal/server", "TestEveryChangeByAnOperatorIsInTheAudit"},
		{planted.SecretUnbound, "a secret opens in another row", "internal/platform/keyring", "TestASecretDoesNotOpenInAnotherRow"},
		{planted.LinkForged, "a link counts without its sign", "internal/edge/claim", "TestEveryWrongLinkIsRefusedWithItsNumber"},
		{planted.ImageDigest, "an image is not the one that was signed for", "internal/platform/media", "TestARefusalSaysAtWhichField"},
		{planted.SessionEndless, "a session never ends", "internal/platform/account", "TestASessionEnds"},
		{planted.DutyIgnored, "whoever is signed in may do everything", "internal/rule/operator", "TestWhatARoleIsNotGivenItMayNotDo"},
		{planted.GuessesUncounted, "codes are guessed without end", api, "TestGuessingCodesIsRefused"},
		{planted.RateIgnored, "a rate does not bound", "internal/base/limit", "TestNoPeriodHasMoreThanItsCalls"},
		{planted.DialInside, "a callback reaches inside", outbound, "TestNothingInsideIsEverConnectedTo"},
		{planted.DeliveredAnyway, "an event counts as delivered that was refused", notify, "TestADeliveryIsAttemptedAtEachStepAndThenDead"},
		{planted.DeliveryShort, "an event is sent once less than promised", notify, "TestADeliveryIsAttemptedAtEachStepAndThenDead"},
	}
}
