package notify

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
)

// Trick is a notification that tries a receiver: the genuine one, and ways in which it is forged.
// All are sealed with the merchant's key, so that opening them is no substitute for verifying them.
type Trick string

// The tricks, in the order in which they are played.
const (
	// TrickGenuine is the event as it is delivered. A receiver that refuses it proves nothing by
	// refusing the others.
	TrickGenuine Trick = "GENUINE"
	// TrickUnsigned has none of the headers of a signature.
	TrickUnsigned Trick = "UNSIGNED"
	// TrickSignature has a signature that nobody's key made.
	TrickSignature Trick = "SIGNATURE"
	// TrickBody is signed, and then one letter of its summary changed.
	TrickBody Trick = "BODY"
	// TrickStale is signed at a time that receivers refuse.
	TrickStale Trick = "STALE"
	// TrickSerial names a platform key that does not exist.
	TrickSerial Trick = "SERIAL"
	// TrickProbe is what the platform sends to see whether signatures are verified.
	TrickProbe Trick = "PROBE"
	// TrickReplayed is the genuine one once more, to the byte.
	TrickReplayed Trick = "REPLAYED"
)

// Tricks lists them in the order in which they are played.
func Tricks() []Trick {
	return []Trick{TrickGenuine, TrickUnsigned, TrickSignature, TrickBody, TrickStale, TrickSerial, TrickProbe, TrickReplayed}
}

// Trial is what a receiver made of a trick.
type Trial struct {
	Trick   Trick
	EventID string
	// Status is 0 when there was no answer; Problem then says why.
	Status  int
	Problem string
	Took    time.Duration
}

// IsAccepted reports whether the receiver said that it has taken the notification.
func (t *Trial) IsAccepted() bool { return t.Status/100 == http.StatusOK/100 }

// Trials are what a receiver made of the tricks that were played.
type Trials struct {
	URL    string
	Trials []Trial
}

// Try sends the callback of a merchant an event as it was delivered, and then forgeries of it: each
// once, without a trace in the deliveries, to the URL that is set now. A receiver that does not answer
// the genuine one is left alone. Only a sandbox has it. It reports ErrNoDelivery and ErrNotSet.
func (s *Service) Try(ctx context.Context, owner merchant.ID, eventID string) (Trials, error) {
	story, err := s.Delivery(ctx, owner, eventID)
	if err != nil {
		return Trials{}, err
	}
	callback, err := s.Callback(ctx, owner, owner, story.Product)
	if err != nil {
		return Trials{}, err
	}
	tried := Trials{URL: callback.URL}
	var genuine message
	for _, trick := range Tricks() {
		made := genuine
		if trick != TrickReplayed {
			if made, err = s.play(ctx, trick, &story); err != nil {
				return Trials{}, fmt.Errorf("forge a notification: %w", err)
			}
		}
		if trick == TrickGenuine {
			genuine = made
		}
		one := s.post(ctx, callback.URL, &made)
		one.Trick, one.EventID = trick, made.eventID
		tried.Trials = append(tried.Trials, one)
		if trick == TrickGenuine && one.Status == 0 {
			break
		}
	}
	return tried, nil
}

// message is a notification with its header.
type message struct {
	eventID string
	header  http.Header
	body    []byte
}

// play makes the notification of a trick. All but the genuine one have ids of their own: a receiver
// that knows an event already must not answer by its id.
func (s *Service) play(ctx context.Context, trick Trick, story *Story) (message, error) {
	kind := delivery.Kind(story.Kind)
	made := message{eventID: story.EventID}
	if trick != TrickGenuine {
		made.eventID = delivery.NewEventID(kind, "forged", apiv3.NewNonce())
	}
	c := &claim{resource: story.Resource}
	c.Owner, c.Kind, c.EventID = story.Owner, kind, made.eventID
	c.event.At = story.At
	var o delivery.Outcome
	sealed, err := s.seal(ctx, c, &o)
	if err != nil {
		return made, err
	}
	if made.header, err = s.sign(sealed, Mischief{Stale: trick == TrickStale, Probe: trick == TrickProbe}); err != nil {
		return made, err
	}
	made.body = sealed.body
	err = made.spoil(trick)
	return made, err
}

// spoil changes what was signed, or its signature.
func (m *message) spoil(trick Trick) error {
	switch trick {
	case TrickUnsigned:
		for _, name := range []string{
			apiv3.HeaderSignature, apiv3.HeaderTimestamp, apiv3.HeaderNonce, apiv3.HeaderSerial, apiv3.HeaderSignatureType,
		} {
			delete(m.header, name)
		}
	case TrickSignature:
		signature, err := base64.StdEncoding.DecodeString(strings.Join(m.header[apiv3.HeaderSignature], ""))
		if err != nil {
			return fmt.Errorf("read signature: %w", err)
		}
		_, _ = rand.Read(signature) // it never fails
		m.header[apiv3.HeaderSignature] = []string{base64.StdEncoding.EncodeToString(signature)}
	case TrickSerial:
		stranger := make([]byte, 20)
		_, _ = rand.Read(stranger)
		m.header[apiv3.HeaderSerial] = []string{strings.ToUpper(hex.EncodeToString(stranger))}
	case TrickBody:
		var envelope map[string]json.RawMessage
		if err := json.Unmarshal(m.body, &envelope); err != nil {
			return fmt.Errorf("read notification: %w", err)
		}
		envelope["summary"] = json.RawMessage(`"altered"`)
		var err error
		m.body, err = json.Marshal(envelope)
		return err
	case TrickGenuine, TrickStale, TrickProbe, TrickReplayed:
	}
	return nil
}

// post sends a notification once.
func (s *Service) post(ctx context.Context, url string, m *message) (t Trial) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Bounds.Timeout)
	defer cancel()
	began := s.config.Clock.Now()
	answer, err := s.config.Post.Post(ctx, outbound.Request{URL: url, Header: m.header, Body: m.body})
	t.Took = max(0, s.config.Clock.Now().Sub(began))
	if err != nil {
		t.Problem = problemOf(err)
		return t
	}
	t.Status = answer.Status
	return t
}
