package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/favord/favord/internal/clock"
)

// options are what a run is asked to do.
type options struct {
	binary  string
	results string
	calls   int
	clients int
}

// starts is how often the start-up is measured.
const starts = 5

// run measures everything and reports it.
func run(ctx context.Context, o options, w io.Writer) error {
	info, err := os.Stat(o.binary)
	if err != nil {
		return fmt.Errorf("build the program first: %w", err)
	}
	r := report{machine: describeMachine(ctx), calls: o.calls, clients: o.clients, binaryBytes: info.Size()}
	progress("floor: RSA-2048 alone")
	if r.sign, r.verify, err = measureFloor(); err != nil {
		return err
	}
	progress("start-up")
	if err := measureStarts(ctx, o, &r); err != nil {
		return err
	}
	progress("signed calls")
	if err := measureCalls(ctx, o, &r); err != nil {
		return err
	}
	if err := r.print(w); err != nil {
		return err
	}
	return r.save(o.results)
}

// progress goes to the error stream, so that the output is the report alone.
func progress(what string) { fmt.Fprintln(os.Stderr, "bench:", what) }

// measureStarts takes the median time from the start of a process to its word that it is
// ready, with a new data directory and with one that exists.
func measureStarts(ctx context.Context, o options, r *report) error {
	var fresh, again []time.Duration
	for range starts {
		dir, err := os.MkdirTemp("", "favord-bench-")
		if err != nil {
			return err
		}
		for _, into := range []*[]time.Duration{&fresh, &again} {
			began := clock.System{}.Now()
			s, err := startServer(ctx, o.binary, dir)
			if err != nil {
				return errors.Join(err, os.RemoveAll(dir))
			}
			*into = append(*into, clock.System{}.Now().Sub(began))
			r.restBytes = s.residentBytes()
			if err := s.stop(); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	r.firstStart, r.nextStart = median(fresh), median(again)
	return nil
}
