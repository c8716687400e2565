package console

import (
	"context"
	"log/slog"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
)

func (s *Server) linkHandlers() map[string]handler {
	return map[string]handler{manage.MakeClaimLink: bound(s.makeClaimLink)}
}

// makeClaimLink makes a link that leads to the claim page of this server.
func (s *Server) makeClaimLink(ctx context.Context, req *manage.MakeClaimLinkRequest) (any, error) {
	mchid := merchant.ID(req.MchID)
	if _, err := s.Registry.Merchant(ctx, mchid); err != nil {
		return nil, err
	}
	keys, err := s.Keyring.Of(ctx, mchid)
	if err != nil {
		return nil, err
	}
	link, err := keys.ClaimLink(req.StockID, req.OpenID, req.CouponCode)
	if err != nil {
		return nil, err
	}
	answer := &manage.ClaimLink{URL: link.URL(s.APIURL), OutRequestNo: link.OutRequestNo}
	if answer.QRSize, answer.QRPath, err = drawQR(answer.URL); err != nil {
		return nil, err
	}
	s.Log.LogAttrs(ctx, slog.LevelInfo, "claim link",
		slog.String("mchid", req.MchID), slog.String("stock_id", req.StockID), slog.String("out_request_no", link.OutRequestNo))
	return answer, nil
}
