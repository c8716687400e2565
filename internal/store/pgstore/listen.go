package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/favord/favord/internal/rule/merchant"
)

// Pauses between attempts to listen.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// listenNow has a connection hear what changes. It may be said again.
const listenNow = "listen favord"

// silence is after how long without news a connection is asked whether it is alive, and within which
// it must answer. While nobody hears, anything may have changed as often.
const silence = time.Second

// ear tells those who asked what has changed. It listens, on a connection of its own, to
// what other nodes change, from the first who asks until it is closed. The zero value is
// ready to use.
type ear struct {
	mu      sync.Mutex
	fns     []func(owner merchant.ID)
	cancel  context.CancelFunc
	closed  bool
	running sync.WaitGroup
}

func (e *ear) add(fn func(owner merchant.ID)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fns = append(e.fns, fn)
}

// open begins to listen, unless it does.
func (e *ear) open(config *pgx.ConnConfig) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cancel != nil || e.closed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.running.Go(func() { e.listen(ctx, config) })
}

// close ends listening and waits until nobody is told any more.
func (e *ear) close() {
	e.mu.Lock()
	e.closed = true
	cancel := e.cancel
	e.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	e.running.Wait()
}

// tell tells everybody that data of these merchants changed.
func (e *ear) tell(owners map[merchant.ID]bool) {
	if len(owners) == 0 {
		return
	}
	e.mu.Lock()
	fns := e.fns
	e.mu.Unlock()
	for owner := range owners {
		for _, fn := range fns {
			fn(owner)
		}
	}
}

// listen hears until ctx ends, with longer and longer pauses while nobody answers.
func (e *ear) listen(ctx context.Context, config *pgx.ConnConfig) {
	pause := firstPause
	for ctx.Err() == nil {
		if heard := e.hear(ctx, config); heard {
			pause = firstPause
		}
		e.beDeaf(ctx, pause)
		pause = min(2*pause, lastPause)
	}
}

// beDeaf waits, and tells all the while that anything may have changed.
func (e *ear) beDeaf(ctx context.Context, pause time.Duration) {
	for ; pause > 0 && ctx.Err() == nil; pause -= silence {
		e.tell(anything())
		timer := time.NewTimer(min(pause, silence))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// anything is whose data has changed when nobody knows.
func anything() map[merchant.ID]bool { return map[merchant.ID]bool{"": true} }

// hear listens on one connection until it breaks. What happened before it listened is
// unknown, so that anything may have changed. It reports whether it got so far.
func (e *ear) hear(ctx context.Context, config *pgx.ConnConfig) bool {
	conn, err := listener(ctx, config)
	if err != nil {
		return false
	}
	defer closeQuietly(ctx, conn)
	e.tell(anything())
	for {
		news, err := next(ctx, conn)
		switch {
		case err != nil:
			return true
		case news != nil:
			e.tell(map[merchant.ID]bool{merchant.ID(news.Payload): true})
		}
	}
}

// next waits for news; there is none after a silence through which the connection lived.
func next(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	waiting, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	news, err := conn.WaitForNotification(waiting)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return news, err
	}
	asking, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, err = conn.Exec(asking, listenNow)
	return nil, err
}

func listener(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := conn.Exec(ctx, listenNow); err != nil {
		closeQuietly(ctx, conn)
		return nil, fmt.Errorf("listen: %w", err)
	}
	return conn, nil
}

// closeQuietly ends a connection that nobody needs any more.
func closeQuietly(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
	defer cancel()
	_ = conn.Close(ctx)
}
