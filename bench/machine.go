package main

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// machine says where a run took place.
type machine struct {
	cpu, system, compiler, commit string
	// load is how many processes wanted to run before the run began: on a quiet machine
	// less than one.
	load  string
	cores int
	at    time.Time
}

func describeMachine(ctx context.Context) machine {
	return machine{
		cpu: cpuModel(), system: runtime.GOOS + "/" + runtime.GOARCH, compiler: runtime.Version(),
		commit: commit(ctx), load: loadAverage(), cores: runtime.NumCPU(), at: now().UTC(),
	}
}

func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) == 0 {
		return "unknown"
	}
	return fields[0]
}

func commit(ctx context.Context) string {
	output, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(output))
}
