package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"

	"github.com/redis/rueidis"
)

// Redis is a peer that runs a script in a Redis of its own. Use StartRedis.
type Redis struct {
	command *exec.Cmd
	dir     string
	address string
	stocks  int
	issue   *rueidis.Lua
	client  rueidis.Client
}

// FindRedis returns the server program, or false when it is not installed.
func FindRedis() (string, bool) {
	path, err := exec.LookPath("redis-server")
	return path, err == nil
}

// script is the whole issue. A coupon is a hash of its own, since it will be redeemed, and
// a user's coupons are a list, since they will be shown. The effects go into the append-only
// file as one transaction.
const script = `
local known = redis.call('HGET', KEYS[3], ARGV[1] .. '|' .. ARGV[2])
if known then return known end
local s = redis.call('HMGET', KEYS[1], 'state', 'begin_at', 'end_at', 'max_coupons', 'max_per_user', 'max_per_day', 'issued', 'day', 'issued_today')
local now = tonumber(ARGV[4])
local today = 0
if s[8] == ARGV[5] then today = tonumber(s[9]) end
local held = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
if s[1] ~= 'RUNNING' or now < tonumber(s[2]) or now > tonumber(s[3]) or tonumber(s[7]) >= tonumber(s[4])
  or today >= tonumber(s[6]) or held >= tonumber(s[5]) then
  return false
end
redis.call('HSET', KEYS[1], 'issued', tonumber(s[7]) + 1, 'day', ARGV[5], 'issued_today', today + 1)
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('HSET', KEYS[3], ARGV[1] .. '|' .. ARGV[2], ARGV[3])
redis.call('HSET', KEYS[4], 'stock', KEYS[1], 'holder', ARGV[1], 'number', ARGV[2], 'state', 'SENDED', 'received_at', ARGV[4])
redis.call('RPUSH', KEYS[5], ARGV[3])
redis.call('RPUSH', KEYS[6], ARGV[6])
return ARGV[3]`

// StartRedis starts a server whose append-only file is synced as policy says, always or
// everysec, and makes stocks in it.
func StartRedis(ctx context.Context, program, policy string, stocks int, l Limits) (*Redis, error) {
	dir, err := os.MkdirTemp("", "favord-redis-")
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	r := &Redis{dir: dir, stocks: stocks, issue: rueidis.NewLuaScript(script)}
	if err := r.start(ctx, program, policy); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.prepare(ctx, l); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Redis) start(ctx context.Context, program, policy string) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	r.address = net.JoinHostPort("127.0.0.1", port)
	r.command = exec.CommandContext(ctx, program, "--bind", "127.0.0.1", "--port", port, "--dir", r.dir, //nolint:gosec // found in PATH
		"--save", "", "--appendonly", "yes", "--appendfsync", policy, "--maxclients", "4000", "--daemonize", "no")
	if err := r.command.Start(); err != nil {
		r.command = nil
		return fmt.Errorf("peers: start redis: %w", err)
	}
	return r.await(ctx)
}

// await waits until the server answers, and keeps the client that it answered.
func (r *Redis) await(ctx context.Context) error {
	const patience, every = 10 * time.Second, 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{r.address}, DisableCache: true})
		if err == nil {
			r.client = client
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("peers: redis does not answer: %w", err)
		}
	}
}

