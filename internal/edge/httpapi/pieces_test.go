package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
)

// TestAFileIsNotWrittenForAClientThatDoesNotTakeIt: the write ends with the client's time, and
// its place is free again.
func TestAFileIsNotWrittenForAClientThatDoesNotTakeIt(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		to := &pieces{
			ResponseWriter: w, call: &call{control: http.NewResponseController(w)}, pace: limit.Pace{Grace: 20 * time.Millisecond, Rate: 1 << 40},
		}
		piece := make([]byte, 1<<20)
		for {
			if _, err := to.Write(piece); err != nil {
				ended <- err
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("it was written")
	}
}
