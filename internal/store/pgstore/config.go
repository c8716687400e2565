package pgstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/planted"
)

// Bounds of a connection.
const (
	// defaultConnections is how many there are at most when nobody says: each holds
	// one transaction, which gathers many calls.
	defaultConnections = 16
	// connectWithin bounds the making of one.
	connectWithin = 5 * time.Second
	// statementWithin is how long the server works on a statement, waiting for locks
	// and for a standby included.
	statementWithin = 30 * time.Second
	// idleWithin is how long a transaction may be open without a statement: so long
	// can a node that died keep others from a stock.
	idleWithin = 10 * time.Second
	// answerWithin is how long to wait for an answer from a server that may be gone.
	answerWithin = statementWithin + 5*time.Second
)

// sessionSettings hold for every connection, where the DSN does not say otherwise. Plans
// must not depend on statistics: a plan that was made while a table was empty is kept when
// the table has grown. Each statement has one index that serves it, so the ways around it
// are closed, and the plan is made once.
func sessionSettings() map[string]string {
	return map[string]string{
		"application_name":                    "favord",
		"statement_timeout":                   milliseconds(statementWithin),
		"idle_in_transaction_session_timeout": milliseconds(idleWithin),
		"client_min_messages":                 "warning",
		"plan_cache_mode":                     "force_generic_plan",
		"enable_seqscan":                      "off",
		"enable_hashjoin":                     "off",
		"enable_mergejoin":                    "off",
		"enable_bitmapscan":                   "off",
		"jit":                                 "off",
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// configure turns options into those of the driver.
func configure(o Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(o.DSN)
	if err != nil {
		return nil, errDSN()
	}
	switch {
	case o.Connections > 0:
		config.MaxConns = int32(min(o.Connections, maxConnections))
	case !strings.Contains(o.DSN, "pool_max_conns"):
		config.MaxConns = defaultConnections
	}
	conn := config.ConnConfig
	settings := sessionSettings()
	maps.Copy(settings, conn.RuntimeParams)
	conn.RuntimeParams = settings
	conn.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	conn.OnNotice = noteWarning
	config.AfterConnect = adapt
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connectWithin
	}
	if !strings.Contains(o.DSN, "target_session_attrs") {
		conn.ValidateConnect = mustAcceptChanges
	}
	return config, nil
}

// adapt makes a new connection ready. It has a distributed database plan each statement for the owner that it names: a plan for any
// owner would ask every worker.
func adapt(ctx context.Context, conn *pgx.Conn) error {
	writeArrays(conn)
	return conn.PgConn().ExecParams(ctx, `
		select set_config('plan_cache_mode', 'auto', false)
		where to_regclass('pg_dist_partition') is not null`, nil, nil, nil, nil).Read().Err
}

// maxConnections is more than any server takes.
const maxConnections = 10_000

// errReadOnly reports a server that accepts no changes: a standby, or one that was set so.
var errReadOnly = errors.New("pgstore: the server is read-only")

// mustAcceptChanges turns a read-only server down, so that the next host is tried.
func mustAcceptChanges(ctx context.Context, conn *pgconn.PgConn) error {
	result := conn.ExecParams(ctx, "show transaction_read_only", nil, nil, nil, nil).Read()
	if result.Err != nil {
		return result.Err
	}
	if len(result.Rows) == 1 && string(result.Rows[0][0]) == "on" {
		return errReadOnly
	}
	return nil
}

// server is what one says about itself.
type server struct {
	version                             int
	encoding                            string
	fsync, fullPages, commits, readOnly string
	now                                 time.Time
}

// inspect asks a server about itself.
func inspect(ctx context.Context, conn *pgx.Conn) (server, error) {
	var s server
	err := conn.QueryRow(ctx, `
		select current_setting('server_version_num')::integer, current_setting('server_encoding'),
		       current_setting('fsync'), current_setting('full_page_writes'),
		       current_setting('synchronous_commit'), current_setting('transaction_read_only'),
		       clock_timestamp()`).Scan(&s.version, &s.encoding, &s.fsync, &s.fullPages, &s.commits, &s.readOnly, &s.now)
	if err != nil {
		return server{}, fmt.Errorf("inspect server: %w", err)
	}
	return s, nil
}

// oldest is the version of PostgreSQL below which nothing is tested.
const oldest = 150_000

// check refuses a server that would not keep what was acknowledged, or cannot work.
func (s *server) check() error {
	const off = "off"
	switch {
	case s.version < oldest:
		return errOld(s.version)
	case s.encoding != "UTF8":
		return errEncoding(s.encoding)
	case s.readOnly == "on":
		return errReadOnly
	case s.fsync == off:
		return errUnsafe("fsync", "断电会损坏数据库", "a power cut destroys the database")
	case s.fullPages == off:
		return errUnsafe("full_page_writes", "断电会损坏数据库", "a power cut destroys the database")
	case s.commits == off && !planted.PostgresUnsafe.In():
		return errUnsafe("synchronous_commit", "断电会丢失已应答的券", "a power cut loses coupons that were acknowledged")
	}
	return nil
}

// maxSkew is by how much the clocks of a node and of the database may differ: what one
// node decides by its clock, others must agree with.
const maxSkew = 2 * time.Second

// checkClock compares the server's time with a clock that was read before and after.
func (s *server) checkClock(before, after time.Time) error {
	if before.IsZero() {
		return nil
	}
	skew := max(before.Sub(s.now), s.now.Sub(after))
	if skew <= maxSkew {
		return nil
	}
	seconds := strconv.FormatFloat(skew.Seconds(), 'f', 1, 64)
	return fault.New(fault.Refused,
		"本机与数据库服务器的时钟相差"+seconds+"秒（最多允许2秒），请校准时钟",
		"The clocks of this machine and of the database differ by "+seconds+" seconds, at most 2 are allowed; set them right.")
}
