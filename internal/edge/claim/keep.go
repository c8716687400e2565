package claim

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/apiv2"
	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox/journal"
)

// keep writes a claim into the journal of a sandbox: the page of a claim link, and what the
// plug-in calls. Other pages are nobody's call. It gives the answer its id.
func (s *Server) keep(r *http.Request, a reply, header http.Header, body []byte, began time.Time) {
	if s.Journal == nil || r.URL.Path != apiv2.LinkPath && r.URL.Path != apiv2.PluginPath {
		return
	}
	e := journal.Entry{
		//nolint:staticcheck // the header stands as the platform writes it, not in its canonical form
		ID: header[apiv3.HeaderRequestID][0], Received: began, Took: s.Clock.Now().Sub(began),
		Method: r.Method, Target: r.RequestURI, Proto: r.Proto, Body: body, Operation: operationOf(r.URL.Path), MchID: r.URL.Query().Get("send_coupon_merchant"),
		Status: a.status, AnswerHeader: journal.Sorted(header), AnswerBody: a.body,
	}
	e.Header, e.Exact = journal.HeaderOf(r)
	switch {
	case a.err != nil:
		e.Refused = fault.Of(a.err).Text
	case a.reason != "":
		e.Refused = fault.Text{ZH: a.reason, EN: a.reason}
	}
	s.Journal.Add(e)
}

// operationOf is the name under which the journal has a path.
func operationOf(path string) string {
	if path == apiv2.PluginPath {
		return "claim.plugin"
	}
	return "claim.link"
}

// requestID is the id of an answer. Its last part is the number that the page shows.
func requestID(a reply) string {
	number := 0
	if a.err != nil {
		number = problemOf(a.err).number
	}
	return fmt.Sprintf("08%s-%d", strings.ToUpper(apiv3.NewNonce()), number)
}
