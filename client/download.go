package client

import (
	"context"
	"crypto/sha1" //nolint:gosec // The platform hashes files with SHA-1 (protocol 9); the answer that names the hash is signed.
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxFile is the largest file that is downloaded, in bytes.
const maxFile = 4 << 30

// ErrHash reports a downloaded file that is not the one that the platform vouched for.
var ErrHash = errors.New("client: the file does not have the hash that was announced")

// File is where a file can be had, as a signed answer says. The URL is good for 30 s.
type File struct {
	URL string
	// HashType is SHA1; "" means that.
	HashType string
	// HashValue is the digest of the file in hex.
	HashValue string
}

// Download writes a file to w while it comes in, and returns its length in bytes. The
// platform does not sign files: the hash, which came in a signed answer, vouches for it
// (protocol 3.3). It is known at the end only, so on any error, such as [ErrHash], whatever
// was written must be thrown away.
//
// The request is repeated until its first byte arrives, not after.
func (c *Client) Download(ctx context.Context, f File, w io.Writer) (int64, error) {
	if f.HashType != "" && !strings.EqualFold(f.HashType, "SHA1") {
		return 0, fmt.Errorf("client: download: unknown hash type %.16q", f.HashType)
	}
	target, err := c.fileURL(f.URL)
	if err != nil {
		return 0, err
	}
	body, err := c.open(ctx, target)
	if err != nil {
		return 0, err
	}
	digest := sha1.New() //nolint:gosec // see the import
	size, err := io.Copy(io.MultiWriter(w, digest), io.LimitReader(body, maxFile+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return size, fmt.Errorf("client: download: %w", err)
	}
	if size > maxFile {
		return size, fmt.Errorf("client: download: the file has more than %d bytes", int64(maxFile))
	}
	return size, checkHash(digest, f.HashValue)
}

func checkHash(digest hash.Hash, want string) error {
	if got := hex.EncodeToString(digest.Sum(nil)); !strings.EqualFold(got, want) {
		return fmt.Errorf("%w: %s, not %.64q", ErrHash, got, want)
	}
	return nil
}

// fileURL checks where a file is: where the calls go, or elsewhere with https.
func (c *Client) fileURL(text string) (*url.URL, error) {
	target, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("client: download: %w", err)
	}
	base := c.hosts.primary
	if target.Host == "" || target.Scheme != "https" && (target.Scheme != base.Scheme || target.Host != base.Host) {
		return nil, fmt.Errorf("client: download: %s://%s is neither https nor where the calls go", target.Scheme, target.Host)
	}
	return target, nil
}

// open starts a download.
func (c *Client) open(ctx context.Context, file *url.URL) (io.ReadCloser, error) {
	call := Call{Method: http.MethodGet, Target: file.RequestURI(), Header: http.Header{"Accept": {"*/*"}}}
	host := &hosts{primary: &url.URL{Scheme: file.Scheme, Host: file.Host}}
	var body io.ReadCloser
	_, err := c.repeat(ctx, &call, host, func(ctx context.Context, host *url.URL) (response *Response, err error) {
		response, body, err = c.openOnce(ctx, &call, host)
		return response, err
	})
	return body, err
}

// openOnce starts a download, which the caller must close. The time limit of an attempt is
// over when the answer begins.
func (c *Client) openOnce(ctx context.Context, call *Call, host *url.URL) (*Response, io.ReadCloser, error) {
	limited, cancel := context.WithCancel(ctx)
	limit := time.AfterFunc(c.timeout, cancel)
	answer, err := c.exchange(limited, call, host)
	if err == nil && !limit.Stop() {
		err = &TransportError{Method: call.Method, Path: call.path(), Sent: true, Err: errors.Join(context.DeadlineExceeded, answer.Body.Close())}
	}
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return &Response{Status: answer.StatusCode, Header: answer.Header}, cancelled{answer.Body, cancel}, nil
	}
	defer cancel()
	defer time.AfterFunc(c.timeout, cancel).Stop()
	response, err := read(call, answer)
	if err != nil {
		return nil, nil, err
	}
	return response, nil, apiError(response)
}

// cancelled is a body that ends its request when it is closed.
type cancelled struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c cancelled) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}