func freePort(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("peers: free port: %w", err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}

// prepare makes the stocks.
func (r *Redis) prepare(ctx context.Context, l Limits) error {
	now, err := r.seconds(ctx)
	if err != nil {
		return err
	}
	good := int64(validity / time.Second)
	for i := range r.stocks {
		if err := r.client.Do(ctx, r.client.B().Hset().Key(key("stock", i)).FieldValue().
			FieldValue("state", "RUNNING").FieldValue("begin_at", text(now-good)).FieldValue("end_at", text(now+good)).
			FieldValue("max_coupons", text(l.MaxCoupons)).FieldValue("max_per_user", text(l.MaxPerUser)).FieldValue("max_per_day", text(l.MaxPerDay)).
			FieldValue("issued", "0").FieldValue("day", "0").FieldValue("issued_today", "0").Build()).Error(); err != nil {
			return fmt.Errorf("peers: make stock: %w", err)
		}
	}
	return nil
}

// seconds asks for the time.
func (r *Redis) seconds(ctx context.Context) (int64, error) {
	list, err := r.client.Do(ctx, r.client.B().Time().Build()).AsIntSlice()
	if err != nil || len(list) == 0 {
		return 0, fmt.Errorf("peers: ask for the time: %w", err)
	}
	return list[0], nil
}

func key(what string, stock int) string { return what + ":" + strconv.Itoa(stock) }

func text(n int64) string { return strconv.FormatInt(n, 10) }

// Issue implements Peer. The client sends what callers ask at one time together.
func (r *Redis) Issue(ctx context.Context, c Claim) (string, error) {
	now, code := c.At.Unix(), newCode()
	got, err := r.issue.Exec(ctx, r.client, []string{
		key("stock", c.Stock), key("holders", c.Stock), key("requests", c.Stock), couponPrefix + code, "user:" + c.User, "outbox",
	}, []string{c.User, c.Number, code, text(now), text(now / secondsPerDay), c.payload(code)}).ToString()
	if rueidis.IsRedisNil(err) {
		return "", ErrRefused
	}
	return got, err
}

// Totals implements Peer.
func (r *Redis) Totals(ctx context.Context) (t Totals, err error) {
	for i := range r.stocks {
		counted, err := r.client.Do(ctx, r.client.B().Hget().Key(key("stock", i)).Field("issued").Build()).AsInt64()
		if err != nil {
			return t, fmt.Errorf("peers: count: %w", err)
		}
		requests, err := r.client.Do(ctx, r.client.B().Hlen().Key(key("requests", i)).Build()).AsInt64()
		if err != nil {
			return t, fmt.Errorf("peers: count: %w", err)
		}
		held, err := r.client.Do(ctx, r.client.B().Hvals().Key(key("holders", i)).Build()).AsIntSlice()
		if err != nil {
			return t, fmt.Errorf("peers: count: %w", err)
		}
		t.Counted, t.Requests = t.Counted+counted, t.Requests+requests
		t.MostPerUser = slices.Max(append(held, t.MostPerUser))
	}
	if t.Events, err = r.client.Do(ctx, r.client.B().Llen().Key("outbox").Build()).AsInt64(); err != nil {
		return t, fmt.Errorf("peers: count: %w", err)
	}
	t.Coupons, err = r.countCoupons(ctx)
	return t, err
}

// couponPrefix begins the key of every coupon.
const couponPrefix = "coupon:"

// countCoupons counts the keys of coupons. Nothing changes meanwhile, so each key comes; it
// may come twice.
func (r *Redis) countCoupons(ctx context.Context) (int64, error) {
	const page = 10_000
	seen := map[string]bool{}
	for cursor := uint64(0); ; {
		found, err := r.client.Do(ctx, r.client.B().Scan().Cursor(cursor).Match(couponPrefix+"*").Count(page).Build()).AsScanEntry()
		if err != nil {
			return 0, fmt.Errorf("peers: count: %w", err)
		}
		for _, key := range found.Elements {
			seen[key] = true
		}
		if cursor = found.Cursor; cursor == 0 {
			return int64(len(seen)), nil
		}
	}
}

// Pid is the process of the server.
func (r *Redis) Pid() int { return r.command.Process.Pid }

// Close implements Peer.
func (r *Redis) Close() error {
	if r.client != nil {
		r.client.Close()
	}
	var errs []error
	if r.command != nil {
		errs = append(errs, r.command.Process.Signal(os.Interrupt))
		_ = r.command.Wait() // how it ends is no result
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}
