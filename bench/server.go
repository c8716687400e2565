package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// startServer starts a sandbox on SQLite in dir, or on the database that is named.
func startServer(ctx context.Context, binary, dir, database string, flags ...string) (*server, error) {
	ready := filepath.Join(dir, "ready.json")
	args := []string{
		"dev", "--data", dir, "--api", "127.0.0.1:0", "--manage", "127.0.0.1:0", "--no-proxy",
		"--ready-file", ready, "--quiet", "--unlimited",
	}
	args = append(args, flags...)
	if database != "" {
		args = append(args, "--database", database)
	}
	command := exec.CommandContext(ctx, binary, args...) //nolint:gosec // named by the person who runs this
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

func (s *server) pid() int { return s.command.Process.Pid }

func (s *server) cpu() time.Duration { return cpuOf(s.pid()) }

// measureStarts takes the median time from the start of a process to its word that it is
// ready, with a new data directory and with one that exists.
func (b *bench) measureStarts(ctx context.Context) error {
	progress("start-up")
	const starts = 5
	var fresh, again []time.Duration
	for range starts {
		dir, err := os.MkdirTemp("", "favord-bench-")
		if err != nil {
			return err
		}
		for _, into := range []*[]time.Duration{&fresh, &again} {
			began := now()
			s, err := startServer(ctx, b.binary, dir, "")
			if err != nil {
				return errors.Join(err, os.RemoveAll(dir))
			}
			*into = append(*into, now().Sub(began))
			b.report.restBytes = residentBytes(s.pid())
			if err := s.stop(); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	b.report.firstStart, b.report.nextStart = median(fresh), median(again)
	return nil
}
