// Command bench measures what a signed call costs: it runs the floor (RSA alone) and the
// server in one run on one machine, so that the two can be compared. The load generator
// is this process; it signs every request beforehand and looks at the status of each
// answer, not at its signature, so that its own work stays small.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := options{}
	flag.StringVar(&o.binary, "binary", "bin/favord", "the program to measure")
	flag.StringVar(&o.results, "results", "bench/results", "folder for the report; empty writes none")
	flag.IntVar(&o.calls, "calls", 3000, "calls of each kind")
	flag.IntVar(&o.clients, "clients", 16, "concurrent clients")
	flag.Parse()
	return run(ctx, o, os.Stdout)
}
