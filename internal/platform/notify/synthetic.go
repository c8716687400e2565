package notify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/delivery"
	"github.com/favord/favord/internal/rule/merchant"
)

// SyntheticCommand asks to tell a merchant of something that did not happen.
type SyntheticCommand struct {
	Owner merchant.ID
	// Kind is the type of the event, such as COUPON.SEND.
	Kind string
	// Resource is the JSON that is sealed.
	Resource []byte
}

// Synthetic is what became of a notification that nothing stands behind.
type Synthetic struct {
	EventID string
	URL     string
	Status  int
	Problem string
	Took    time.Duration
}

// Refusals of a synthetic notification.
var (
	errKind = fault.New(fault.Invalid,
		"没有这种事件", "There is no such kind of event.").At("event", "")
	errResource = fault.New(fault.Invalid,
		"事件内容须为JSON对象", "The resource must be a JSON object.").At("resource", "")
)

// Synthesize sends one notification as real ones are sent, sealed and signed, but once and
// without a trace: nothing happened that it could be about. Only a sandbox has it.
func (s *Service) Synthesize(ctx context.Context, cmd SyntheticCommand) (Synthetic, error) {
	kind := delivery.Kind(cmd.Kind)
	if _, known := s.kinds[kind]; !known {
		return Synthetic{}, errKind.At("event", cmd.Kind)
	}
	var object map[string]any
	if json.Unmarshal(cmd.Resource, &object) != nil || object == nil {
		return Synthetic{}, errResource
	}
	callback, err := s.Callback(ctx, cmd.Owner, cmd.Owner, kind.Product())
	if err != nil {
		return Synthetic{}, err
	}
	c := &claim{callback: callback, resource: cmd.Resource}
	c.Owner, c.Kind = cmd.Owner, kind
	c.EventID = delivery.NewEventID(kind, "synthetic", apiv3.NewNonce())
	c.event.At = s.config.Clock.Now()
	var o delivery.Outcome
	sealed, err := s.seal(ctx, c, &o)
	if err != nil {
		return Synthetic{}, err
	}
	s.send(ctx, c, &o, sealed, Mischief{})
	return Synthetic{
		EventID: c.EventID, URL: c.callback.URL, Status: o.Status, Problem: o.Problem, Took: time.Duration(o.TookMS) * time.Millisecond,
	}, nil
}
