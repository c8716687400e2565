package pgtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// StandbyOf makes and starts a standby of a running cluster and waits until it streams.
// Its name is what synchronous_standby_names may list. The caller must Stop it.
func StandbyOf(ctx context.Context, primary *Cluster, name string) (*Cluster, error) {
	c, err := prepare(ctx)
	if err != nil {
		return nil, err
	}
	c.password = primary.password
	if err := c.copyOf(ctx, primary, name); err != nil {
		return nil, errors.Join(err, c.Stop())
	}
	return c, nil
}

func (c *Cluster) copyOf(ctx context.Context, primary *Cluster, name string) error {
	source := primary.DSN("postgres") + "&application_name=" + url.QueryEscape(name)
	if err := c.run(ctx, "pg_basebackup", "--pgdata="+c.data(), "--dbname="+source,
		"--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf", "--no-sync"); err != nil {
		return err
	}
	if err := c.start(ctx); err != nil {
		return err
	}
	return primary.Await(ctx, "postgres", "select exists (select 1 from pg_stat_replication where state = 'streaming' and application_name = "+literal(name)+")")
}

// Set changes settings of a running cluster that need no restart.
func (c *Cluster) Set(ctx context.Context, settings map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if err := c.Exec(ctx, "postgres", "alter system set "+quoted(name)+" = "+literal(settings[name])); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return c.Exec(ctx, "postgres", "select pg_reload_conf()")
}

// Synchronous has every commit wait for the named standbys, and waits until they are.
func (c *Cluster) Synchronous(ctx context.Context, names ...string) error {
	if err := c.Set(ctx, map[string]string{"synchronous_standby_names": strings.Join(names, ",")}); err != nil {
		return err
	}
	return c.Await(ctx, "postgres", fmt.Sprintf("select count(*) >= %d from pg_stat_replication where sync_state in ('sync', 'quorum', 'potential')", len(names)))
}

// Promote makes a standby the primary and waits until it accepts changes.
func (c *Cluster) Promote(ctx context.Context) error {
	if err := c.Exec(ctx, "postgres", "select pg_promote()"); err != nil {
		return err
	}
	return c.Await(ctx, "postgres", "select not pg_is_in_recovery()")
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
