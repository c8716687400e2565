package console

import (
	"context"
	"encoding/base64"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/busifavor/stocks"
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/schema"
)

func (s *Server) codeImportHandlers() map[string]handler {
	return map[string]handler{
		manage.BeginCodeImport: bound(s.beginCodeImport),
		manage.GetCodeImport: bound(func(ctx context.Context, req *manage.StockRequest) (any, error) {
			return codeImportAnswer(s.Campaign.Import(ctx, coupon.StockID(req.StockID)))
		}),
		manage.AddCodePart: bound(s.addCodePart),
		manage.RunCodeImport: bound(func(ctx context.Context, req *manage.CodeImportRequest) (any, error) {
			return codeImportAnswer(s.Campaign.RunImport(ctx, importOf(ctx, req)))
		}),
		manage.PauseCodeImport: bound(func(ctx context.Context, req *manage.CodeImportRequest) (any, error) {
			return codeImportAnswer(s.Campaign.PauseImport(ctx, importOf(ctx, req)))
		}),
		manage.RemoveCodeImport: bound(func(ctx context.Context, req *manage.CodeImportRequest) (any, error) {
			return nil, s.Campaign.RemoveImport(ctx, importOf(ctx, req))
		}),
		manage.ListWrongLines: bound(s.listWrongLines),
	}
}

func importOf(ctx context.Context, req *manage.CodeImportRequest) stocks.ImportID {
	return stocks.ImportID{Actor: actorOf(ctx), StockID: coupon.StockID(req.StockID), ID: req.ImportID}
}

func (s *Server) beginCodeImport(ctx context.Context, req *manage.BeginCodeImportRequest) (any, error) {
	return codeImportAnswer(s.Campaign.BeginImport(ctx, stocks.Intake{
		Actor: actorOf(ctx), StockID: coupon.StockID(req.StockID), Name: req.Name, Print: req.Print, Size: req.Size,
	}))
}

// errCodePart refuses bytes that are none or too many.
var errCodePart = fault.New(fault.Invalid,
	"content须为1到262144字节的标准base64", "content must be base64 of 1 to 262144 bytes.")

func (s *Server) addCodePart(ctx context.Context, req *manage.AddCodePartRequest) (any, error) {
	data, err := base64.StdEncoding.DecodeString(req.Content)
	if err != nil || len(data) == 0 || len(data) > codefile.PartBytes {
		return nil, errCodePart.At("content", "")
	}
	return codeImportAnswer(s.Campaign.AddPart(ctx, stocks.Part{
		ImportID: importOf(ctx, &manage.CodeImportRequest{StockID: req.StockID, ImportID: req.ImportID}), Offset: req.Offset, Data: data,
	}))
}

func (s *Server) listWrongLines(ctx context.Context, req *manage.ListWrongLinesRequest) (any, error) {
	q := stocks.WrongQuery{ImportID: stocks.ImportID{StockID: coupon.StockID(req.StockID), ID: req.ImportID}}
	if req.After != nil {
		q.After = *req.After
	}
	page, err := s.Campaign.WrongLines(ctx, q)
	if err != nil {
		return nil, err
	}
	answer := &manage.WrongLineList{Lines: []manage.WrongLine{}, Next: page.Next}
	for _, l := range page.Lines {
		answer.Lines = append(answer.Lines, manage.WrongLine{Line: l.Line, Text: l.Text, Why: string(l.Why), First: l.First})
	}
	return answer, nil
}

func codeImportAnswer(i codefile.Import, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return &manage.CodeImport{
		StockID: string(i.Stock.ID), ImportID: i.ID, Name: i.Name, Phase: string(i.Phase), Size: i.Size, Received: i.Received,
		Lines: i.Lines, Good: i.Good, Wrong: i.Wrong, Done: i.Done, Stored: i.Stored, Existed: i.Existed,
		ProblemZH: i.Problem.ZH, ProblemEN: i.Problem.EN, Actor: i.Actor,
		CreateTime: schema.TimeOf(i.Created), UpdateTime: schema.TimeOf(i.Updated),
	}, nil
}
