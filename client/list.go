package client

import (
	"context"
	"errors"
	"iter"

	"github.com/favord/favord/wire/busifavor"
)

// maxPages bounds a list: a server that never comes to an end shall not keep us forever.
const maxPages = 1 << 20

var errEndless = errors.New("client: the list does not end")

// list walks through a list page by page. The function gets the number of the page and of
// the items before it, and returns its items and how many there are in all. The walk ends
// with an empty page, with as many items as there are, or with an error, which comes as
// the last pair.
func list[T any](fetch func(page, before int64) (items []T, total int64, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var before int64
		for page := range int64(maxPages) {
			items, total, err := fetch(page, before)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			before += int64(len(items))
			if len(items) == 0 || before >= total {
				return
			}
		}
		yield(none, errEndless)
	}
}

// largestPage is a limit for who did not say one.
func largestPage(given *int64, largest int64) *int64 {
	if given == nil {
		return &largest
	}
	return given
}

// UserCoupons walks through all coupons that [BusiFavor.ListUserCoupons] would list from
// page req.Offset on, page by page, the newest first. An error ends the walk as its last pair.
// What is issued meanwhile moves the pages: a coupon may come twice.
func (b BusiFavor) UserCoupons(ctx context.Context, req *busifavor.ListUserCouponsRequest) iter.Seq2[busifavor.Coupon, error] {
	const largest = 100
	return list(func(page, _ int64) ([]busifavor.Coupon, int64, error) {
		next := *req
		next.Limit = largestPage(req.Limit, largest)
		next.Offset = req.Offset + page
		answer, err := b.ListUserCoupons(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount - req.Offset**next.Limit, nil
	})
}

// Codes walks through all codes that [BusiFavor.ListCodes] would list from req.Offset on,
// in the order of upload. An error ends the walk as its last pair. Codes that are given out
// or deleted meanwhile move the pages of a filtered list: a code may be missed.
func (b BusiFavor) Codes(ctx context.Context, req *busifavor.ListCodesRequest) iter.Seq2[busifavor.UploadedCode, error] {
	const largest = 100
	return list(func(_, before int64) ([]busifavor.UploadedCode, int64, error) {
		next := *req
		next.Limit = largestPage(req.Limit, largest)
		next.Offset = req.Offset + before
		answer, err := b.ListCodes(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount - req.Offset, nil
	})
}
