package client

import (
	"context"

	"github.com/favord/favord/wire/manage"
)

// Errors lists every error code of the signed API with its meaning and what to do about it.
func (m *Management) Errors(ctx context.Context) (*manage.ErrorList, error) {
	return managed[manage.ErrorList](ctx, m, manage.ListErrors, nil)
}

// Callbacks lists where a merchant wants its events.
func (m *Management) Callbacks(ctx context.Context, req *manage.MerchantRequest) (*manage.CallbackList, error) {
	return managed[manage.CallbackList](ctx, m, manage.ListCallbacks, req)
}

// Forge tries a merchant's receiver with forgeries of an event that it was told.
func (m *Management) Forge(ctx context.Context, req *manage.ForgeRequest) (*manage.ForgeResponse, error) {
	return managed[manage.ForgeResponse](ctx, m, manage.ForgeDelivery, req)
}

// MakeCall makes a call of the signed API as a merchant, without its keys: through the same
// checks, limits and rules. The error is about this call; the answer may be a refusal, too.
func (m *Management) MakeCall(ctx context.Context, req *manage.MakeCallRequest) (*manage.MadeCall, error) {
	return managed[manage.MadeCall](ctx, m, manage.MakeCall, req)
}

// MakeClaimLink makes a link by which one user claims one coupon or cash voucher of a stock, signed with the
// merchant's APIv2 key. Nothing is given out before.
func (m *Management) MakeClaimLink(ctx context.Context, req *manage.MakeClaimLinkRequest) (*manage.ClaimLink, error) {
	return managed[manage.ClaimLink](ctx, m, manage.MakeClaimLink, req)
}

// MakeSample writes a call as a command or a program that makes it.
func (m *Management) MakeSample(ctx context.Context, req *manage.MakeSampleRequest) (*manage.Sample, error) {
	return managed[manage.Sample](ctx, m, manage.MakeSample, req)
}

// CheckDraft reports everything that stands against a stock that is not created yet, and how it
// would look.
func (m *Management) CheckDraft(ctx context.Context, req *manage.CheckDraftRequest) (*manage.CheckedDraft, error) {
	return managed[manage.CheckedDraft](ctx, m, manage.CheckDraft, req)
}

// BeginCodeImport begins to import a file of codes into the pool of a stock, or finds the import of the
// same file that is not over. The file follows with AddCodePart, from Received on.
func (m *Management) BeginCodeImport(ctx context.Context, req *manage.BeginCodeImportRequest) (*manage.CodeImport, error) {
	return managed[manage.CodeImport](ctx, m, manage.BeginCodeImport, req)
}

// CodeImport shows how far the import of a stock is.
func (m *Management) CodeImport(ctx context.Context, req *manage.StockRequest) (*manage.CodeImport, error) {
	return managed[manage.CodeImport](ctx, m, manage.GetCodeImport, req)
}

// AddCodePart uploads a part of a file. After the last one the server checks the file.
func (m *Management) AddCodePart(ctx context.Context, req *manage.AddCodePartRequest) (*manage.CodeImport, error) {
	return managed[manage.CodeImport](ctx, m, manage.AddCodePart, req)
}

// RunCodeImport has the server import what the file has, or go on after a pause.
func (m *Management) RunCodeImport(ctx context.Context, req *manage.CodeImportRequest) (*manage.CodeImport, error) {
	return managed[manage.CodeImport](ctx, m, manage.RunCodeImport, req)
}

// PauseCodeImport has the server stop for now.
func (m *Management) PauseCodeImport(ctx context.Context, req *manage.CodeImportRequest) (*manage.CodeImport, error) {
	return managed[manage.CodeImport](ctx, m, manage.PauseCodeImport, req)
}

// RemoveCodeImport abandons an import. Codes that were imported stay.
func (m *Management) RemoveCodeImport(ctx context.Context, req *manage.CodeImportRequest) error {
	_, err := managed[struct{}](ctx, m, manage.RemoveCodeImport, req)
	return err
}

// WrongLines lists the lines of a file that are not imported.
func (m *Management) WrongLines(ctx context.Context, req *manage.ListWrongLinesRequest) (*manage.WrongLineList, error) {
	return managed[manage.WrongLineList](ctx, m, manage.ListWrongLines, req)
}

// Drafts lists stocks that are being prepared, those that were saved last first.
func (m *Management) Drafts(ctx context.Context, req *manage.ListDraftsRequest) (*manage.DraftList, error) {
	return managed[manage.DraftList](ctx, m, manage.ListDrafts, req)
}

// Draft returns a stock that is being prepared.
func (m *Management) Draft(ctx context.Context, req *manage.DraftRequest) (*manage.Draft, error) {
	return managed[manage.Draft](ctx, m, manage.GetDraft, req)
}

