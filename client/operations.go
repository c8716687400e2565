package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
	"github.com/favord/favord/wire/security"
)

// operations returns the rows of all tables by id.
func operations() map[string]*wire.Operation {
	rows := slices.Concat(security.Operations(), busifavor.Operations(), media.Operations(), partnership.Operations(), favor.Operations(), rail.Operations())
	byID := make(map[string]*wire.Operation, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	return byID
}

// invoke calls an operation of the tables and decodes its answer. An operation whose
// answer has no body gives an empty T, such as struct{}.
func invoke[T any](ctx context.Context, c *Client, id string, req any) (*T, error) {
	op := c.operations[id]
	call, err := callOf(op, req)
	if err != nil {
		return nil, fmt.Errorf("client: %s: %w", id, err)
	}
	response, err := c.Send(ctx, call)
	if err != nil {
		return nil, err
	}
	return decode[T](op, response)
}

// decode reads the answer of an operation.
func decode[T any](op *wire.Operation, response *Response) (*T, error) {
	answer := new(T)
	if op.Response == nil {
		return answer, nil
	}
	if err := json.Unmarshal(response.Body, answer); err != nil {
		return nil, fmt.Errorf("client: %s: decode answer: %w", op.ID, err)
	}
	return answer, nil
}

// callOf builds the call of an operation. It may be repeated if it is a GET or if its row
// names a request number.
func callOf(op *wire.Operation, req any) (Call, error) {
	target, err := op.Request.Encode(op.Path, req)
	if err != nil {
		return Call{}, err
	}
	call := Call{Method: op.Method, Target: target, Repeatable: op.Method == http.MethodGet || op.RequestNo != ""}
	for name, value := range op.Request.EncodeHeader(req) {
		if call.Header == nil {
			call.Header = http.Header{}
		}
		call.Header.Set(name, value)
	}
	if op.Request.Has(schema.InBody) {
		if call.Body, err = json.Marshal(req); err != nil {
			return Call{}, err
		}
	}
	return call, nil
}
