package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire"
)

// In a sandbox things go wrong on purpose. A fault is chosen once the caller is known and
// the signature verified, so that only its own calls fail; it is nil in production.

// injectedError is a documented answer that a fault gives in place of the work.
type injectedError struct{ failure wire.Failure }

func (e *injectedError) Error() string { return "injected: " + e.failure.Code }

// errCut ends a call whose connection a fault breaks.
var errCut = errors.New("injected: the connection is cut")

// choose decides what goes wrong with a call, if anything.
func (s *Server) choose(c *call) error {
	if s.Faults == nil || c.acting != nil { // what goes wrong on purpose is for programs
		return nil
	}
	if asked := c.request.Header.Get(sandbox.FaultHeader); asked != "" {
		wanted, err := sandbox.ParseFault(asked)
		if err != nil {
			return err
		}
		c.fault = &wanted
	} else if hit, found := s.Faults.OfCall(c.endpoint.Operation.ID, merchant.ID(c.authorization.Identity)); found {
		c.fault = &hit
	}
	op := c.endpoint.Operation
	switch {
	case c.fault == nil:
		return nil
	case c.has(sandbox.FaultProbe) && op.Method != http.MethodGet && op.RequestNo == "":
		c.fault = nil // who drops the answer could not repeat the call (protocol 6.5, inferred)
		return nil
	}
	switch c.fault.Kind {
	case sandbox.FaultError:
		failure, documented := op.Injectable(c.fault.Status, c.fault.Code, c.fault.Message)
		if !documented {
			return sandbox.Undocumented(c.fault, op.ID, op.Injectables())
		}
		return &injectedError{failure}
	case sandbox.FaultCutBefore:
		return errCut
	default:
		return nil
	}
}

// injected is the answer of an injected error.
func (e *injectedError) answer(lang serve.Language) failure {
	message := lang.Choose(e.failure.Message, e.failure.When)
	return failure{
		status: e.failure.Status, number: numberInternalError, reason: e.Error(),
		body: apiv3.Error{Code: e.failure.Code, Message: message},
	}
}

// has reports whether a fault of one of the kinds hits the call.
func (c *call) has(kinds ...sandbox.FaultKind) bool {
	if c.fault == nil {
		return false
	}
	return slices.Contains(kinds, c.fault.Kind)
}

// isCut reports whether the connection of a call is to break.
func (c *call) isCut() bool { return c.has(sandbox.FaultCutBefore, sandbox.FaultCutAfter) }

// isLost reports whether a caller gets no answer that it can trust.
func (c *call) isLost() bool {
	return c.isCut() || c.has(sandbox.FaultBadSignature, sandbox.FaultNoSignature, sandbox.FaultStaleSignature,
		sandbox.FaultOtherSerial, sandbox.FaultProbe)
}

// suffer lets a fault have its way with a finished answer, before it is written. It panics
// with http.ErrAbortHandler when the connection is to break.
func (c *call) suffer(ctx context.Context, w http.ResponseWriter, a *answer) {
	if c.isCut() {
		panic(http.ErrAbortHandler)
	}
	if c.has(sandbox.FaultDelay) {
		// The server's own limit for writing is shorter than the longest delay.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		timer := time.NewTimer(c.fault.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if c.has(sandbox.FaultNoSignature) {
		a.signature = nil
	}
	if a.signature == nil {
		return
	}
	switch {
	case c.has(sandbox.FaultOtherSerial):
		a.signature.Serial = strings.ToUpper(apiv3.NewNonce()) + "00000000"
	case c.has(sandbox.FaultProbe):
		a.signature.Signature = apiv3.Probe(a.signature.Signature)
	}
}

// staleBy is how old a stale signature is.
const staleBy = 2 * apiv3.Window

// signed returns what an answer is signed over, and when: a fault may want other bytes, or
// another time.
func (c *call) signed(body []byte, now time.Time) ([]byte, time.Time) {
	switch {
	case c.has(sandbox.FaultBadSignature):
		return append([]byte("other"), body...), now
	case c.has(sandbox.FaultStaleSignature):
		return body, now.Add(-staleBy)
	}
	return body, now
}
