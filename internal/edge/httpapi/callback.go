package httpapi

import (
	"context"

	"github.com/favord/favord/internal/platform/notify"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/store/once"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

// callbackHandlers serves where events go, for each product.
func (s *Server) callbackHandlers() map[string]handler {
	return map[string]handler{
		busifavor.SetCallback: boundOnce(s.setBusiFavorCallback),
		busifavor.GetCallback: bound(s.getBusiFavorCallback),
		favor.SetCallback:     boundOnce(s.setFavorCallback),
		favor.GetCallback:     bound(s.getFavorCallback),
	}
}

// setBusiFavorCallback is B18.
func (s *Server) setBusiFavorCallback(ctx context.Context, c *call, signed once.Call, req *busifavor.SetCallbackRequest) (any, error) {
	set, err := s.Notify.SetCallback(ctx, notify.SetCommand{
		Call: signed, Caller: c.caller(), MchID: merchant.ID(req.MchID), Product: merchant.BusiFavor, URL: req.NotifyURL,
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
func (s *Server) setFavorCallback(ctx context.Context, c *call, signed once.Call, req *favor.SetCallbackRequest) (any, error) {
	set, err := s.Notify.SetCallback(ctx, notify.SetCommand{
		Call: signed, Caller: c.caller(), MchID: merchant.ID(req.MchID), Product: merchant.Favor, URL: req.NotifyURL, On: req.Switch,
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
