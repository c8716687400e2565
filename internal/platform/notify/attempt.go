package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/base/planted"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// claim is an attempt that begins.
type claim struct {
	delivery.Delivery
	event delivery.Event
	// said is what the event says; nil when that cannot be read or is not needed.
	said delivery.Payload
	// resource is the JSON to seal, empty when there is none or when it was sealed already.
	resource []byte
	callback merchant.Callback
	// line is the receiver's.
	line     *line
	mischief Mischief
	// doubtful is true when the receiver had not proven itself.
	doubtful bool
}

// problem is what operators read about an error.
type problem struct {
	err  error
	text string
}

// problems are those of attempts.
func problems() []problem {
	return []problem{
		{outbound.ErrRefused, "the address is not allowed"},
		{outbound.ErrTimeout, "no answer in time"},
		{outbound.ErrName, "the name was not found"},
		{outbound.ErrTLS, "no trusted TLS connection"},
		{outbound.ErrUnreachable, "the host cannot be reached"},
		{outbound.ErrBroken, "the connection broke"},
		{merchant.ErrNoAPIv3Key, "the merchant has no APIv3 key"},
	}
}

// problemInternal is any other: the log has it.
const problemInternal = "the notification could not be made"

// attempt tries to deliver once and says what that leads to.
func (s *Service) attempt(ctx context.Context, c *claim) (o delivery.Outcome, r result) {
	o = delivery.Outcome{
		Key: c.Key, Attempt: delivery.Attempt{Number: c.Claim, URL: c.callback.URL, At: s.config.Clock.Now()},
		Sealed: c.Sealed, KeyVersion: c.KeyVersion,
	}
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("panic in a delivery", slog.String("event", c.EventID), slog.Any("value", p))
			o.Problem, r = problemInternal, refused
		}
		s.conclude(c, &o, r)
	}()
	sealed, err := s.seal(ctx, c, &o)
	if err != nil {
		if o.Problem = problemOf(err); o.Problem == problemInternal {
			s.config.Log.Error("a notification cannot be made", slog.String("event", c.EventID), slog.Any("error", err))
		}
		return o, refused // nobody was asked
	}
	s.forge(ctx, c)
	r = s.send(ctx, c, &o, sealed, c.mischief)
	if c.mischief.Duplicate && r == accepted {
		twin := o
		_ = s.send(ctx, c, &twin, sealed, Mischief{}) // what comes of it does not matter
	}
	return o, r
}

// letter is a notification that is ready to be signed.
type letter struct {
	body []byte
	Sender
}

// seal puts the event into its envelope. What was sealed with the same key before is sent
// again as it is.
func (s *Service) seal(ctx context.Context, c *claim, o *delivery.Outcome) (letter, error) {
	sender, err := s.config.Sender(ctx, c.Owner, s.config.Clock.Now())
	if err != nil {
		return letter{}, err
	}
	if len(c.Sealed) > 0 && c.KeyVersion == sender.BoxVersion {
		return letter{body: c.Sealed, Sender: sender}, nil
	}
	resource := c.resource
	if len(resource) == 0 && len(c.Sealed) > 0 { // the key is another one now
		one := *c
		one.Sealed, one.KeyVersion = nil, 0
		if err := s.write(ctx, []*claim{&one}); err != nil {
			return letter{}, err
		}
		resource = one.resource
	}
	if len(resource) == 0 {
		return letter{}, delivery.ErrPayload
	}
	resource, err = c.mischief.disguise(resource)
	if err != nil {
		return letter{}, err
	}
	body, err := enclose(&sender, s.kinds[c.Kind].envelope, notify.Event{
		ID: c.EventID, CreateTime: schema.TimeOf(c.event.At), Resource: resource,
	})
	o.Sealed, o.KeyVersion = body, sender.BoxVersion
	return letter{body: body, Sender: sender}, err
}

// enclose seals an event with the merchant's key and puts it into its envelope.
func enclose(sender *Sender, kind notify.Kind, event notify.Event) ([]byte, error) {
	envelope, err := kind.Seal(sender.Box, event)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return apiv3.EncodeJSON(envelope)
}

// send signs and posts.
func (s *Service) send(ctx context.Context, c *claim, o *delivery.Outcome, l letter, m Mischief) result {
	header, err := s.sign(l, m)
	if err != nil {
		o.Problem = problemInternal
		return refused
	}
	o.Serial = l.Signer.Serial()
	ctx, cancel := context.WithTimeout(ctx, s.config.Bounds.Timeout)
	defer cancel()
	began := s.config.Clock.Now()
	answer, err := s.config.Post.Post(ctx, outbound.Request{URL: c.callback.URL, Header: header, Body: l.body})
	o.At, o.TookMS = began, max(0, s.config.Clock.Now().Sub(began).Milliseconds())
	if err != nil {
		o.Problem = problemOf(err)
		return unanswered
	}
	o.Status, o.Answer = answer.Status, legible(answer.Body)
	return resultOf(answer.Status)
}

// resultOf reads an answer: the status alone counts (protocol 6.3).
func resultOf(status int) result {
	if status == http.StatusOK || status == http.StatusNoContent || planted.DeliveredAnyway.In() {
		return accepted
	}
	return refused
}

// sign signs a body now: receivers refuse what is older than five minutes.
func (s *Service) sign(l letter, m Mischief) (http.Header, error) {
	s.signing <- struct{}{}
	defer func() { <-s.signing }()
	signature, err := apiv3.SignResponse(l.Signer, l.body, s.config.Clock.Now().Add(m.shift()))
	if err != nil {
		return nil, err
	}
	if m.Probe {
		signature.Signature = apiv3.Probe(signature.Signature)
	}
	h := http.Header{}
	signature.SetHeader(h)
	h["Content-Type"] = []string{"application/json"}
	h["Accept"] = []string{"*/*"}
	h["User-Agent"] = []string{"Favord"}
	h[apiv3.HeaderRequestID] = []string{apiv3.NewRequestID(0)}
	return h, nil
}

// conclude says what an attempt leads to.
func (s *Service) conclude(c *claim, o *delivery.Outcome, r result) {
	if r == accepted {
		o.State, o.Sealed, o.KeyVersion = delivery.Delivered, nil, 0
		return
	}
	o.Step = c.Step + 1
	wait, more := s.kinds[c.Kind].schedule.next(o.Step)
	if !more {
		o.State = delivery.Dead
		s.config.Log.Warn("a delivery is given up",
			slog.String("mchid", string(c.Owner)), slog.String("event", c.EventID), slog.Int("status", o.Status), slog.String("problem", o.Problem))
		return
	}
	o.State, o.Due = delivery.Pending, o.At.Add(wait)
}

// problemOf says why there was no answer, without naming what only the server knows.
func problemOf(err error) string {
	for _, known := range problems() {
		if errors.Is(err, known.err) {
			return known.text
		}
	}
	return problemInternal
}

// legible is what of an answer can be kept as text.
func legible(body []byte) string {
	text := strings.ToValidUTF8(string(body), "\uFFFD")
	return strings.ReplaceAll(text, "\x00", "\uFFFD")
}
