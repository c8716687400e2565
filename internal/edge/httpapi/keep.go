package httpapi

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire/schema"
)

// keep writes a call and its answer into the journal of a sandbox. The header is that of the
// answer, nil when none goes out.
func (s *Server) keep(c *call, a *answer, header http.Header) {
	if c.acting != nil {
		c.acting.refused = textOf(a)
	}
	if s.Journal == nil {
		return
	}
	e := journal.Entry{
		ID: a.id, Received: c.now, Took: s.Clock.Now().Sub(c.now),
		Method: c.request.Method, Target: c.request.RequestURI, Proto: c.request.Proto,
		Body: c.body, MchID: claimed(c.request.Header), Verified: c.verified,
		Status: a.status, Refused: textOf(a), Cut: header == nil, Lost: c.isLost(),
	}
	e.Header, e.Exact = journal.HeaderOf(c.request)
	if c.acting != nil {
		e.Channel = journal.ByConsole
		if s.Dry {
			e.Channel = journal.Dry
		}
	}
	if c.isTrusted() {
		e.MchID = string(c.acting.mchid)
	}
	if c.endpoint != nil {
		e.Operation = c.endpoint.Operation.ID
	}
	if header != nil {
		e.AnswerHeader, e.AnswerBody = journal.Sorted(header), a.body
	}
	s.Journal.Add(e)
}

// readRefused reads, for the journal, the body of a call that was refused before, as it is part
// of what was sent; not where too many send such bodies at once.
func (s *Server) readRefused(ctx context.Context, c *call) {
	if s.Journal == nil || c.body != nil || c.unread {
		return
	}
	from := limit.Caller{Source: c.source}
	if s.refused.Enter(ctx, from) != nil {
		c.unread = true
		return
	}
	defer s.refused.Leave(from)
	var err error
	c.body, err = serve.ReadBody(c.control, io.LimitReader(c.request.Body, journal.MaxBody), -1, journal.MaxBody, s.BodyPace)
	c.unread = err != nil
}

// claimed returns who a request says it comes from; "" when that cannot be read.
func claimed(h http.Header) string {
	a, err := apiv3.ParseAuthorization(h.Get("Authorization"))
	if err != nil {
		return ""
	}
	return a.Identity
}

// textOf returns why an answer is no success, in both languages.
func textOf(a *answer) fault.Text {
	if a.err == nil {
		return fault.Text{ZH: a.reason, EN: a.reason}
	}
	if v, is := errors.AsType[*schema.Violation](a.err); is {
		return fault.Text{ZH: v.ZH, EN: v.EN}
	}
	return fault.Of(a.err).Text
}
