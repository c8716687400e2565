package console

import (
	"context"
	"errors"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) deliveryHandlers() map[string]handler {
	return map[string]handler{
		manage.ListCallbacks:          bound(s.listCallbacks),
		manage.ListDeliveries:         bound(s.listDeliveries),
		manage.GetDelivery:            bound(s.getDelivery),
		manage.ResendDeliveries:       bound(s.resendDeliveries),
		manage.SynthesizeNotification: bound(s.synthesize),
		manage.ForgeDelivery:          bound(s.forge),
	}
}

// defaultDeliveries is the size of a page that nobody asks for.
const defaultDeliveries = 20

func (s *Server) listCallbacks(ctx context.Context, req *manage.MerchantRequest) (any, error) {
	if _, err := s.Registry.Merchant(ctx, merchant.ID(req.MchID)); err != nil {
		return nil, err
	}
	answer := &manage.CallbackList{Callbacks: []manage.Callback{}}
	for _, product := range []merchant.Product{merchant.BusiFavor, merchant.Favor} {
		c, err := s.Notify.Callback(ctx, merchant.ID(req.MchID), "", product)
		if errors.Is(err, notify.ErrNotSet) {
			continue
		}
		if err != nil {
			return nil, err
		}
		answer.Callbacks = append(answer.Callbacks, manage.Callback{
			MchID: string(c.Owner), Product: string(c.Product), URL: c.URL, On: c.On, UpdateTime: schema.TimeOf(c.UpdatedAt),
		})
	}
	return answer, nil
}

func (s *Server) listDeliveries(ctx context.Context, req *manage.ListDeliveriesRequest) (any, error) {
	q := notify.Query{
		Owner: merchant.ID(req.MchID), Product: merchant.Product(req.Product), State: req.State,
		From: req.From.Time, Until: req.Until.Time, Before: req.Before, Limit: defaultDeliveries,
	}
	if req.Limit != nil {
		q.Limit = *req.Limit
	}
	list, err := s.Notify.Deliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &manage.ListDeliveriesResponse{Deliveries: []manage.Delivery{}}
	for i := range list {
		answer.Deliveries = append(answer.Deliveries, deliveryAnswer(&list[i]))
	}
	return answer, nil
}

func (s *Server) getDelivery(ctx context.Context, req *manage.GetDeliveryRequest) (any, error) {
	story, err := s.Notify.Delivery(ctx, merchant.ID(req.MchID), req.EventID)
	if err != nil {
		return nil, err
	}
	answer := &manage.GetDeliveryResponse{
		Delivery: deliveryAnswer(&story.Delivery), Resource: string(story.Resource), Attempts: []manage.Attempt{},
	}
	for _, try := range story.Tries {
		answer.Attempts = append(answer.Attempts, manage.Attempt{
			Number: try.Number, URL: try.URL, Time: schema.TimeOf(try.At), TookMS: try.Took.Milliseconds(),
			Serial: try.Serial, Status: int64(try.Status), Problem: try.Problem, Answer: try.Answer,
		})
	}
	return answer, nil
}

// errWhichDeliveries refuses to send everything again by accident.
var errWhichDeliveries = fault.New(fault.Invalid,
	"请给出event_ids，或给出from（起始时间）", "Name the events to resend, or give a start time.").At("from", "")

func (s *Server) resendDeliveries(ctx context.Context, req *manage.ResendDeliveriesRequest) (any, error) {
	if len(req.EventIDs) == 0 && req.From.IsZero() {
		return nil, errWhichDeliveries
	}
	resent, err := s.Notify.Resend(ctx, actorOf(ctx), notify.Query{
		Owner: merchant.ID(req.MchID), Product: merchant.Product(req.Product), State: req.State,
		From: req.From.Time, Until: req.Until.Time, Before: req.Before, Limit: notify.MaxPage,
	}, req.EventIDs...)
	if err != nil {
		return nil, err
	}
	return &manage.ResendDeliveriesResponse{Resent: int64(resent.Count), Last: resent.Last}, nil
}

func deliveryAnswer(d *notify.Delivery) manage.Delivery {
	return manage.Delivery{
		MchID: string(d.Owner), EventID: d.EventID, Place: d.Place, Product: string(d.Product), Event: d.Kind, State: d.State,
		BeganTime: schema.TimeOf(d.TakenAt), NextTime: schema.TimeOf(d.Due), EndTime: schema.TimeOf(d.Ended),
		Attempts: d.Attempts, Status: int64(d.Status), Problem: d.Problem,
	}
}

func (s *Server) synthesize(ctx context.Context, req *manage.SynthesizeRequest) (any, error) {
	sent, err := s.Notify.Synthesize(ctx, notify.SyntheticCommand{
		Owner: merchant.ID(req.MchID), Kind: req.Event, Resource: []byte(req.Resource),
	})
	if err != nil {
		return nil, err
	}
	return &manage.SynthesizeResponse{
		EventID: sent.EventID, URL: sent.URL, Status: int64(sent.Status), Problem: sent.Problem, TookMS: sent.Took.Milliseconds(),
	}, nil
}
