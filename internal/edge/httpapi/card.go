package httpapi

import (
	"context"

	"github.com/favord/favord/internal/busifavor/card"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/wire/busifavor"
)

func (s *Server) cardHandlers() map[string]handler {
	return map[string]handler{busifavor.SendCard: bound(s.sendCard)}
}

// sendCard is B15.
func (s *Server) sendCard(ctx context.Context, c *call, req *busifavor.SendCardRequest) (any, error) {
	code, err := s.Card.Send(ctx, card.SendCommand{
		Caller:    c.caller(),
		CardID:    req.CardID,
		AppID:     merchant.AppID(req.AppID),
		OpenID:    user.OpenID(req.OpenID),
		RequestNo: req.OutRequestNo,
		SendTime:  req.SendTime.Time,
	})
	if err != nil {
		return nil, err
	}
	return &busifavor.SendCardResponse{CardCode: code}, nil
}
