//go:build !linux

package call

import (
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

var errLinuxOnly = fault.New(fault.Refused,
	"--transparent 只支持Linux；其他系统请去掉它，不读取这些变量的客户端见 docs/redirect.zh-CN.md",
	"--transparent exists on Linux only; leave it out elsewhere, and see docs/redirect.md for clients that read none of the variables.")

// transparent refuses: other systems have no mount namespaces.
func transparent(*term.Command, string, []string, []string, *sandbox.Environment) error {
	return errLinuxOnly
}
