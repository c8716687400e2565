package call

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// hostsFile is where programs look up names before they ask anybody.
const hostsFile = "/etc/hosts"

var (
	errNoRights = fault.New(fault.Refused,
		"--transparent 需要root权限：请执行 sudo -E favord run --transparent -- 命令，或用 sudo setcap cap_sys_admin,cap_net_bind_service+ep 授予 favord 这两项能力",
		"--transparent needs root: run `sudo -E favord run --transparent -- COMMAND`, or give favord the capabilities with `sudo setcap cap_sys_admin,cap_net_bind_service+ep`.")
	errNoPort = fault.New(fault.Refused,
		"127.0.0.0/8 的443端口都被占用（可能有程序监听了 0.0.0.0:443），请先停止它", "Port 443 is taken on every loopback address, as by a program that listens on 0.0.0.0:443; stop it first.")
)

// transparent runs a program for which the hosts of the platform are addresses of this machine:
// it has a mount namespace with a hosts file of its own, in which nothing else differs. What it
// sends to port 443 there goes to the redirect. It returns the exit code of the program.
func transparent(c *term.Command, path string, args, environment []string, e *sandbox.Environment) error {
	port, err := listenForHosts(c.Ctx)
	if err != nil {
		return err
	}
	r := &relay{proxy: e.ProxyAddress(), port: port}
	defer func() { _ = port.Close() }()
	go r.run(context.WithoutCancel(c.Ctx))
	hosts, err := writeHosts(port.Addr().(*net.TCPAddr).IP.String())
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(hosts) }()
	return spawn(path, args, environment, hosts)
}

// listenForHosts opens port 443 of a loopback address that nobody else uses.
func listenForHosts(ctx context.Context) (net.Listener, error) {
	const tries, second, last = 16, 64, 254
	for range tries {
		//nolint:gosec // any free address will do
		address := fmt.Sprintf("127.%d.%d.%d:443", second+rand.IntN(second), rand.IntN(last)+1, rand.IntN(last)+1)
		port, err := new(net.ListenConfig).Listen(ctx, "tcp4", address)
		switch {
		case err == nil:
			return port, nil
		case errors.Is(err, os.ErrPermission):
			return nil, errNoRights
		case !errors.Is(err, syscall.EADDRINUSE):
			return nil, fmt.Errorf("listen: %w", err)
		}
	}
	return nil, errNoPort
}

// writeHosts writes the hosts file of the program: the one of the machine, in which the hosts
// of the platform have an address of this machine.
func writeHosts(address string) (path string, err error) {
	text, err := os.ReadFile(hostsFile)
	if err != nil {
		return "", fmt.Errorf("hosts: %w", err)
	}
	file, err := os.CreateTemp("", "favord-hosts-*")
	if err != nil {
		return "", fmt.Errorf("hosts: %w", err)
	}
	const everybodyReads = 0o644
	_, err = file.WriteString(withHosts(string(text), address, sandbox.RedirectHosts()))
	if err = errors.Join(err, file.Chmod(everybodyReads), file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// spawn runs a program in a mount namespace of its own. The thread that leaves the namespace of
// the machine is given up afterwards, so that nothing else of this process is in it.
func spawn(path string, args, environment []string, hosts string) error {
	ended := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		if err := isolate(hosts); err != nil {
			ended <- err
			return
		}
		//nolint:gosec // running a program that the user names is what the command is for
		program := exec.CommandContext(context.Background(), path, args[1:]...)
		program.Env = environment
		program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
		program.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
		if err := program.Start(); err != nil {
			ended <- fmt.Errorf("run: %w", err)
			return
		}
		stop := forwardSignals(program.Process)
		defer stop()
		ended <- codeOf(program.Wait())
	}()
	return <-ended
}

// isolate gives this thread a mount namespace in which a file stands for the hosts file.
func isolate(hosts string) error {
	err := syscall.Unshare(syscall.CLONE_NEWNS)
	if err == nil { // what is mounted from here on is nobody else's
		err = syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	}
	if err == nil {
		err = syscall.Mount(hosts, hostsFile, "", syscall.MS_BIND, "")
	}
	if errors.Is(err, os.ErrPermission) {
		return errNoRights
	}
	if err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	return nil
}

// codeOf is how a program ended, as shells say it.
func codeOf(err error) error {
	failed, is := errors.AsType[*exec.ExitError](err)
	if !is {
		return err
	}
	const killed = 128
	if status, known := failed.Sys().(syscall.WaitStatus); known && status.Signaled() {
		return term.Ended(killed + int(status.Signal()))
	}
	return term.Ended(failed.ExitCode())
}

// forwardSignals passes on what this process is sent. Ctrl-C of a terminal reaches both.
func forwardSignals(to *os.Process) (stop func()) {
	list := []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGINT, syscall.SIGQUIT}
	got := make(chan os.Signal, len(list))
	signal.Notify(got, list...)
	info, err := os.Stdin.Stat()
	atTerminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-got:
				if atTerminal && (s == syscall.SIGINT || s == syscall.SIGQUIT) {
					continue
				}
				_ = to.Signal(s) // it may have ended
			case <-done:
				return
			}
		}
	}()
	return func() { signal.Stop(got); close(done) }
}
