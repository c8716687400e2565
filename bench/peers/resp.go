package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// resp is a connection that speaks Redis' protocol, as much of it as is needed here. It
// serves one caller at a time.
type resp struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func dialRESP(ctx context.Context, address string) (*resp, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	return &resp{conn: conn, in: bufio.NewReader(conn)}, nil
}

// redisError is an error that Redis answered.
type redisError string

// Error implements error.
func (e redisError) Error() string { return "peers: redis: " + string(e) }

// do sends a command and reads its answer: a string, an int64, nil or a list of those.
func (r *resp) do(words ...string) (any, error) {
	r.out = append(r.out[:0], '*')
	r.out = strconv.AppendInt(r.out, int64(len(words)), 10)
	r.out = append(r.out, "\r\n"...)
	for _, word := range words {
		r.out = append(r.out, '$')
		r.out = strconv.AppendInt(r.out, int64(len(word)), 10)
		r.out = append(r.out, "\r\n"...)
		r.out = append(r.out, word...)
		r.out = append(r.out, "\r\n"...)
	}
	if _, err := r.conn.Write(r.out); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	return r.read()
}

var errMalformed = errors.New("peers: an answer of Redis is malformed")

func (r *resp) read() (any, error) {
	line, err := r.in.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return nil, errMalformed
	}
	kind, rest := line[0], line[1:len(line)-2]
	switch kind {
	case '+':
		return rest, nil
	case '-':
		return nil, redisError(rest)
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return nil, errMalformed
	}
	switch {
	case kind == ':':
		return n, nil
	case n < 0 && (kind == '$' || kind == '*'):
		return nil, nil
	case kind == '$':
		return r.bulk(n)
	case kind == '*':
		return r.list(n)
	}
	return nil, errMalformed
}

func (r *resp) bulk(size int64) (any, error) {
	const most = 1 << 29 // as in Redis
	if size > most {
		return nil, errMalformed
	}
	text := make([]byte, size+2)
	if _, err := io.ReadFull(r.in, text); err != nil {
		return nil, fmt.Errorf("peers: %w", err)
	}
	return string(text[:size]), nil
}

func (r *resp) list(size int64) (any, error) {
	var list []any
	for range size {
		one, err := r.read()
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func (r *resp) close() error { return r.conn.Close() }
