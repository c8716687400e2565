// Command favord is the Favord server and its command line.
package main

import (
	"fmt"
	"os"

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
	signals, ctx, stop := listen()
	defer stop()
	state, err := config.StateDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, "favord:", err)
		return 1
	}
	return cli.Run(ctx, os.Args[1:], term.IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		English: config.English(), StateDir: state, Clock: clock.System{}, Env: config.Lookup,
		Width: config.TerminalWidth(os.Stdout), Bold: config.Colors(os.Stdout), Interactive: config.Interactive(os.Stdin, os.Stderr),
		Started: config.ProcessStart(clock.System{}.Now()), Hangups: signals.takeHangups,
	})
}
