package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// signals are what the process is told from outside.
type signals struct {
	told chan os.Signal
	// hangups gets SIGHUP while a server runs that reads its configuration again; else it
	// ends the command like the others.
	hangups atomic.Pointer[chan os.Signal]
}

// endings are the signals that end a command. A terminal that is closed sends SIGHUP, unless
// nohup lets the command outlive it.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// listen returns a context that the first signal ends. A second one ends the process at once.
func listen() (*signals, context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &signals{told: make(chan os.Signal, 1)}
	signal.Notify(s.told, endings()...)
	go func() {
		for {
			select {
			case told := <-s.told:
				if taken := s.hangups.Load(); told == syscall.SIGHUP && taken != nil {
					select {
					case *taken <- told:
					default: // it is to read its configuration already
					}
					continue
				}
				cancel()
			case <-ctx.Done():
			}
			signal.Stop(s.told)
			return
		}
	}()
	return s, ctx, cancel
}

// takeHangups has SIGHUP sent to the channel until the function is called, also under nohup.
func (s *signals) takeHangups() (<-chan os.Signal, func()) {
	taken := make(chan os.Signal, 1)
	s.hangups.Store(&taken)
	signal.Notify(s.told, syscall.SIGHUP)
	return taken, func() { s.hangups.Store(nil) }
}
