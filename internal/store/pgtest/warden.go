package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// wardenScript in words: learn the pid of the server from each line; end quietly when told
// that all is done; when the lines end without that, the test is dead: end the server and
// remove its directory.
const wardenScript = `
pid=
while read -r line; do
	case "$line" in
	done) exit 0 ;;
	*) pid=$line ;;
	esac
done
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	tries=0
	while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
fi
until rm -rf "$1" || [ $tries -ge 110 ]; do
	sleep 0.1
	tries=$((tries + 1))
done`

// warden is a small process that outlives this one, to tidy up after it.
type warden struct {
	command *exec.Cmd
	orders  io.WriteCloser
}

func watch(ctx context.Context, dir string) (*warden, error) {
	command := exec.CommandContext(context.WithoutCancel(ctx), //nolint:gosec // the directory is our own
		"/bin/sh", "-c", wardenScript, "favord-pgtest-warden", dir)
	command.Dir = "/"
	command.SysProcAttr = apart()
	orders, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("pgtest: start warden: %w", err)
	}
	return &warden{command: command, orders: orders}, nil
}

// guard tells the warden which process to end.
func (w *warden) guard(pid int) error {
	_, err := fmt.Fprintln(w.orders, pid)
	return err
}

// dismiss ends the warden, who then has nothing to do.
func (w *warden) dismiss() error {
	_, err := fmt.Fprintln(w.orders, "done")
	return errors.Join(err, w.orders.Close(), w.command.Wait())
}
