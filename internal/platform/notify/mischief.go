package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/outbound"
	"github.com/favord/favord/wire/notify"
	"github.com/favord/favord/wire/schema"
)

// Mischief is what goes wrong with an attempt because somebody wants to see what the
// receiver makes of it. Only a sandbox has it.
type Mischief struct {
	// Delay holds a new event back; later ones overtake it.
	Delay time.Duration
	// Duplicate sends what was accepted once more.
	Duplicate bool
	// Forged sends something first that a stranger made.
	Forged bool
	// Stale signs at a time that receivers refuse, Probe as the platform's probes do
	// (protocol 6.5).
	Stale, Probe bool
	// EmptyAttach has attach_info as an empty string where there is none (busifavor 11.3).
	EmptyAttach bool
}

// disguise returns a resource as a receiver is to read it.
func (m Mischief) disguise(resource []byte) ([]byte, error) {
	if !m.EmptyAttach {
		return resource, nil
	}
	var sent notify.CouponSend
	if err := json.Unmarshal(resource, &sent); err != nil {
		return nil, fmt.Errorf("read what is told: %w", err)
	}
	if sent.EventType != notify.EventBusiCouponSend || sent.AttachInfo != (notify.AttachInfo{}) {
		return resource, nil
	}
	return apiv3.EncodeJSON(struct {
		notify.CouponSend
		AttachInfo string `json:"attach_info"`
	}{CouponSend: sent})
}

// past is further back than any receiver accepts.
const past = -2 * apiv3.Window

func (m Mischief) shift() time.Duration {
	if m.Stale {
		return past
	}
	return 0
}

// forge sends a notification that anybody could have made: the receiver must refuse it.
// Whether it does is logged.
func (s *Service) forge(ctx context.Context, c *claim) {
	if !c.mischief.Forged {
		return
	}
	body, err := apiv3.EncodeJSON(notify.Envelope{
		ID: "forged-" + apiv3.NewBoxNonce(), CreateTime: schema.TimeOf(c.event.At), ResourceType: notify.EncryptResource,
		EventType: string(c.Kind), Summary: s.kinds[c.Kind].envelope.Summary,
		Resource: notify.Resource{
			OriginalType: s.kinds[c.Kind].envelope.OriginalType, Algorithm: apiv3.AlgorithmAES256GCM,
			AssociatedData: s.kinds[c.Kind].envelope.AssociatedData,
			Nonce:          apiv3.NewBoxNonce(), Ciphertext: "Zm9yZ2VkIGJ5IHNvbWVib2R5IHdpdGhvdXQgYSBrZXk=",
		},
	})
	if err != nil {
		return
	}
	h := http.Header{"Content-Type": {"application/json"}}
	apiv3.ResponseSignature{
		Timestamp: strconv.FormatInt(s.config.Clock.Now().Unix(), 10), Nonce: apiv3.NewNonce(),
		Signature: strings.Repeat("A", 342) + "==", Serial: strings.Repeat("1", 40), Type: apiv3.SchemeRSA,
	}.SetHeader(h)
	ctx, cancel := context.WithTimeout(ctx, s.config.Bounds.Timeout)
	defer cancel()
	answer, err := s.config.Post.Post(ctx, outbound.Request{URL: c.callback.URL, Header: h, Body: body})
	if err == nil && resultOf(answer.Status) == accepted {
		s.config.Log.Warn("the receiver accepted a forged notification",
			slog.String("mchid", string(c.Owner)), slog.String("url", c.callback.URL))
	}
}
