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
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// ErrNotRunning reports that no sandbox of this user answers.
var ErrNotRunning = fault.New(fault.Refused,
	"没有正在运行的沙箱：请执行 favord dev，或以 --manage-url、--base-url、FAVORD_MANAGE_URL 或 favord context 指明服务器",
	"No sandbox is running: start one with `favord dev`, or name a server by --manage-url, --base-url, FAVORD_MANAGE_URL or `favord context`.")

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

// Found is a sandbox that runs, and the file with word of it.
type Found struct {
	Environment
	File string
}

// Running returns the sandboxes of this user that answer, the newest first; none is no error.
// Word of sandboxes that ended without taking it back is removed.
func Running(ctx context.Context, dir string) ([]Found, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("look for sandboxes: %w", err)
	}
	files = slices.DeleteFunc(files, func(file string) bool { return !isWord(file) })
	slices.SortFunc(files, func(a, b string) int { return modified(b).Compare(modified(a)) })
	var found []Found
	for _, file := range files {
		e, err := ReadEnvironment(file)
		replaced := slices.ContainsFunc(found, func(f Found) bool { return f.APIURL == e.APIURL })
		if err != nil || replaced || !answers(ctx, e.APIURL) {
			_ = os.Remove(file) // it is only word of something that is gone
			continue
		}
		found = append(found, Found{Environment: e, File: file})
	}
	return found, nil
}

// isWord reports the name of a file that Announce writes: the number of a process.
func isWord(file string) bool {
	_, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(file), ".json"))
	return err == nil
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
