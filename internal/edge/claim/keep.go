package claim

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/sandbox/journal"
)

// keep writes a claim into the journal of a sandbox: the page of a claim link, and what the
// plug-in calls. Other pages are nobody's call. It gives the answer its id.
func (s *Server) keep(r *http.Request, p serve.Page, a reply, header http.Header, body []byte, began time.Time) {
	operation := operationOf(p)
	if s.Journal == nil || operation == "" {
		return
	}
	e := journal.Entry{
		//nolint:staticcheck // the header stands as the platform writes it, not in its canonical form
		ID: header[apiv3.HeaderRequestID][0], Received: began, Took: s.Clock.Now().Sub(began),
		Method: r.Method, Target: r.RequestURI, Proto: r.Proto, Body: body, Operation: operation, MchID: r.URL.Query().Get("send_coupon_merchant"),
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

// operationOf is the name under which the journal has a page; "" for one that it does not
// keep. To look at a claim link and to accept what it offers are one to it.
func operationOf(p serve.Page) string {
	switch p.ID {
	case pageLink, pageAccept:
		return pageLink
	case pagePlugin:
		return pagePlugin
	}
	return ""
}

// requestID is the id of an answer. Its last part is the number that the page shows.
func requestID(a reply) string {
	number := 0
	if a.err != nil {
		number = problemOf(a.err).number
	}
	return fmt.Sprintf("08%s-%d", strings.ToUpper(apiv3.NewNonce()), number)
}
