// Command bench measures what an issue costs, in one run on one machine: the signatures
// alone, the server over HTTP, the engine without HTTP and signatures, others who do the
// same work, and what growth changes. After every run it proves that nothing was oversold
// or lost. Progress goes to the error stream; the report is Markdown with a plot.
//
// Server, databases and load generator share the machine, so the figures to read are CPU
// time and ratios; calls per second come second.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// options are what a run is asked to do.
type options struct {
	binary   string
	results  string
	dir      string
	parts    string
	duration time.Duration
	rounds   int
	clients  numbers
	users    int
	coupons  int
	stocks   int
	codes    int
	postgres bool
}

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	o := options{clients: numbers{64, 256, 1024}}
	flag.StringVar(&o.binary, "binary", "bin/favord", "the program to measure")
	flag.StringVar(&o.results, "results", "bench/results", "folder for the report; empty writes none")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder for the databases, on the disk to measure")
	flag.StringVar(&o.parts, "parts", "", "comma-separated parts to run: "+strings.Join(partNames(), ", ")+"; empty runs all")
	flag.DurationVar(&o.duration, "duration", 3*time.Second, "length of each measurement")         //nolint:mnd // a default
	flag.IntVar(&o.rounds, "rounds", 3, "rounds of the engine and its peers, whose middle counts") //nolint:mnd // a default
	flag.Var(&o.clients, "clients", "numbers of clients of the engine and its peers")
	flag.IntVar(&o.users, "users", 100_000, "registered users")
	flag.IntVar(&o.coupons, "coupons", 1_000_000, "coupons to grow to; up to 10,000,000")
	flag.IntVar(&o.stocks, "stocks", 10_000, "stocks to grow to; up to 1,000,000")
	flag.IntVar(&o.codes, "codes", 1_000_000, "uploaded codes to pick from")
	flag.BoolVar(&o.postgres, "postgres", true, "measure on PostgreSQL too")
	flag.Parse()
	// Databases and the server's data go where the measured disk is.
	if err := os.Setenv("TMPDIR", o.dir); err != nil {
		return err
	}
	return run(ctx, o)
}
