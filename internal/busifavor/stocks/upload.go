package stocks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store"
)

// UploadCommand brings codes for the pool of a stock.
type UploadCommand struct {
	Caller    merchant.ID
	StockID   coupon.StockID
	RequestNo string
	// Codes are at most coupon.MaxUpload.
	Codes []coupon.Code
}

// Uploaded says what became of the codes of an upload.
type Uploaded struct {
	coupon.Upload
	// Stored are the codes that are new, Known those that the stock had before.
	Stored, Known []coupon.Code
	At            time.Time
}

// uploadedAnswer is the stored form of Uploaded: never rename a field. The rest follows
// from the request.
type uploadedAnswer struct {
	Known []coupon.Code `json:"known,omitempty"`
	At    int64         `json:"at"`
}

// Upload adds codes to the pool of a stock: all that are new and well formed, or none when
// that would be more than the stock has coupons (busifavor B5).
func (s *Service) Upload(ctx context.Context, cmd UploadCommand) (Uploaded, error) {
	sorted := coupon.SortUpload(cmd.Codes)
	o := order{
		caller: cmd.Caller, stock: cmd.StockID, operation: store.OpUploadCodes, number: cmd.RequestNo,
		content: texts(cmd.Codes), action: "busifavor.codes.upload",
	}
	answer, err := carryOut(ctx, s, o, func(tx store.Tx, locked *store.LockedStock, now time.Time) (uploadedAnswer, error) {
		known, err := upload(ctx, tx, locked, sorted.Codes, now)
		return uploadedAnswer{Known: known, At: now.Unix()}, err
	})
	if err != nil {
		return Uploaded{}, fmt.Errorf("upload codes of stock %s: %w", cmd.StockID, err)
	}
	stored := slices.DeleteFunc(slices.Clone(sorted.Codes), func(c coupon.Code) bool { return slices.Contains(answer.Known, c) })
	return Uploaded{Upload: sorted, Stored: stored, Known: answer.Known, At: time.Unix(answer.At, 0)}, nil
}

func texts(codes []coupon.Code) []string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = string(c)
	}
	return list
}

// upload stores codes and returns those that were there.
func upload(ctx context.Context, tx store.Tx, locked *store.LockedStock, codes []coupon.Code, now time.Time) ([]coupon.Code, error) {
	stock := &locked.Stock
	if err := stock.CheckUpload(); err != nil {
		return nil, err
	}
	known, err := tx.InsertCodes(ctx, stock.StockKey, codes, now)
	if err != nil {
		return nil, err
	}
	counters, err := stock.Upload(locked.Counters, int64(len(codes)-len(known)))
	if err != nil {
		return nil, err
	}
	return known, tx.SetCounters(ctx, store.CounterChange{Stock: stock.StockKey, Was: locked.Counters, Is: counters})
}

// DeleteCommand asks to delete one code of a pool.
type DeleteCommand struct {
	Caller    merchant.ID
	StockID   coupon.StockID
	RequestNo string
	Code      coupon.Code
}

// deletedAnswer is the stored form of the answer: never rename a field.
type deletedAnswer struct {
	At int64 `json:"at"`
}

// DeleteCode removes a code that nobody has yet from the pool of a stock, and returns when
// (busifavor B8). It may be uploaded again.
func (s *Service) DeleteCode(ctx context.Context, cmd DeleteCommand) (time.Time, error) {
	o := order{
		caller: cmd.Caller, stock: cmd.StockID, operation: store.OpDeleteCode, number: cmd.RequestNo,
		content: []string{string(cmd.Code)}, action: "busifavor.codes.delete", object: "/code/" + string(cmd.Code),
	}
	answer, err := carryOut(ctx, s, o, func(tx store.Tx, locked *store.LockedStock, now time.Time) (deletedAnswer, error) {
		return deletedAnswer{At: now.Unix()}, deleteCode(ctx, tx, locked, cmd.Code)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("delete code of stock %s: %w", cmd.StockID, err)
	}
	return time.Unix(answer.At, 0), nil
}

func deleteCode(ctx context.Context, tx store.Tx, locked *store.LockedStock, code coupon.Code) error {
	key := coupon.Key{Stock: locked.Stock.StockKey, Code: code}
	found, err := tx.UploadedCode(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return coupon.ErrCodeUnknown.At("coupon_code", string(code))
	case err != nil:
		return err
	case found.Status != coupon.CodeAvailable:
		return coupon.ErrCodeGiven.At("coupon_code", string(code))
	}
	if err := tx.DeleteCode(ctx, key); err != nil {
		return err
	}
	return tx.SetCounters(ctx, store.CounterChange{
		Stock: key.Stock, Was: locked.Counters, Is: locked.Counters.DeleteCode(),
	})
}
