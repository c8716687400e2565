package pgstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/store/pgtest"
)

// exec changes a database behind favord's back.
func exec(tb testing.TB, dsn, statement string) {
	tb.Helper()
	conn := connect(tb, dsn)
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(tb.Context(), statement); err != nil {
		tb.Fatal(err)
	}
}

// ask reads one value of a database.
func ask[T any](tb testing.TB, dsn, query string) T {
	tb.Helper()
	conn := connect(tb, dsn)
	defer func() { _ = conn.Close(context.Background()) }()
	var answer T
	if err := conn.QueryRow(tb.Context(), query).Scan(&answer); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return answer
}

func connect(tb testing.TB, dsn string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), dsn)
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}

// cluster starts a cluster that one test has for itself.
func cluster(t *testing.T) *pgtest.Cluster {
	t.Helper()
	c, err := pgtest.Start(t.Context(), pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// with changes a DSN.
func with(tb testing.TB, dsn string, change func(*url.URL)) string {
	tb.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	change(address)
	return address.String()
}

// wire stands between a store and PostgreSQL, counts round trips, and can break.
type wire struct {
	// cutCommits is how many answers to a commit are withheld: the connection breaks in
	// their place.
	cutCommits atomic.Int64
	trips      atomic.Int64

	target   string
	listener net.Listener
	running  sync.WaitGroup
}

// through returns the DSN of a wire in front of a database.
func through(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener}
	changed := with(t, dsn, func(u *url.URL) { w.target, u.Host = u.Host, listener.Addr().String() })
	w.running.Go(w.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		w.running.Wait()
	})
	return w, changed
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		var asked atomic.Bool
		cut := func() { _ = errors.Join(client.Close(), server.Close()) }
		w.running.Go(func() {
			defer cut()
			pipe(server, client, func([]byte) bool { asked.Store(true); return true })
		})
		w.running.Go(func() {
			defer cut()
			pipe(client, server, func(answer []byte) bool {
				if asked.Swap(false) {
					w.trips.Add(1)
				}
				return !bytes.Contains(answer, []byte("COMMIT\x00")) || w.cutCommits.Add(-1) < 0
			})
		})
	}
}

// pipe copies until either end closes, or look says to stop.
func pipe(to io.Writer, from io.Reader, look func([]byte) bool) {
	buffer := make([]byte, 64*1024)
	for {
		n, err := from.Read(buffer)
		if err != nil || !look(buffer[:n]) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
