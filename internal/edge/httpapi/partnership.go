package httpapi

import (
	"context"

	"github.com/favord/favord/internal/platform/partnership"
	"github.com/favord/favord/internal/rule/partner"
	"github.com/favord/favord/internal/store/once"
	wirepartnership "github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/schema"
)

// partnershipHandlers serves partnerships.
func (s *Server) partnershipHandlers() map[string]handler {
	return map[string]handler{
		wirepartnership.Build:     boundOnce(s.buildPartnership),
		wirepartnership.Terminate: boundOnce(s.terminatePartnership),
		wirepartnership.List:      bound(s.listPartnerships),
	}
}

// buildPartnership is partnerships 3.
func (s *Server) buildPartnership(ctx context.Context, c *call, signed once.Call, req *wirepartnership.BuildRequest) (any, error) {
	p, err := s.Partnership.Build(ctx, partnership.Command{
		Call: signed, Caller: c.caller(), Key: req.IdempotencyKey, Resource: partner.Resource(req.AuthorizedData.BusinessType),
		StockID: req.AuthorizedData.StockID, Partner: partnerOf(&req.Partner),
	})
	if err != nil {
		return nil, err
	}
	return &wirepartnership.BuildResponse{
		Partner: partnerAnswer(p.Partner), AuthorizedData: dataAnswer(&p), State: string(p.State),
		BuildTime: schema.TimeOf(p.Built), CreateTime: schema.TimeOf(p.Created), UpdateTime: schema.TimeOf(p.Updated),
	}, nil
}

// terminatePartnership is partnerships 4.
func (s *Server) terminatePartnership(ctx context.Context, c *call, signed once.Call, req *wirepartnership.TerminateRequest) (any, error) {
	p, err := s.Partnership.Terminate(ctx, partnership.Command{
		Call: signed, Caller: c.caller(), Key: req.IdempotencyKey, Resource: partner.Resource(req.AuthorizedData.BusinessType),
		StockID: req.AuthorizedData.StockID, Partner: partnerOf(&req.Partner),
	})
	if err != nil {
		return nil, err
	}
	return &wirepartnership.TerminateResponse{TerminateTime: schema.TimeOf(p.Terminated)}, nil
}

// listPartnerships is partnerships 5.
func (s *Server) listPartnerships(ctx context.Context, c *call, req *wirepartnership.ListRequest) (any, error) {
	q := partnership.ListQuery{
		Caller: c.caller(), Resource: partner.Resource(req.AuthorizedData.BusinessType), StockID: req.AuthorizedData.StockID,
		Page: req.Offset, Limit: partnership.MaxPage,
	}
	if req.Partner != nil {
		q.Partner = partnerOf(req.Partner)
	}
	if req.Limit != nil {
		q.Limit = *req.Limit
	}
	page, err := s.Partnership.List(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &wirepartnership.ListResponse{
		Data: []wirepartnership.Partnership{}, TotalCount: page.Total, Offset: req.Offset, Limit: q.Limit,
	}
	for i := range page.Partnerships {
		p := &page.Partnerships[i]
		answer.Data = append(answer.Data, wirepartnership.Partnership{
			Partner: partnerAnswer(p.Partner), AuthorizedData: dataAnswer(p),
			BuildTime: schema.TimeOf(p.Built), TerminateTime: schema.TimeOf(p.Terminated),
			CreateTime: schema.TimeOf(p.Created), UpdateTime: schema.TimeOf(p.Updated),
		})
	}
	return answer, nil
}

// partnerOf takes the id that fits the type; the other one is ignored (partnerships 2).
func partnerOf(p *wirepartnership.Partner) partner.Partner {
	if p.Type == string(partner.ByAppID) {
		return partner.Partner{Type: partner.ByAppID, ID: p.AppID}
	}
	return partner.Partner{Type: partner.ByMerchant, ID: p.MerchantID}
}

func partnerAnswer(p partner.Partner) wirepartnership.Partner {
	if p.Type == partner.ByAppID {
		return wirepartnership.Partner{Type: string(p.Type), AppID: p.ID}
	}
	return wirepartnership.Partner{Type: string(p.Type), MerchantID: p.ID}
}

func dataAnswer(p *partner.Partnership) wirepartnership.AuthorizedData {
	return wirepartnership.AuthorizedData{BusinessType: string(p.Resource), StockID: p.Stock.ID}
}
