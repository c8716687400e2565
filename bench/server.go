package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/favord/favord/internal/sandbox"
)

// server is the program under load.
type server struct {
	sandbox.Environment
	command *exec.Cmd
}

func startServer(ctx context.Context, binary, dir string) (*server, error) {
	ready := filepath.Join(dir, "ready.json")
	command := exec.CommandContext(ctx, binary, "dev", //nolint:gosec // the program to measure is named by the person who runs this
		"--data", dir, "--api", "127.0.0.1:0", "--manage", "127.0.0.1:0",
		"--ready-file", ready, "--quiet", "--unlimited")
	command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+dir, "FAVORD_LANG=en")
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
		if !strings.HasPrefix(scanner.Text(), "Try:") {
			continue
		}
		e, err := sandbox.ReadEnvironment(ready)
		return &server{Environment: e, command: command}, err
	}
	return nil, errors.Join(errors.New("the server ended before it was ready"), command.Wait())
}

func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// residentBytes is the memory that the process holds; 0 where the system does not say.
func (s *server) residentBytes() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.command.Process.Pid))
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// clockTick is the unit of CPU time in /proc, on every system that Go runs on.
const clockTick = 10 * time.Millisecond

// cpu is the processor time that the process has used; 0 where the system does not say.
func (s *server) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	// The name of the program may hold blanks; what follows it does not.
	const user, system = 11, 12
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0
	}
	ticks := 0
	for _, field := range []string{fields[user], fields[system]} {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}
