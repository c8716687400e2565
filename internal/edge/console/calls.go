package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/media"
)

// Call is a call of the signed API that is made as a merchant.
type Call struct {
	MchID          merchant.ID
	Method, Target string
	Body           []byte
	// Header has more headers.
	Header http.Header
	// SentAt is when a call came that is sent again as it was: with all of its headers and its
	// signature, judged as at that time. Zero stands for a call without a signature.
	SentAt time.Time
	// IsDry says that nothing of what it changes is to be kept.
	IsDry bool
}

// Answer is what the signed API answers.
type Answer struct {
	RequestID string
	Status    int
	Body      []byte
	Refused   fault.Text
}

func (s *Server) callHandlers() map[string]handler {
	return map[string]handler{manage.MakeCall: bound(s.makeCall)}
}

func (s *Server) makeCall(ctx context.Context, req *manage.MakeCallRequest) (any, error) {
	c := Call{MchID: merchant.ID(req.MchID), Method: req.Method, Target: req.Target, Body: []byte(req.Body), IsDry: req.DryRun}
	c.Header = http.Header{}
	if req.IdempotencyKey != "" {
		c.Header.Set("Idempotency-Key", req.IdempotencyKey)
	}
	if req.File != nil {
		if err := c.attach(req.File); err != nil {
			return nil, err
		}
	}
	return s.call(ctx, c)
}

// attach makes a call an upload: what its body was becomes the part meta, which says what the file
// is when it was empty.
func (c *Call) attach(f *manage.CallFile) error {
	file, err := decodeBase64("file.content", f.Content)
	if err != nil {
		return err
	}
	meta := c.Body
	if len(meta) == 0 {
		digest := sha256.Sum256(file)
		if meta, err = json.Marshal(media.ImageMeta{Filename: f.Name, SHA256: hex.EncodeToString(digest[:])}); err != nil {
			return fmt.Errorf("what meta says: %w", err)
		}
	}
	form, body, err := apiv3.WriteUpload(meta, f.Name, file)
	if err != nil {
		return fmt.Errorf("write the upload: %w", err)
	}
	c.Body = body
	c.Header.Set("Content-Type", form)
	return nil
}

// call makes a call as a merchant, for a caller with the duty for it.
func (s *Server) call(ctx context.Context, c Call) (*manage.MadeCall, error) {
	if c.SentAt.IsZero() {
		if _, err := s.Registry.Merchant(ctx, c.MchID); err != nil {
			return nil, err
		}
	}
	if err := s.demandSigned(ctx, &c); err != nil {
		return nil, err
	}
	got, err := s.Make(ctx, c)
	if err != nil {
		return nil, err
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "call as merchant",
		slog.String("mchid", string(c.MchID)), slog.String("request_id", got.RequestID), slog.Int("status", got.Status))
	return &manage.MadeCall{
		RequestID: got.RequestID, Status: int64(got.Status), Body: string(got.Body), RefusedZH: got.Refused.ZH, RefusedEN: got.Refused.EN,
	}, nil
}
