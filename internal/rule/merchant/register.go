package merchant

import (
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Refusals of what operators do with merchants. The texts are ours: the platform has no
// such calls.
var (
	// ErrNotRegistered is the answer to an mchid that is not registered.
	ErrNotRegistered = fault.New(fault.NotFound, "该商户未登记", "The merchant is not registered.")
	// ErrRegistered refuses to register a merchant twice.
	ErrRegistered = fault.New(fault.Exists, "该商户已登记", "The merchant is registered already.")
)

// ErrPermission refuses a permission that there is none of.
var ErrPermission = fault.New(fault.Invalid,
	"没有这个权限，可选："+permissionList("、"), "There is no such permission; there are "+permissionList(", ")+".")

func permissionList(between string) string {
	var names []string
	for _, p := range AllPermissions() {
		names = append(names, string(p))
	}
	return strings.Join(names, between)
}

// Granted are the permissions of a new merchant: those that were named, each once, and
// PushEvents.
func Granted(named []Permission) []Permission {
	return slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(named), PushEvents))))
}

// CheckPermissions turns texts into permissions, or reports [ErrPermission].
func CheckPermissions(texts []string) ([]Permission, error) {
	list := make([]Permission, len(texts))
	for i, text := range texts {
		list[i] = Permission(text)
		if !slices.Contains(AllPermissions(), list[i]) {
			return nil, ErrPermission.At("permissions", text)
		}
	}
	return list, nil
}
