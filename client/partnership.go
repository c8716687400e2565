package client

import (
	"context"
	"iter"

	"github.com/favord/favord/wire/partnership"
)

// Partnership calls the operations of partnerships (合作关系): who besides its creator may
// give out a stock.
type Partnership struct{ client *Client }

// Partnership returns the operations of partnerships.
func (c *Client) Partnership() Partnership { return Partnership{client: c} }

// Build establishes a partnership. A repeat with the same IdempotencyKey and content returns
// the first answer.
func (p Partnership) Build(ctx context.Context, req *partnership.BuildRequest) (*partnership.BuildResponse, error) {
	return invoke[partnership.BuildResponse](ctx, p.client, partnership.Build, req)
}

// Terminate ends a partnership: the partner may give out nothing more. A repeat with the same
// IdempotencyKey and content returns the first answer.
func (p Partnership) Terminate(ctx context.Context, req *partnership.TerminateRequest) (*partnership.TerminateResponse, error) {
	return invoke[partnership.TerminateResponse](ctx, p.client, partnership.Terminate, req)
}

// List returns a page of the caller's partnerships, the newest first, also of those that
// have ended. Offset is the number of the page.
func (p Partnership) List(ctx context.Context, req *partnership.ListRequest) (*partnership.ListResponse, error) {
	return invoke[partnership.ListResponse](ctx, p.client, partnership.List, req)
}

// All walks through all partnerships that [Partnership.List] would list from page
// req.Offset on, the newest first. An error ends the walk as its last pair.
func (p Partnership) All(ctx context.Context, req *partnership.ListRequest) iter.Seq2[partnership.Partnership, error] {
	const largest = 50
	return list(func(page, _ int64) ([]partnership.Partnership, int64, error) {
		next := *req
		next.Limit = largestPage(req.Limit, largest)
		next.Offset = req.Offset + page
		answer, err := p.List(ctx, &next)
		if err != nil {
			return nil, 0, err
		}
		return answer.Data, answer.TotalCount - req.Offset**next.Limit, nil
	})
}
