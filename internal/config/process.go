package config

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// Lookup returns an environment variable, empty when it is not set.
func Lookup(name string) string { return os.Getenv(name) }

// TerminalWidth is how many columns a terminal has; 0 when the stream goes elsewhere.
func TerminalWidth(stream *os.File) int {
	width, _, err := term.GetSize(int(stream.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// Interactive reports whether both streams are a terminal: a person reads what is asked on one, and
// answers on the other.
func Interactive(in, out *os.File) bool {
	return term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// Colors reports whether a terminal may be sent more than plain text: NO_COLOR asks for none.
func Colors(stream *os.File) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(stream.Fd()))
}

// ProcessStart is when the operating system started this process, to a hundredth of a second. Where the system does
// not tell, it is now.
func ProcessStart(now time.Time) time.Time {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return now
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return now
	}
	age, err := processAge(stat, uptime)
	if err != nil {
		return now
	}
	return now.Add(-age)
}

// processAge reads from proc(5) how old a process is.
func processAge(stat, uptime []byte) (time.Duration, error) {
	const (
		begun   = 19  // the place of starttime after the name of the command, which may contain anything but a newline
		perTick = 100 // ticks in a second, on every architecture that Go knows
	)
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= begun {
		return 0, strconv.ErrSyntax
	}
	ticks, err := strconv.ParseInt(string(fields[begun]), 10, 64)
	if err != nil {
		return 0, err
	}
	up, _, _ := strings.Cut(string(uptime), " ")
	seconds, err := strconv.ParseFloat(up, 64)
	if err != nil {
		return 0, err
	}
	age := time.Duration(seconds*float64(time.Second)) - time.Duration(ticks)*time.Second/perTick
	return max(0, age), nil
}
