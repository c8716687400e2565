package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// receiverCommand starts a program that answers everything with a status; its address is in
// $RECEIVER_URL.
func receiverCommand(ts *testscript.TestScript, _ bool, args []string) {
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what it is does not matter
		w.WriteHeader(status)
	}))
	ts.Defer(server.Close)
	ts.Setenv("RECEIVER_URL", server.URL+"/notify")
}
