package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/internal/sandbox/sample"
	"github.com/favord/favord/wire/manage"
)

// Refusals of a replay.
var (
	errReplayNobody = fault.New(fault.Refused,
		"这个请求没有说明是哪个商户发起的，无法重放",
		"The request does not say which merchant made it, so it cannot be made again.")
	errReplayCut = fault.New(fault.Refused,
		"请求包体过长，日志只保留了开头，无法重放",
		"The log has kept only the beginning of the long body, so the request cannot be made again.")
	errReplayUpload = fault.New(fault.Refused,
		"上传请求无法重放，请重新执行上传",
		"An upload cannot be made again from the log; upload the file once more.")
	errReplayUnsigned = fault.New(fault.Refused,
		"这个请求没有带签名，不能按原签名重放，请改为重新签名",
		"The request came without a signature, so it cannot be sent again as it was; have it signed anew.").At("as_sent", "")
	errReplayBody = fault.New(fault.Refused,
		"请求包体不是JSON对象，无法改动",
		"The body is no JSON object, so nothing in it can be changed.")
)

func (s *Server) replayJournal(ctx context.Context, req *manage.ReplayRequest) (any, error) {
	e, err := s.journalEntry(req.RequestID)
	if err != nil {
		return nil, err
	}
	again, err := callOf(&e, req.AsSent)
	if err != nil {
		return nil, err
	}
	if len(req.Changes) > 0 {
		if again.Body, err = changed(again.Body, req.Changes); err != nil {
			return nil, err
		}
	}
	for i := range req.Edits {
		if err := again.edit(&req.Edits[i]); err != nil {
			return nil, err
		}
	}
	return s.call(ctx, again)
}

// callOf is the call that a request of the journal made: without its signature or, as sent, with all
// of its headers.
func callOf(e *journal.Entry, asSent bool) (Call, error) {
	c := Call{MchID: merchant.ID(e.MchID), Method: e.Method, Target: e.Target, Body: slices.Clone(e.Body), Header: http.Header{}}
	switch {
	case asSent && !slices.ContainsFunc(e.Header, isAuthorization):
		return c, errReplayUnsigned
	case e.MchID == "" && !asSent:
		return c, errReplayNobody
	case e.BodySize > len(e.Body):
		return c, errReplayCut
	case asSent:
		c.SentAt = e.Received
	}
	for _, h := range e.Header {
		switch {
		case strings.EqualFold(h.Name, "Content-Type") && strings.HasPrefix(strings.ToLower(h.Value), "multipart/"):
			return c, errReplayUpload
		case asSent && !isOfConnection(h.Name), sample.IsSpecial(h.Name), strings.EqualFold(h.Name, "Accept-Language"):
			c.Header.Add(h.Name, h.Value)
		}
	}
	return c, nil
}

func isAuthorization(f journal.Field) bool { return strings.EqualFold(f.Name, headerAuthorization) }

// isOfConnection reports a header that belongs to how a request travelled.
func isOfConnection(name string) bool {
	of := []string{"Host", "Content-Length", "Connection", "Transfer-Encoding", "Accept-Encoding", "Expect"}
	return slices.ContainsFunc(of, func(one string) bool { return strings.EqualFold(one, name) })
}

// changed returns a JSON body with changes. Numbers keep their digits.
func changed(body []byte, changes []manage.ReplayChange) ([]byte, error) {
	var root any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if len(body) == 0 {
		root = map[string]any{}
	} else if err := d.Decode(&root); err != nil {
		return nil, errReplayBody
	}
	if _, err := d.Token(); len(body) > 0 && !errors.Is(err, io.EOF) {
		return nil, errReplayBody
	}
	if _, is := root.(map[string]any); !is {
		return nil, errReplayBody
	}
	for i := range changes {
		c := &changes[i]
		if err := set(root, strings.Split(c.Path, "."), c.Value); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(root)
	if err != nil {
		return nil, errReplayBody
	}
	return text, nil
}

// valueOf is what takes the place of a value: JSON, or else the text itself. In the place of a text
// that is a text, too, whatever it looks like.
func valueOf(before any, given string) any {
	_, wasText := before.(string)
	if json.Valid([]byte(given)) && (!wasText || strings.HasPrefix(given, `"`)) {
		return json.RawMessage(given)
	}
	return given
}

// set puts a value where a path leads, which makes the objects on its way; nil takes it out.
func set(at any, path []string, value *string) error {
	name := path[0]
	switch container := at.(type) {
	case map[string]any:
		if len(path) > 1 {
			next, is := container[name]
			if !is {
				next = map[string]any{}
				container[name] = next
			}
			return set(next, path[1:], value)
		}
		if value == nil {
			delete(container, name)
			return nil
		}
		container[name] = valueOf(container[name], *value)
		return nil
	case []any:
		i, err := strconv.Atoi(name)
		switch {
		case err != nil || i < 0 || i >= len(container):
			return errNoPlace(name)
		case len(path) > 1:
			return set(container[i], path[1:], value)
		case value == nil:
			container[i] = nil
			return nil
		}
		container[i] = valueOf(container[i], *value)
		return nil
	}
	return errNoPlace(name)
}

// errNoPlace refuses a path that leads nowhere.
func errNoPlace(name string) error {
	return fault.New(fault.Invalid,
		"请求包体中没有这个位置："+name, "The body has no such place: "+name+".").At("changes", name)
}
