package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// ErrNotRunning reports that no sandbox of this user answers.
var ErrNotRunning = fault.New(fault.Refused,
	"没有正在运行的沙箱，请先执行 favord dev",
	"No sandbox is running; start one with `favord dev`.")

// Announce leaves word of a running sandbox in dir, for Running to find. The function
// that it returns takes it back.
func Announce(dir string, e *Environment) (func() error, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	path := filepath.Join(dir, strconv.Itoa(os.Getpid())+".json")
	if err := e.WriteFile(path); err != nil {
		return nil, fmt.Errorf("announce: %w", err)
	}
	return func() error {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("announce: %w", err)
		}
		return nil
	}, nil
}

// Running returns the sandbox that was started last and still answers, or
// ErrNotRunning. Word of sandboxes that ended without taking it back is removed.
func Running(ctx context.Context, dir string) (Environment, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return Environment{}, fmt.Errorf("look for sandboxes: %w", err)
	}
	slices.SortFunc(files, func(a, b string) int { return modified(b).Compare(modified(a)) })
	for _, file := range files {
		e, err := ReadEnvironment(file)
		if err == nil && answers(ctx, e.APIURL) {
			return e, nil
		}
		_ = os.Remove(file) // it is only word of something that is gone
	}
	return Environment{}, ErrNotRunning
}

func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// dialTimeout is how long a sandbox on this machine may take to accept.
const dialTimeout = time.Second

func answers(ctx context.Context, link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
