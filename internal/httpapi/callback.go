package httpapi

import (
	"context"
	"crypto/sha256"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/notify"
	"github.com/favord/favord/internal/once"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// callbackHandlers serves where events go, for each product.
func (s *Server) callbackHandlers() map[string]handler {
	return map[string]handler{
		busifavor.SetCallback: bound(s.setBusiFavorCallback),
		busifavor.GetCallback: bound(s.getBusiFavorCallback),
		favor.SetCallback:     bound(s.setFavorCallback),
		favor.GetCallback:     bound(s.getFavorCallback),
	}
}

// identity is what the signature says about a call: operations without a request number go by
// it.
func (c *call) identity() once.Call {
	a := &c.authorization
	message := apiv3.RequestMessage(apiv3.Request{Method: c.request.Method, Target: c.request.RequestURI, Body: c.body}, a.Timestamp, a.Nonce)
	return once.Call{By: c.caller(), Serial: apiv3.CanonicalSerial(a.Serial), Nonce: a.Nonce, Digest: sha256.Sum256(message)}
}

// setBusiFavorCallback is B18.
func (s *Server) setBusiFavorCallback(ctx context.Context, c *call, req *busifavor.SetCallbackRequest) (any, error) {
	set, err := s.Notify.SetCallback(ctx, notify.SetCommand{
		Call: c.identity(), Caller: c.caller(), MchID: merchant.ID(req.MchID), Product: merchant.BusiFavor, URL: req.NotifyURL,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.SetCallbackResponse{UpdateTime: schema.TimeOf(set.UpdatedAt), NotifyURL: set.URL, MchID: string(set.Owner)}, nil
}

// getBusiFavorCallback is B19.
func (s *Server) getBusiFavorCallback(ctx context.Context, c *call, req *busifavor.GetCallbackRequest) (any, error) {
	found, err := s.Notify.Callback(ctx, c.caller(), merchant.ID(req.MchID), merchant.BusiFavor)
	if err != nil {
		return nil, err
	}
	return &busifavor.GetCallbackResponse{NotifyURL: found.URL, MchID: string(found.Owner)}, nil
}

// setFavorCallback is favor 4.18.
func (s *Server) setFavorCallback(ctx context.Context, c *call, req *favor.SetCallbackRequest) (any, error) {
	set, err := s.Notify.SetCallback(ctx, notify.SetCommand{
		Call: c.identity(), Caller: c.caller(), MchID: merchant.ID(req.MchID), Product: merchant.Favor, URL: req.NotifyURL, On: req.Switch,
	})
	if err != nil {
		return nil, err
	}
	return &favor.SetCallbackResponse{UpdateTime: schema.TimeOf(set.UpdatedAt), NotifyURL: set.URL, MchID: string(set.Owner)}, nil
}

// getFavorCallback is favor 4.19.
func (s *Server) getFavorCallback(ctx context.Context, c *call, req *favor.GetCallbackRequest) (any, error) {
	found, err := s.Notify.Callback(ctx, c.caller(), merchant.ID(req.MchID), merchant.Favor)
	if err != nil {
		return nil, err
	}
	return &favor.GetCallbackResponse{NotifyURL: found.URL, MchID: string(found.Owner)}, nil
}
