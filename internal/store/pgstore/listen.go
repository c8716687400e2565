package pgstore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/favord/favord/internal/rule/merchant"
)

// Pauses between attempts to listen.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

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
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		pause = min(2*pause, lastPause)
	}
}

// hear listens on one connection until it breaks. What happened before it listened is
// unknown, so that anything may have changed. It reports whether it got so far.
func (e *ear) hear(ctx context.Context, config *pgx.ConnConfig) bool {
	conn, err := listener(ctx, config)
	if err != nil {
		return false
	}
	defer closeQuietly(ctx, conn)
	e.tell(map[merchant.ID]bool{"": true})
	for {
		news, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true
		}
		e.tell(map[merchant.ID]bool{merchant.ID(news.Payload): true})
	}
}

func listener(ctx context.Context, config *pgx.ConnConfig) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if _, err := conn.Exec(ctx, "listen favord"); err != nil {
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
