// Command favord is the Favord server and its command line.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	_ "golang.org/x/crypto/x509roots/fallback" // for a machine without certificates, such as an empty container

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/cli"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/config"
)

func main() {
	os.Exit(run())
}

// run gives a first signal to the command, which finishes what it does; a second one
// ends the process at once.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop)
	state, err := config.StateDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, "favord:", err)
		return 1
	}
	return cli.Run(ctx, os.Args[1:], term.IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		English: config.English(), StateDir: state, Clock: clock.System{}, Env: config.Lookup,
		Width: config.TerminalWidth(os.Stdout), Bold: config.Colors(os.Stdout),
		Started: config.ProcessStart(clock.System{}.Now()),
	})
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
