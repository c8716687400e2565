package merchant

import "github.com/favord/favord/internal/fault"

// Refusals of what operators do with merchants. The texts are ours: the platform has no
// such calls.
var (
	// ErrNotRegistered is the answer to an mchid that is not registered.
	ErrNotRegistered = fault.New(fault.NotFound, "该商户未登记", "The merchant is not registered.")
	// ErrRegistered refuses to register a merchant twice.
	ErrRegistered = fault.New(fault.Exists, "该商户已登记", "The merchant is registered already.")
)
