package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
)

// TLSFiles name a certificate, with what leads up to its root, and its key, both PEM. Without
// them a port speaks plain HTTP.
type TLSFiles struct {
	Certificate, Key string
}

func (f TLSFiles) given() bool { return f != TLSFiles{} }

// scheme is how the URLs of a port with these files begin.
func (f TLSFiles) scheme() string {
	if f.given() {
		return "https://"
	}
	return "http://"
}

// certificateCheck is how long a changed file may go unnoticed.
const certificateCheck = 10 * time.Second

// certificate is what a port proves itself with. It follows its files: whoever renews the
// certificate replaces them, and need not tell.
type certificate struct {
	files TLSFiles
	clock clock.Clock
	log   *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	looked time.Time
	state  [2]fileState
}

// fileState tells whether a file was replaced.
type fileState struct {
	modified time.Time
	size     int64
}

// secure puts TLS on a port if there are files for it. With an error it returns the port as it
// was, so that it can be closed.
func (s *Server) secure(port net.Listener, name string, files TLSFiles) (net.Listener, error) {
	if !files.given() {
		return port, nil
	}
	c := &certificate{files: files, clock: s.config.Clock, log: s.config.Log}
	if err := c.load(); err != nil {
		return port, err
	}
	s.certificates[name] = c
	return tls.NewListener(port, &tls.Config{
		MinVersion: tls.VersionTLS12,
		// There is no HTTP/2, see httpServer.
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current(), nil
		},
	}), nil
}

// current returns the certificate. New files that do not fit together are logged, and the
// former ones stay in force: they may be half replaced.
func (c *certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.clock.Now(); now.Sub(c.looked) >= certificateCheck {
		c.looked = now
		if state, err := c.files.state(); err != nil || state != c.state {
			if err := c.load(); err != nil {
				c.log.Error("the TLS certificate stays as it was", "error", err)
			} else {
				c.log.Info("the TLS certificate was read again", "file", c.files.Certificate, "certificate", nameOf(c.pair))
			}
		}
	}
	return c.pair
}

// end is when the certificate ends.
func (c *certificate) end() time.Time { return c.current().Leaf.NotAfter }

// load reads the files.
func (c *certificate) load() error {
	read, err := c.files.read()
	if err == nil {
		c.pair, c.state, c.looked = &read.pair, read.state, c.clock.Now()
	}
	return err
}

// take takes up files that were read, and names the certificate that counted before.
func (c *certificate) take(read *reading) (before string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before = nameOf(c.pair)
	c.pair, c.state, c.looked = &read.pair, read.state, c.clock.Now()
	return before
}

// reading is a certificate as it was read, and the files that it came from.
type reading struct {
	pair  tls.Certificate
	state [2]fileState
}

func (r *reading) name() string { return nameOf(&r.pair) }

// nameOf tells a certificate apart from others: its serial number, and its end.
func nameOf(pair *tls.Certificate) string {
	return apiv3.SerialOf(pair.Leaf) + " (until " + pair.Leaf.NotAfter.UTC().Format(time.RFC3339) + ")"
}

// read reads the files.
func (f TLSFiles) read() (*reading, error) {
	state, err := f.state()
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(f.Certificate, f.Key)
	}
	if err != nil {
		return nil, fault.New(fault.Refused,
			fmt.Sprintf("TLS证书 %s 与私钥 %s 无法使用：%s", f.Certificate, f.Key, reason(err)),
			fmt.Sprintf("The TLS certificate %s and its key %s cannot be used: %s", f.Certificate, f.Key, reason(err)))
	}
	return &reading{pair: pair, state: state}, nil
}

func (f TLSFiles) state() (state [2]fileState, err error) {
	for i, path := range []string{f.Certificate, f.Key} {
		info, err := os.Stat(path)
		if err != nil {
			return state, err
		}
		state[i] = fileState{modified: info.ModTime(), size: info.Size()}
	}
	return state, nil
}

// reason is an error without the path, which the sentence around it has.
func reason(err error) string {
	if at, is := errors.AsType[*fs.PathError](err); is {
		err = at.Err
	}
	return err.Error()
}
