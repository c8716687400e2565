package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// retryEvery is how often something that takes time is looked at.
const retryEvery = 20 * time.Millisecond

// DSN returns how to connect to a database as the owner of the cluster.
func (c *Cluster) DSN(database string) string {
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, c.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)), Path: database, RawQuery: "sslmode=disable",
	}
	return address.String()
}

// Exec runs one statement in a database.
func (c *Cluster) Exec(ctx context.Context, database, statement string) error {
	conn, err := pgx.Connect(ctx, c.DSN(database))
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Run runs statements in a database, one after the other.
func Run(ctx context.Context, dsn string, statements ...string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return errors.Join(fmt.Errorf("pgtest: %s: %w", statement, err), conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

// CreateDatabase makes a database: an empty one, or a copy of a template to which nobody
// is connected.
func (c *Cluster) CreateDatabase(ctx context.Context, name, template string) error {
	if template == "" {
		template = "template0"
	}
	return c.Exec(ctx, "postgres", "create database "+quoted(name)+" template "+quoted(template))
}

// DropDatabase removes a database and ends the connections to it.
func (c *Cluster) DropDatabase(ctx context.Context, name string) error {
	return c.Exec(ctx, "postgres", "drop database if exists "+quoted(name)+" with (force)")
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// template is a database that others are copied from.
type template struct {
	once sync.Once
	err  error
}

// Fresh returns the DSN of a new database for one test: a copy of what prepare makes of an
// empty one, which happens once for each name. It is dropped when the test ends.
func (c *Cluster) Fresh(tb testing.TB, name string, prepare func(dsn string) error) string {
	tb.Helper()
	ctx := tb.Context()
	t := c.template(name)
	t.once.Do(func() {
		if t.err = c.CreateDatabase(ctx, name, ""); t.err == nil {
			t.err = prepare(c.DSN(name))
		}
	})
	if t.err != nil {
		tb.Fatalf("prepare database %s: %v", name, t.err)
	}
	return c.fresh(tb, name)
}

// Empty returns the DSN of a new empty database for one test.
func (c *Cluster) Empty(tb testing.TB) string {
	tb.Helper()
	return c.fresh(tb, "")
}

func (c *Cluster) fresh(tb testing.TB, template string) string {
	tb.Helper()
	c.mu.Lock()
	c.databases++
	name := fmt.Sprintf("test_%d", c.databases)
	c.mu.Unlock()
	if err := c.CreateDatabase(tb.Context(), name, template); err != nil {
		tb.Fatalf("create database: %v", err)
	}
	tb.Cleanup(func() {
		if c.Pid() == 0 {
			return // the test ended the cluster
		}
		if err := c.DropDatabase(context.Background(), name); err != nil {
			tb.Errorf("drop database: %v", err)
		}
	})
	return c.DSN(name)
}

func (c *Cluster) template(name string) *template {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.templates[name]
	if t == nil {
		t = &template{}
		c.templates[name] = t
	}
	return t
}

// awaitReady waits until the server answers, or has ended.
func (c *Cluster) awaitReady(ctx context.Context, p *process) error {
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		err := c.Exec(ctx, "postgres", "select 1")
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("pgtest: PostgreSQL ended at once: %s", c.Log())
		case <-ctx.Done():
			return fmt.Errorf("pgtest: PostgreSQL does not answer: %w: %s", err, c.Log())
		case <-ticker.C:
		}
	}
}

// Await asks a database until a query returns true, such as whether a standby streams.
func (c *Cluster) Await(ctx context.Context, database, query string) error {
	conn, err := pgx.Connect(ctx, c.DSN(database))
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	ticker := time.NewTicker(retryEvery)
	defer ticker.Stop()
	for {
		var yes bool
		if err := conn.QueryRow(ctx, query).Scan(&yes); err != nil {
			return fmt.Errorf("pgtest: %s: %w", query, err)
		}
		if yes {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("pgtest: %s: %w", query, ctx.Err())
		case <-ticker.C:
		}
	}
}