// PutDraft saves a draft over the version that was seen. It is refused when somebody else has saved
// it since.
func (m *Management) PutDraft(ctx context.Context, req *manage.PutDraftRequest) (*manage.Draft, error) {
	return managed[manage.Draft](ctx, m, manage.PutDraft, req)
}

// RemoveDraft discards a draft; when there is none nothing changes.
func (m *Management) RemoveDraft(ctx context.Context, req *manage.DraftRequest) error {
	_, err := managed[struct{}](ctx, m, manage.RemoveDraft, req)
	return err
}

// VoucherIf tells whether a voucher could be spent or sent, and by which rule not.
func (m *Management) VoucherIf(ctx context.Context, req *manage.AskVoucherRequest) (*manage.Foresight, error) {
	return managed[manage.Foresight](ctx, m, manage.AskVoucherIf, req)
}

// JudgeClaims tells which of some users could claim of a stock, one that is not created yet, too, and
// what every rule says.
func (m *Management) JudgeClaims(ctx context.Context, req *manage.JudgeClaimsRequest) (*manage.JudgedClaims, error) {
	return managed[manage.JudgedClaims](ctx, m, manage.JudgeClaims, req)
}

// WhatIf tells whether a coupon could be redeemed or claimed, and by which rule not.
func (m *Management) WhatIf(ctx context.Context, req *manage.AskRequest) (*manage.Foresight, error) {
	return managed[manage.Foresight](ctx, m, manage.AskWhatIf, req)
}

// FindCoupons returns the coupons with a code, in any stock.
func (m *Management) FindCoupons(ctx context.Context, req *manage.FindCouponsRequest) (*manage.FoundCoupons, error) {
	return managed[manage.FoundCoupons](ctx, m, manage.FindCoupons, req)
}

// CouponLife returns what became of a coupon, in the order of time.
func (m *Management) CouponLife(ctx context.Context, req *manage.CouponRequest) (*manage.Life, error) {
	return managed[manage.Life](ctx, m, manage.ShowCouponLife, req)
}

// Vouchers lists the cash vouchers of a user.
func (m *Management) Vouchers(ctx context.Context, req *manage.ListVouchersRequest) (*manage.VoucherList, error) {
	return managed[manage.VoucherList](ctx, m, manage.ListVouchers, req)
}

// Payments lists the payments with cash vouchers that a merchant collected, the newest first.
func (m *Management) Payments(ctx context.Context, req *manage.ListPaymentsRequest) (*manage.PaymentList, error) {
	return managed[manage.PaymentList](ctx, m, manage.ListPayments, req)
}

// Voucher shows a cash voucher.
func (m *Management) Voucher(ctx context.Context, req *manage.VoucherRequest) (*manage.Voucher, error) {
	return managed[manage.Voucher](ctx, m, manage.GetVoucher, req)
}

// VoucherLife returns what became of a cash voucher, in the order of time.
func (m *Management) VoucherLife(ctx context.Context, req *manage.VoucherRequest) (*manage.Life, error) {
	return managed[manage.Life](ctx, m, manage.ShowVoucherLife, req)
}

// StartProof begins to prove the invariants over all that is stored, unless a proof runs already.
func (m *Management) StartProof(ctx context.Context) (*manage.Proof, error) {
	return managed[manage.Proof](ctx, m, manage.StartProof, nil)
}

// Proof returns what came of the latest proof.
func (m *Management) Proof(ctx context.Context) (*manage.Proof, error) {
	return managed[manage.Proof](ctx, m, manage.GetProof, nil)
}

// RecordScenario writes calls of the log as a scenario.
func (m *Management) RecordScenario(ctx context.Context, req *manage.RecordScenarioRequest) (*manage.RecordedScenario, error) {
	return managed[manage.RecordedScenario](ctx, m, manage.RecordScenario, req)
}

// Summary returns how things stand: today's and yesterday's figures, and what may still be used.
func (m *Management) Summary(ctx context.Context, req *manage.SummaryRequest) (*manage.Summary, error) {
	return managed[manage.Summary](ctx, m, manage.ShowSummary, req)
}

// Attention returns what needs somebody at a merchant, or at all of them.
func (m *Management) Attention(ctx context.Context, req *manage.AttentionRequest) (*manage.AttentionList, error) {
	return managed[manage.AttentionList](ctx, m, manage.ListAttention, req)
}

// Series returns what happened by hours or days.
func (m *Management) Series(ctx context.Context, req *manage.SeriesRequest) (*manage.Series, error) {
	return managed[manage.Series](ctx, m, manage.ShowSeries, req)
}
