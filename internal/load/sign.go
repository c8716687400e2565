package load

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/favord/favord/apiv3"
)

// Call is what a client asks for.
type Call struct {
	Method string
	// Target is path and query, escaped.
	Target string
	// Body is JSON, or empty.
	Body []byte
}

// signed is a call as it travels: the bytes of an HTTP/1.1 request.
type signed []byte

// sign signs n calls on every core.
func (t *Target) sign(ctx context.Context, n int, call func(i int) Call) ([]signed, error) {
	u, err := t.address()
	if err != nil {
		return nil, err
	}
	calls := make([]signed, n)
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() error {
			for i := w; i < n; i += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				var err error
				if calls[i], err = t.signOne(u, call(i)); err != nil {
					return fmt.Errorf("sign: %w", err)
				}
			}
			return nil
		})
	}
	return calls, group.Wait()
}

func (t *Target) signOne(u *url.URL, c Call) (signed, error) {
	timestamp := strconv.FormatInt(t.Clock.Now().Unix(), 10)
	a, err := t.Credential.Authorize(apiv3.Request{Method: c.Method, Target: c.Target, Body: c.Body}, timestamp, apiv3.NewNonce())
	if err != nil {
		return nil, err
	}
	const headers = 1024 // about what they take
	b := make([]byte, 0, headers+len(c.Body))
	b = append(b, c.Method+" "+c.Target+" HTTP/1.1\r\nHost: "+u.Host+"\r\nAuthorization: "+a.String()+
		"\r\nAccept: application/json\r\nUser-Agent: favord-load\r\n"...)
	if len(c.Body) > 0 {
		b = append(b, "Content-Type: application/json\r\n"...)
	}
	b = append(b, "Content-Length: "+strconv.Itoa(len(c.Body))+"\r\n\r\n"...)
	return append(b, c.Body...), nil
}
