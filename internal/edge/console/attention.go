package console

import (
	"context"

	"github.com/favord/favord/internal/platform/attention"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) attentionHandlers() map[string]handler {
	return map[string]handler{manage.ListAttention: bound(s.listAttention)}
}

func (s *Server) listAttention(ctx context.Context, req *manage.AttentionRequest) (any, error) {
	list, err := s.Attention.List(ctx, merchant.ID(req.MchID))
	if err != nil {
		return nil, err
	}
	answer := &manage.AttentionList{Matters: []manage.Matter{}, Whole: list.Whole}
	if req.MchID == "" {
		answer.Matters = s.serverMatters(ctx)
	}
	for i := range list.Matters {
		answer.Matters = append(answer.Matters, matterAnswer(&list.Matters[i]))
	}
	return answer, nil
}

func matterAnswer(m *attention.Matter) manage.Matter {
	return manage.Matter{
		Kind: string(m.Kind), MchID: string(m.Owner), Product: string(m.Product), StockID: m.StockID, Name: m.Name,
		Left: m.Left, Whole: m.Whole, Time: schema.TimeOf(m.At), Detail: m.Detail,
	}
}

// serverMatters are what ends soon and is no merchant's.
func (s *Server) serverMatters(ctx context.Context) []manage.Matter {
	list := []manage.Matter{}
	if s.Warnings == nil {
		return list
	}
	now := s.Time.Now()
	for _, e := range s.Warnings(ctx) {
		if e.Kind != "platform" && e.Kind != "merchant" { // each merchant's has a row of its own
			list = append(list, manage.Matter{Kind: "SERVER_ENDS", Time: schema.TimeOf(now.Add(e.Left)), Detail: e.Kind})
		}
	}
	return list
}
