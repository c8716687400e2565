package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/favord/favord/wire/notify"
)

// maxNotification is the largest body that is read, in bytes. Real ones have one or two
// thousand.
const maxNotification = 256 << 10

// Notification is an event whose signature was verified and which was opened.
type Notification struct {
	notify.Envelope
	// Plaintext is the JSON of the event.
	Plaintext []byte
	// SignedBy is the serial of the platform key.
	SignedBy string
}

// NotifyConfig says what becomes of notifications. A function that returns an error makes
// the platform deliver the event again, for about ten minutes; it is never told the error.
// Events may come more than once and in any order. The platform waits 5 seconds: what takes
// longer is done elsewhere.
type NotifyConfig struct {
	// CouponSend gets COUPON.SEND: a user got a merchant coupon.
	CouponSend func(ctx context.Context, n *Notification, e *notify.CouponSend) error
	// CouponUse gets COUPON.USE: a payment consumed a cash voucher.
	CouponUse func(ctx context.Context, n *Notification, e *notify.CouponUse) error
	// Other gets events of other types, and those whose function is nil. If it is nil,
	// they are refused.
	Other func(ctx context.Context, n *Notification) error
	// Once decides about repetitions: it calls handle, unless the event with this id
	// was handled before. What handles events in a database does best to note the id
	// in the same transaction. nil calls handle every time; [RememberIDs] is one in
	// memory.
	Once func(ctx context.Context, id string, handle func(context.Context) error) error
	// OnError is told why a notification was refused, for the log. It may be nil.
	OnError func(r *http.Request, err error)
}

// NotifyHandler returns a handler for the merchant's notification URL (protocol 6). It
// verifies the signature over the bytes as received, within five minutes, by the client's
// platform keys, downloading certificates if need be; opens the event with
// Config.APIv3Key; and answers 204 for what was handled. Everything else gets 4xx or 5xx
// with {"code":"FAIL"}: also the probes with which the platform tests whether anybody
// looks at signatures. It delivers those again, rightly signed.
func (c *Client) NotifyHandler(n NotifyConfig) (http.Handler, error) {
	if c.box == nil {
		return nil, errors.New("client: receiving notifications needs the APIv3 key")
	}
	if n.Once == nil {
		n.Once = func(ctx context.Context, _ string, handle func(context.Context) error) error { return handle(ctx) }
	}
	if n.OnError == nil {
		n.OnError = func(*http.Request, error) {}
	}
	return &notifyHandler{client: c, config: n}, nil
}

type notifyHandler struct {
	client *Client
	config NotifyConfig
}

// refusal is a notification that was not handled, with the answer that it gets. The text
// goes out; the error does not.
type refusal struct {
	status int
	text   string
	err    error
}

func (r *refusal) Error() string { return "client: notification: " + r.text + ": " + r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// ServeHTTP implements http.Handler.
func (h *notifyHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refused := h.receive(w, r)
	if refused == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.config.OnError(r, refused)
	answer, err := json.Marshal(notify.Answer{Code: notify.Fail, Message: refused.text})
	if err != nil {
		answer = nil // the status says it
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(refused.status)
	_, _ = w.Write(answer) // nothing can be done about a platform that does not listen
}

func (h *notifyHandler) receive(w http.ResponseWriter, r *http.Request) *refusal {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return &refusal{http.StatusMethodNotAllowed, "POST only", errors.New(r.Method)}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotification))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return &refusal{http.StatusRequestEntityTooLarge, "the body is too large", err}
		}
		return &refusal{http.StatusBadRequest, "the body cannot be read", err}
	}
	n, refused := h.client.notification(r.Context(), r.Header, body)
	if refused != nil {
		return refused
	}
	err = h.config.Once(r.Context(), n.ID, func(ctx context.Context) error { return h.dispatch(ctx, n) })
	if refused, is := errors.AsType[*refusal](err); is {
		return refused
	}
	if err != nil {
		return &refusal{http.StatusInternalServerError, "not handled", err}
	}
	return nil
}

// ParseNotification verifies and opens a notification, for programs that receive them
// otherwise than by [Client.NotifyHandler]. The body is the bytes as received.
func (c *Client) ParseNotification(ctx context.Context, h http.Header, body []byte) (*Notification, error) {
	if c.box == nil {
		return nil, errors.New("client: receiving notifications needs the APIv3 key")
	}
	n, refused := c.notification(ctx, h, body)
	if refused != nil {
		return nil, refused
	}
	return n, nil
}

func (c *Client) notification(ctx context.Context, h http.Header, body []byte) (*Notification, *refusal) {
	serial, err := c.verify(ctx, h, body)
	if err != nil {
		return nil, &refusal{http.StatusUnauthorized, "the signature cannot be verified", err}
	}
	n := &Notification{SignedBy: serial}
	if err := json.Unmarshal(body, &n.Envelope); err != nil {
		return nil, &refusal{http.StatusBadRequest, "the body is no notification", err}
	}
	if n.ID == "" || n.EventType == "" {
		return nil, &refusal{http.StatusBadRequest, "the body is no notification", errors.New("id or event_type is missing")}
	}
	if n.Plaintext, err = n.Resource.Open(c.box); err != nil {
		return nil, &refusal{http.StatusInternalServerError, "the resource cannot be opened", err}
	}
	return n, nil
}

// dispatch calls the function that the event is for.
func (h *notifyHandler) dispatch(ctx context.Context, n *Notification) error {
	switch {
	case n.EventType == notify.CouponSent && h.config.CouponSend != nil:
		return typed(ctx, n, h.config.CouponSend)
	case n.EventType == notify.CouponUsed && h.config.CouponUse != nil:
		return typed(ctx, n, h.config.CouponUse)
	case h.config.Other != nil:
		return h.config.Other(ctx, n)
	}
	return &refusal{http.StatusNotImplemented, "no handler for " + n.EventType, errors.New("no function for this type")}
}

func typed[E any](ctx context.Context, n *Notification, handle func(context.Context, *Notification, *E) error) error {
	e := new(E)
	if err := json.Unmarshal(n.Plaintext, e); err != nil {
		return &refusal{http.StatusBadRequest, "the event has another form", fmt.Errorf("client: event %s: %w", n.ID, err)}
	}
	return handle(ctx, n, e)
}
