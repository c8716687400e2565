package client_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/favord/favord/client"
)

const flow = "批次id,优惠id\r\n`1,`2\r\n总条数\r\n`1\r\n"

func sha1Of(text string) string {
	digest := sha1.Sum([]byte(text))
	return hex.EncodeToString(digest[:])
}

func flowFile(text string) client.File {
	return client.File{URL: "https://primary.test/v3/billdownload/file?token=a%2Fb", HashType: "SHA1", HashValue: sha1Of(text)}
}

func TestAFileIsTakenWithItsHashOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		upper := flowFile(flow)
		upper.HashType, upper.HashValue = "", strings.ToUpper(upper.HashValue)
		md5 := flowFile(flow)
		md5.HashType = "MD5"
		empty := flowFile(flow)
		empty.HashValue = ""
		for name, c := range map[string]struct {
			file client.File
			step step
			want error
		}{
			"the file":               {flowFile(flow), unsigned(200, flow), nil},
			"without hash type":      {upper, unsigned(200, flow), nil},
			"another file":           {flowFile(flow + "x"), unsigned(200, flow), client.ErrHash},
			"without hash":           {empty, unsigned(200, flow), client.ErrHash},
			"an unknown hash":        {md5, unsigned(200, flow), errAny},
			"expired":                {flowFile(flow), answer(404, `{"code":"RESOURCE_NOT_EXISTS","message":"账单文件不存在"}`), client.ErrResourceNotExists},
			"cut":                    {flowFile(flow), cut, io.ErrUnexpectedEOF},
			"after a failure":        {flowFile(flow), answer(500, `{"code":"SYSTEM_ERROR"}`), nil},
			"after a broken request": {flowFile(flow), broken, nil},
		} {
			s := &script{t: t, steps: []step{c.step, unsigned(200, flow)}}
			var to bytes.Buffer
			size, err := s.client().Download(t.Context(), c.file, &to)
			switch {
			case c.want == nil && (err != nil || to.String() != flow || size != int64(len(flow))):
				t.Errorf("%s: %d bytes, %v", name, size, err)
			case errors.Is(c.want, errAny) && err == nil, c.want != nil && !errors.Is(c.want, errAny) && !errors.Is(err, c.want):
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			for _, a := range s.asked {
				if a.target != "/v3/billdownload/file?token=a%2Fb" || a.host != "primary.test" || a.header.Get("Accept") != "*/*" {
					t.Errorf("%s: asks %s%s", name, a.host, a.target)
				}
			}
		}
	})
}

var errAny = errors.New("any error")

// TestFilesAreFetchedSafelyOnly: with https, or from where the calls go.
func TestFilesAreFetchedSafelyOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const elsewhere = "https://download-service.wechatpay.cn/mkt/storage/bill/download?bill_params=x"
		for _, c := range []struct {
			base, url string
			allowed   bool
		}{
			{"https://primary.test", elsewhere, true},
			{"http://127.0.0.1:1", elsewhere, true},
			{"http://127.0.0.1:1", "http://127.0.0.1:1/v3/billdownload/file?token=1", true},
			{"http://127.0.0.1:1", "http://127.0.0.1:2/v3/billdownload/file?token=1", false},
			{"https://primary.test", "http://primary.test/v3/billdownload/file?token=1", false},
			{"https://primary.test", "/v3/billdownload/file?token=1", false},
			{"https://primary.test", "file:///etc/passwd", false},
			{"http://primary.test", "http://primary.test@elsewhere.test/", false},
			{"https://primary.test", "%", false},
		} {
			s := &script{t: t, steps: []step{unsigned(200, flow)}}
			file := flowFile(flow)
			file.URL = c.url
			if _, err := s.clientOf(client.Config{BaseURL: c.base}).Download(t.Context(), file, io.Discard); (err == nil) != c.allowed || (len(s.asked) > 0) != c.allowed {
				t.Errorf("%s: %v after %d requests", c.url, err, len(s.asked))
			}
		}
	})
}

// TestASlowFileMayTakeItsTime, but not its first byte.
func TestASlowFileMayTakeItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(r *http.Request) (*http.Response, error) {
			response, err := unsigned(200, "")(r)
			response.Body = io.NopCloser(&slowReader{ctx: r.Context(), text: flow})
			return response, err
		}
		s := &script{t: t, steps: []step{silent, slow}}
		began := time.Now()
		if _, err := s.client(client.WithRetry(client.Retry{Attempts: 2})).Download(t.Context(), flowFile(flow), io.Discard); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 10*time.Second+time.Duration(len(flow))*time.Second {
			t.Errorf("took %s", took)
		}
		// It ends with its context.
		s = &script{t: t, steps: []step{slow}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := s.client().Download(ctx, flowFile(flow), io.Discard); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// slowReader takes a second for each byte.
type slowReader struct {
	ctx  context.Context
	text string
}

func (r *slowReader) Read(to []byte) (int, error) {
	if r.text == "" {
		return 0, io.EOF
	}
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case <-time.After(time.Second):
	}
	to[0], r.text = r.text[0], r.text[1:]
	return 1, nil
}

// TestAFullDiskIsAnError of the writer.
func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, steps: []step{unsigned(200, flow)}}
		if _, err := s.client().Download(t.Context(), flowFile(flow), fullDisk{}); !errors.Is(err, errFull) {
			t.Error(err)
		}
	})
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }
