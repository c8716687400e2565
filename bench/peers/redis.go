package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Redis is a peer that runs a script in a Redis of its own. Use StartRedis.
type Redis struct {
	command *exec.Cmd
	dir     string
	address string
	script  string
	stocks  int
	idle    chan *resp
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
func StartRedis(ctx context.Context, program, policy string, stocks, connections int, l Limits) (*Redis, error) {
	dir, err := os.MkdirTemp("", "favord-redis-")
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	r := &Redis{dir: dir, stocks: stocks, idle: make(chan *resp, connections)}
	if err := r.start(ctx, program, policy); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	for range connections {
		c, err := dialRESP(ctx, r.address)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.idle <- c
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

// await waits until the server answers.
func (r *Redis) await(ctx context.Context) error {
	const patience, every = 10 * time.Second, 20 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		c, err := dialRESP(ctx, r.address)
		if err == nil {
			_, err = c.do("PING")
			err = errors.Join(err, c.close())
		}
		if err == nil {
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

// prepare makes the stocks and loads the script.
func (r *Redis) prepare(ctx context.Context, l Limits) error {
	c := <-r.idle
	defer func() { r.idle <- c }()
	now, err := r.seconds(c)
	if err != nil {
		return err
	}
	good := int64(validity / time.Second)
	for i := range r.stocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := c.do("HSET", key("stock", i), "state", "RUNNING", "begin_at", text(now-good), "end_at", text(now+good),
			"max_coupons", text(l.MaxCoupons), "max_per_user", text(l.MaxPerUser), "max_per_day", text(l.MaxPerDay),
			"issued", "0", "day", "0", "issued_today", "0"); err != nil {
			return err
		}
	}
	loaded, err := c.do("SCRIPT", "LOAD", script)
	r.script, _ = loaded.(string)
	return err
}

// seconds asks for the time.
func (r *Redis) seconds(c *resp) (int64, error) {
	answer, err := c.do("TIME")
	if err != nil {
		return 0, err
	}
	list, _ := answer.([]any)
	if len(list) == 0 {
		return 0, errMalformed
	}
	first, _ := list[0].(string)
	return strconv.ParseInt(first, 10, 64)
}

func key(what string, stock int) string { return what + ":" + strconv.Itoa(stock) }

func text(n int64) string { return strconv.FormatInt(n, 10) }

// Issue implements Peer.
func (r *Redis) Issue(_ context.Context, c Claim) (string, error) {
	conn := <-r.idle
	defer func() { r.idle <- conn }()
	now, code := c.At.Unix(), newCode()
	answer, err := conn.do("EVALSHA", r.script, "6",
		key("stock", c.Stock), key("holders", c.Stock), key("requests", c.Stock), couponPrefix+code, "user:"+c.User, "outbox",
		c.User, c.Number, code, text(now), text(now/secondsPerDay), c.payload(code))
	if err != nil {
		return "", err
	}
	got, is := answer.(string)
	if !is {
		return "", ErrRefused
	}
	return got, nil
}

// Totals implements Peer.
func (r *Redis) Totals(context.Context) (Totals, error) {
	c := <-r.idle
	defer func() { r.idle <- c }()
	var t Totals
	for i := range r.stocks {
		for _, one := range []struct {
			into  *int64
			words []string
		}{
			{&t.Counted, []string{"HGET", key("stock", i), "issued"}},
			{&t.Requests, []string{"HLEN", key("requests", i)}},
		} {
			answer, err := c.do(one.words...)
			if err != nil {
				return t, err
			}
			*one.into += number(answer)
		}
		held, err := c.do("HVALS", key("holders", i))
		if err != nil {
			return t, err
		}
		list, _ := held.([]any)
		for _, n := range list {
			t.MostPerUser = max(t.MostPerUser, number(n))
		}
	}
	events, err := c.do("LLEN", "outbox")
	if err != nil {
		return t, err
	}
	t.Events = number(events)
	t.Coupons, err = countCoupons(c)
	return t, err
}

// couponPrefix begins the key of every coupon.
const couponPrefix = "coupon:"

// countCoupons counts the keys of coupons. Nothing changes meanwhile, so each key comes; it
// may come twice.
func countCoupons(c *resp) (int64, error) {
	seen := map[string]bool{}
	for cursor := "0"; ; {
		answer, err := c.do("SCAN", cursor, "MATCH", couponPrefix+"*", "COUNT", "10000")
		if err != nil {
			return 0, err
		}
		page, _ := answer.([]any)
		if len(page) != 2 {
			return 0, errMalformed
		}
		keys, _ := page[1].([]any)
		for _, key := range keys {
			seen[fmt.Sprint(key)] = true
		}
		if cursor = fmt.Sprint(page[0]); cursor == "0" {
			return int64(len(seen)), nil
		}
	}
}

func number(answer any) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(fmt.Sprint(answer)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Pid is the process of the server.
func (r *Redis) Pid() int { return r.command.Process.Pid }

// Close implements Peer.
func (r *Redis) Close() error {
	for {
		select {
		case c := <-r.idle:
			_ = c.close() // the server ends anyway
			continue
		default:
		}
		break
	}
	var errs []error
	if r.command != nil {
		errs = append(errs, r.command.Process.Signal(os.Interrupt))
		_ = r.command.Wait() // how it ends is no result
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}
