package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/favord/favord/internal/load"
)

// report is everything that a run measured.
type report struct {
	machine machine
	options options
	took    time.Duration

	// floor is what servers are compared with: the mean of floors.
	floor  *floor
	floors []floor

	firstStart, nextStart time.Duration
	binaryBytes           int64
	restBytes             int64

	calls     []callFigures
	overloads []overloadFigures
	sales     []saleFigures
	spent     []spendFigures
	growth    []growthFigures
	codes     []codeFigures
	proofs    []proof
	noRedis   bool
}

// proof is something that a run had to leave true.
type proof struct {
	what  string
	holds bool
	found string
}

// errUnproved ends a run whose figures are worth nothing.
var errUnproved = errors.New("something was oversold or lost, see the report")

func (r *report) prove(p proof) {
	if !p.holds {
		progress("!!! NOT PROVED: %s: %s", p.what, p.found)
	}
	r.proofs = append(r.proofs, p)
}

// proved keeps the proofs of a load as one.
func (r *report) proved(what string, list []load.Proof) {
	p := proof{what: what, holds: true}
	for _, one := range list {
		if !one.Holds {
			p.holds = false
		}
		if one.Found.EN != "" {
			p.found += one.Found.EN + "; "
		}
	}
	r.prove(p)
}

func (r *report) addFloor(f floor) {
	r.floors = append(r.floors, f)
	mean := floor{}
	n := time.Duration(len(r.floors))
	for _, one := range r.floors {
		mean.sign += one.sign / n
		mean.verify += one.verify / n
		mean.signAlone += one.signAlone / n
		mean.verifyAlone += one.verifyAlone / n
	}
	r.floor = &mean
}

// sound reports whether everything was proved.
func (r *report) sound() error {
	for _, p := range r.proofs {
		if !p.holds {
			return errUnproved
		}
	}
	return nil
}

// save prints the report, and keeps it with its plot under the day and the commit.
func (r *report) save(w io.Writer) error {
	name := r.machine.at.Format(time.DateOnly) + "-" + r.machine.commit
	text := r.markdown(name + ".svg")
	if _, err := io.WriteString(w, text); err != nil {
		return err
	}
	if r.options.results == "" {
		return r.sound()
	}
	if err := os.MkdirAll(r.options.results, 0o750); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	for ending, content := range map[string]string{".md": text, ".svg": r.plot()} {
		path := filepath.Join(r.options.results, name+ending)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil { //nolint:gosec // for everybody to read
			return fmt.Errorf("results: %w", err)
		}
		progress("written to %s", path)
	}
	return r.sound()
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
