package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/store/pgtest"
)

// numbers is a flag with a list of numbers.
type numbers []int

// String implements flag.Value.
func (n *numbers) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint([]int(*n)), " ", ","), "[]")
}

// Set implements flag.Value.
func (n *numbers) Set(text string) error {
	*n = nil
	for part := range strings.SplitSeq(text, ",") {
		one, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || one < 1 {
			return errors.New("want numbers from 1, separated by commas")
		}
		*n = append(*n, one)
	}
	return nil
}

// bench is a run.
type bench struct {
	options
	report  report
	cluster *pgtest.Cluster
}

// part is a section of the report, which has one name or more.
type part struct {
	names []string
	run   func(b *bench, ctx context.Context) error
}

// Names of parts that run together.
const (
	partEngine = "engine"
	partPeers  = "peers"
)

func parts() []part {
	return []part{
		{[]string{"floor"}, (*bench).measureFloor},
		{[]string{"start"}, (*bench).measureStarts},
		{[]string{"http"}, (*bench).measureHTTP},
		{[]string{partEngine, partPeers}, (*bench).measureContest},
		{[]string{"spend"}, (*bench).measureSpending},
		{[]string{"growth"}, (*bench).measureGrowth},
		{[]string{"codes"}, (*bench).measureCodes},
	}
}

func partNames() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.names...)
	}
	return names
}

// wants tells whether a part was asked for.
func (o *options) wants(name string) bool {
	return o.parts == "" || slices.Contains(strings.Split(o.parts, ","), name)
}

// gcPercent is that of the server.
const gcPercent = 200

// run measures everything that is asked for and reports it.
func run(ctx context.Context, o options) (err error) {
	info, err := os.Stat(o.binary)
	if err != nil {
		return fmt.Errorf("build the program first: %w", err)
	}
	// The engine and its peers run in this process as they would in the server.
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	b := &bench{options: o}
	b.report = report{machine: describeMachine(ctx), binaryBytes: info.Size(), options: o}
	if o.postgres {
		defer func() { err = errors.Join(err, b.stopCluster()) }()
		if err := b.startCluster(ctx); err != nil {
			return err
		}
	}
	began := now()
	for _, p := range parts() {
		if !slices.ContainsFunc(p.names, o.wants) {
			continue
		}
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.names[0], err)
		}
	}
	b.report.took = now().Sub(began)
	return b.report.save(os.Stdout)
}

// settings are those of PostgreSQL that differ from its defaults: room for the hot part of
// a database, as anybody would give it. What makes commits durable stays as it is.
func settings() map[string]string {
	return map[string]string{"shared_buffers": "1GB", "max_wal_size": "4GB", "max_connections": "200"}
}

func (b *bench) startCluster(ctx context.Context) (err error) {
	progress("starting PostgreSQL")
	if b.cluster, err = pgtest.Start(ctx, pgtest.Options{Settings: settings()}); err != nil {
		return fmt.Errorf("%w (without it: -postgres=false)", err)
	}
	return nil
}

func (b *bench) stopCluster() error {
	if b.cluster == nil {
		return nil
	}
	return b.cluster.Stop()
}

// database makes an empty database and returns its URL.
func (b *bench) database(ctx context.Context, name string) (string, error) {
	if err := b.cluster.CreateDatabase(ctx, name, ""); err != nil {
		return "", err
	}
	return b.cluster.DSN(name), nil
}

// progress goes to the error stream, so that the output is the report alone.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

func now() time.Time { return clock.System{}.Now() }

func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[len(values)/2]
}
