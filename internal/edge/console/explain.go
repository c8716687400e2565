package console

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/sandbox/explain"
	"github.com/favord/favord/internal/sandbox/journal"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) explainHandlers() map[string]handler {
	return map[string]handler{manage.Explain: bound(s.explain)}
}

// Refusals of a request for an explanation.
var (
	errNothingToExplain = fault.New(fault.Invalid,
		"request_id 与 content 须且只能提供一个", "Pass either request_id or content.")
	errNotBase64 = fault.New(fault.Invalid, "内容不是base64", "The value is not base64.")
)

// explain works on one request at a time: a search may keep a core busy for a second.
func (s *Server) explain(ctx context.Context, req *manage.ExplainRequest) (any, error) {
	if (req.RequestID == "") == (req.Content == "") {
		return nil, errNothingToExplain
	}
	select {
	case s.explaining <- struct{}{}:
		defer func() { <-s.explaining }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	in, entry, err := s.explained(req)
	if err != nil {
		return nil, err
	}
	known, boxes, err := s.knownKeys(ctx, merchant.ID(in.Merchant()))
	if err != nil {
		return nil, err
	}
	if in.Delivery != nil {
		in.Delivery.APIKey = req.APIv3Key
		return explanation("", explain.Opening(*in.Delivery, known, boxes)), nil
	}
	finding := explain.Signature(*in.Request, known)
	if entry != nil && (entry.Status >= http.StatusBadRequest || entry.Refused.EN != "") {
		finding = finding.Because(entry.Status, entry.Refused)
	}
	id := ""
	if entry != nil {
		id = entry.ID
	}
	return explanation(id, finding), nil
}

// toExplain finds an entry by its id, or the one that most likely needs an explanation.
func (s *Server) toExplain(id string) (journal.Entry, error) {
	if id == lastEntry {
		return s.Journal.LastRefused()
	}
	return s.journalEntry(id)
}

// explained returns what is to be explained, and the entry of the journal if it is one.
func (s *Server) explained(req *manage.ExplainRequest) (in explain.Input, entry *journal.Entry, err error) {
	if req.RequestID != "" {
		e, err := s.toExplain(req.RequestID)
		if err != nil {
			return in, nil, err
		}
		in.Request, entry = requestOf(&e), &e
	} else {
		content, err := decodeBase64("content", req.Content)
		if err != nil {
			return in, nil, err
		}
		if in, err = explain.Parse(content); err != nil {
			return in, nil, err
		}
		if in.Request != nil && in.Request.IsLink() && in.Request.Received.IsZero() {
			in.Request.Received = s.Time.Now() // a link is opened when it is asked about
		}
	}
	if in.Delivery != nil && req.Signed != "" {
		in.Delivery.Signed, err = decodeBase64("signed", req.Signed)
		return in, entry, err
	}
	return in, entry, complete(in.Request, req)
}

// complete adds to a request what came beside it.
func complete(r *explain.Request, req *manage.ExplainRequest) error {
	if r == nil {
		return nil
	}
	var err error
	if req.Body != "" {
		r.Partial = false
		if r.Body, err = decodeBase64("body", req.Body); err != nil {
			return err
		}
	}
	if req.Signed != "" {
		if r.Signed, err = decodeBase64("signed", req.Signed); err != nil {
			return err
		}
	}
	return nil
}

func requestOf(e *journal.Entry) *explain.Request {
	r := &explain.Request{
		Method: e.Method, Target: e.Target, Body: e.Body, Partial: e.BodySize > len(e.Body), Received: e.Received,
	}
	for _, f := range e.Header {
		r.Header = append(r.Header, explain.Field(f))
	}
	return r
}

func decodeBase64(field, text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errNotBase64.At(field, "")
	}
	return raw, nil
}

// knownKeys gathers what requests are explained with, the keys of the merchant that one names
// in any case.
func (s *Server) knownKeys(ctx context.Context, named merchant.ID) (explain.Known, []explain.Box, error) {
	known := explain.Known{MACs: func(owner string, message []byte) [][]byte {
		keys, err := s.Keyring.Of(ctx, merchant.ID(owner))
		if err != nil {
			return nil
		}
		return keys.MACs(message)
	}, LinkSigns: func(owner, text string) (list []explain.LinkSign) {
		keys, err := s.Keyring.Of(ctx, merchant.ID(owner))
		if err != nil {
			return nil
		}
		for _, one := range keys.LinkSigns(text) {
			list = append(list, explain.LinkSign(one))
		}
		return list
	}}
	for i := range s.Operations {
		known.Operations = append(known.Operations, explain.Operation{Method: s.Operations[i].Method, Path: s.Operations[i].Path})
	}
	list, all, err := s.Keyring.PublicKeys(ctx, named)
	if err != nil {
		return known, nil, err
	}
	if !all {
		known.Searched = keyring.MaxSearched
	}
	var boxes []explain.Box
	seen := map[merchant.ID]bool{}
	for _, k := range list {
		known.Keys = append(known.Keys, keyOf(&k))
		if !seen[k.Owner] {
			seen[k.Owner] = true
			boxes = append(boxes, s.boxesOf(ctx, k.Owner)...)
		}
	}
	return known, boxes, nil
}

func keyOf(k *keyring.PublicKey) explain.Key {
	role := explain.OfMerchant
	if k.Platform {
		role = explain.OfPlatform
	}
	return explain.Key{Role: role, Owner: string(k.Owner), Serial: k.Serial, PEM: k.PEM, Refused: k.Refused}
}

// boxesOf returns the boxes of a merchant; those of one without keys are none.
func (s *Server) boxesOf(ctx context.Context, owner merchant.ID) []explain.Box {
	keys, err := s.Keyring.Of(ctx, owner)
	if err != nil {
		return nil
	}
	var boxes []explain.Box
	for _, scheme := range []apiv3.Scheme{apiv3.SchemeRSA, apiv3.SchemeSM2} {
		if box, err := keys.Box(scheme); err == nil {
			boxes = append(boxes, explain.Box{Owner: string(owner), Box: box})
		}
	}
	return boxes
}

func explanation(id string, f explain.Finding) *manage.Explanation {
	answer := &manage.Explanation{
		RequestID: id, Causes: []string{}, SentenceZH: f.Text.ZH, SentenceEN: f.Text.EN,
		Expected: f.Expected, Signed: f.Signed, Plaintext: f.Plaintext,
	}
	for _, cause := range f.Causes {
		answer.Causes = append(answer.Causes, string(cause))
	}
	if d := f.Difference; d != nil {
		answer.Difference = &manage.Difference{
			Byte: int64(d.Byte), Line: int64(d.Line), Column: int64(d.Column), Signed: d.Signed, Expected: d.Expected,
		}
	}
	return answer
}
