package console

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) journalHandlers() map[string]handler {
	return map[string]handler{
		manage.ListJournal:   bound(s.listJournal),
		manage.ReplayJournal: bound(s.replayJournal),
		manage.GetJournal:    bound(s.getJournal),
	}
}

// defaultPage is how many requests a list has that does not say.
const defaultPage = 50

func (s *Server) listJournal(ctx context.Context, req *manage.ListJournalRequest) (any, error) {
	filter, err := journalFilter(req)
	if err != nil {
		return nil, err
	}
	most := defaultPage
	if req.Limit != nil {
		most = int(*req.Limit)
	}
	var page journal.Page
	if req.After == nil {
		page = s.Journal.Newest(filter, most)
	} else {
		filter.After = *req.After
		if err := s.following.Enter(ctx, limit.Caller{}); err != nil {
			return nil, errors.Join(errFollowed, err)
		}
		defer s.following.Leave(limit.Caller{})
		ctx, cancel := context.WithTimeout(ctx, time.Duration(req.WaitSeconds)*time.Second)
		defer cancel()
		page = s.Journal.Following(ctx, filter, most)
	}
	list := &manage.JournalList{Requests: []manage.JournalLine{}, Last: page.Last}
	for i := range page.Entries {
		list.Requests = append(list.Requests, s.journalLine(&page.Entries[i]))
	}
	return list, nil
}

func journalFilter(req *manage.ListJournalRequest) (journal.Filter, error) {
	f := journal.Filter{MchID: req.MchID, Operation: req.Operation, Path: req.Path, Text: req.Text, Agent: req.Agent, Before: req.Before}
	if req.Verified != "" {
		verified := req.Verified == "true"
		f.Verified = &verified
	}
	err := setStatus(&f, req.Status)
	return f, err
}

// followers is how many may wait for new requests at once: each request wakes them all.
const followers = 64

// errFollowed refuses one more that waits.
var errFollowed = fault.New(fault.TooFast,
	fmt.Sprintf("同时等待新请求的程序不能超过 %d 个，请结束一些 favord logs --follow", followers),
	fmt.Sprintf("At most %d programs may wait for new requests at once; end some `favord logs --follow`.", followers))

// errStatus refuses a status that is none.
var errStatus = fault.New(fault.Invalid,
	"status 应为HTTP状态码（如 401）或其类别（如 4xx）",
	"The status must be an HTTP status such as 401, or a class such as 4xx.")

func setStatus(f *journal.Filter, text string) error {
	if text == "" {
		return nil
	}
	digits, isClass := strings.CutSuffix(strings.ToLower(text), "xx")
	n, err := strconv.Atoi(digits)
	const lowest, highest = 1, 5
	switch {
	case err != nil:
		return errStatus.At("status", text)
	case isClass && n >= lowest && n <= highest:
		f.Class = n
	case !isClass && n/100 >= lowest && n/100 <= highest:
		f.Status = n
	default:
		return errStatus.At("status", text)
	}
	return nil
}

func (s *Server) getJournal(_ context.Context, req *manage.GetJournalRequest) (any, error) {
	e, err := s.journalEntry(req.RequestID)
	if err != nil {
		return nil, err
	}
	answer := &manage.JournalEntry{
		Request: s.journalLine(&e), Proto: e.Proto, Headers: journalHeaders(e.Header), Exact: e.Exact,
		BodySize: int64(e.BodySize), AnswerHeaders: journalHeaders(e.AnswerHeader),
	}
	answer.Body, answer.BodyBase64 = textOrBase64(e.Body)
	answer.AnswerBody, answer.AnswerBodyBase64 = textOrBase64(e.AnswerBody)
	return answer, nil
}

// lastEntry stands for the id of the last request.
const lastEntry = "last"

// journalEntry finds an entry by its id, or the newest one.
func (s *Server) journalEntry(id string) (journal.Entry, error) {
	if id == lastEntry {
		return s.Journal.Last()
	}
	return s.Journal.ByID(id)
}

func (s *Server) journalLine(e *journal.Entry) manage.JournalLine {
	return manage.JournalLine{
		Sequence: e.Sequence, RequestID: e.ID, ReceivedTime: schema.TimeOf(e.Received), ReceivedMS: e.Received.UnixMilli(),
		TookMicros: e.Took.Microseconds(), Method: e.Method, Target: e.Target, Operation: e.Operation,
		MchID: e.MchID, Verified: e.Verified, Status: int64(e.Status), Cut: e.Cut, Channel: e.Channel, Ignored: s.ignored(e),
		RefusedZH: e.Refused.ZH, RefusedEN: e.Refused.EN,
	}
}

// ignored are the names in the body of a request that its operation does not know.
func (s *Server) ignored(e *journal.Entry) []string {
	path, _, _ := strings.Cut(e.Target, "?")
	found, status := s.signed.Find(e.Method, path)
	if status != 0 || e.BodySize > len(e.Body) || found.Endpoint.Request == nil || found.Endpoint.Request.HasFile() {
		return nil
	}
	body, v := serve.DecodeBody(e.Body)
	if v != nil {
		return nil
	}
	return found.Endpoint.Request.Unknown(body)
}

func journalHeaders(list []journal.Field) []manage.JournalHeader {
	headers := make([]manage.JournalHeader, 0, len(list))
	for _, f := range list {
		headers = append(headers, manage.JournalHeader{Name: f.Name, Value: f.Value})
	}
	return headers
}

// textOrBase64 returns bytes as text if they are, else in base64.
func textOrBase64(body []byte) (text, encoded string) {
	if utf8.Valid(body) {
		return string(body), ""
	}
	return "", base64.StdEncoding.EncodeToString(body)
}
