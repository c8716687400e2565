package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of CPU time in /proc, on every system that Go runs on.
const clockTick = 10 * time.Millisecond

// process is what /proc says about one.
type process struct {
	parent int
	// own is the processor time of the process, reaped that of its children which
	// have ended.
	own, reaped time.Duration
}

// readProcess reads /proc/PID/stat. It reports false where the system has none, and for
// processes that are gone.
func readProcess(pid string) (process, bool) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return process{}, false
	}
	return parseProcess(string(text))
}

func parseProcess(text string) (process, bool) {
	// The name of the program stands in brackets and may hold anything.
	end := strings.LastIndexByte(text, ')')
	if end < 0 {
		return process{}, false
	}
	fields := strings.Fields(text[end+1:])
	const parent, user, system, childUser, childSystem = 1, 11, 12, 13, 14
	if len(fields) <= childSystem {
		return process{}, false
	}
	number := func(i int) int {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return 0
		}
		return n
	}
	return process{
		parent: number(parent),
		own:    time.Duration(number(user)+number(system)) * clockTick,
		reaped: time.Duration(number(childUser)+number(childSystem)) * clockTick,
	}, true
}

// cpuOf is the processor time that a process has used; 0 where the system does not say.
func cpuOf(pid int) time.Duration {
	p, _ := readProcess(strconv.Itoa(pid))
	return p.own
}

// ownCPU is the processor time of this process.
func ownCPU() time.Duration { return cpuOf(os.Getpid()) }

// treeCPU is the processor time of a process and all its children, as PostgreSQL has one
// for each connection.
func treeCPU(root int) time.Duration {
	if root == 0 {
		return 0
	}
	p, found := readProcess(strconv.Itoa(root))
	if !found {
		return 0
	}
	total := p.own + p.reaped
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return total
	}
	for _, path := range all {
		if child, found := readProcess(filepath.Base(path)); found && child.parent == root {
			total += child.own + child.reaped
		}
	}
	return total
}

// residentBytes is the memory that a process holds; 0 where the system does not say.
func residentBytes(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
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
