package console

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/platform/account"
	"github.com/favord/favord/internal/rule/operator"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/manage"
)

// Names of those who are no person, for the audit.
const (
	// ownMachine is whoever uses a sandbox from its own machine: it knows no names.
	ownMachine = "operator"
	// fileToken is whoever shows the token of the configuration.
	fileToken = "token:default"
)

// caller is who asks: what the audit calls it, and what it is here for.
type caller struct {
	actor string
	roles []operator.Role
	// signed is the person who has signed in; nil for all others.
	signed *account.Signed
}

// callerKey is the key of the caller in a context.
type callerKey struct{}

// actorOf is who asks, for the audit.
func actorOf(ctx context.Context) string { return callerOf(ctx).actor }

// callerOf is who asks. A context that has none is one of nobody, who may do nothing.
func callerOf(ctx context.Context) caller {
	who, _ := ctx.Value(callerKey{}).(caller)
	return who
}

// demand refuses a caller without a duty. No duty is one that nobody has.
func (c *caller) demand(d wire.Duty) error {
	if operator.May(c.roles, operator.Duty(d)) {
		if d != wire.DutyBasic && c.limited() {
			return errEnroll
		}
		return nil
	}
	return lacking(operator.With(operator.Duty(d)))
}

// lacking says which roles have the duty that a caller lacks.
func lacking(roles []operator.Role) error {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	list := strings.Join(names, ", ")
	return fault.New(fault.Forbidden, "您的角色没有这项权限；有此权限的角色："+list, "Your role does not have this duty; these have it: "+list+".")
}

// dutiful reports an operation without a duty, or with one that there is none of: what nobody
// is responsible for is not served.
func dutiful(operations []wire.Operation) error {
	for i := range operations {
		if op := &operations[i]; op.Auth != wire.ByAnyone && !slices.Contains(operator.Duties(), operator.Duty(op.Duty)) {
			return fmt.Errorf("console: operation %s has no duty", op.ID)
		}
	}
	return nil
}

// signedRoutes finds the operation of the signed API that a call made as a merchant is.
func signedRoutes(operations []wire.Operation) *serve.Router[*wire.Operation] {
	router := serve.NewRouter[*wire.Operation]()
	for i := range operations {
		router.Add(&operations[i], &operations[i])
	}
	return router
}

// demandSigned refuses a caller without the duty for a call of the signed API. What is no
// operation there is refused there. One that changes something is in the audit before it is made:
// there its own entry names the merchant only.
func (s *Server) demandSigned(ctx context.Context, c *Call) error {
	path, _, _ := strings.Cut(c.Target, "?")
	found, status := s.signed.Find(c.Method, path)
	if status != 0 {
		return nil
	}
	who, op := callerOf(ctx), found.Endpoint
	if err := who.demand(manage.SignedDuty(op.ID)); err != nil || !op.Changes() || s.Account == nil {
		return err
	}
	return s.Account.NoteCall(ctx, account.MadeCall{Actor: who.actor, Merchant: c.MchID, Operation: op.ID})
}
