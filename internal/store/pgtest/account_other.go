//go:build !linux

package pgtest

import (
	"os"
	"syscall"
)

// account is whom the server runs as; only Linux knows another one than this process's.
type account struct{}

func serverAccount() (account, error) { return account{}, nil }

func (account) own(string) error { return nil }

func (account) attributes() *syscall.SysProcAttr { return nil }

func apart() *syscall.SysProcAttr { return nil }

func stopForking(int) {}

func children(int) []*os.Process { return nil }
