package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/base/telemetry"
	"github.com/favord/favord/internal/favor/bill"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/wire/favor"
)

const (
	// hashTime is how long it may take to calculate the hash of a bill.
	hashTime = 2 * time.Minute
	// pieceTime is how long it may take until a client has taken the beginning of a file.
	pieceTime = 30 * time.Second

	hashType = "SHA1"
)

// FilePace is how fast clients must take files, or they would keep the places of others.
func FilePace() limit.Pace { return limit.Pace{Grace: pieceTime, Rate: 64 << 10} }

func (s *Server) flowHandlers() map[string]handler {
	return map[string]handler{
		favor.UseFlow:         bound(s.wholeFlow(bill.Uses)),
		favor.RefundFlow:      bound(s.wholeFlow(bill.Refunds)),
		favor.UseFlowByDay:    bound(s.useFlowByDay),
		favor.RefundFlowByDay: bound(s.refundFlowByDay),
		favor.DownloadFlow:    bound(s.downloadFlow),
	}
}

// wholeFlow is favor 4.14 and 4.15.
func (s *Server) wholeFlow(kind bill.Kind) func(ctx context.Context, c *call, req *favor.FlowRequest) (any, error) {
	return func(ctx context.Context, c *call, req *favor.FlowRequest) (any, error) {
		link, err := s.linkToBill(ctx, c, func(ctx context.Context) (bill.Link, error) {
			return s.Statement.Whole(ctx, billQuery(c, req.StockID, kind))
		})
		return answerUnless(err, &favor.FlowResponse{URL: s.billURL(c, link.Token), HashValue: link.SHA1, HashType: hashType})
	}
}

// useFlowByDay is favor 4.16.
func (s *Server) useFlowByDay(ctx context.Context, c *call, req *favor.FlowByDayRequest) (any, error) {
	link, err := s.flowByDay(ctx, c, req, bill.Uses)
	return answerUnless(err, &favor.UseFlowByDayResponse{
		URL: s.billURL(c, link.Token), StockUseFlowHash: link.SHA1, StockUseFlowCount: strconv.FormatInt(link.Lines, 10),
	})
}

// refundFlowByDay is favor 4.17.
func (s *Server) refundFlowByDay(ctx context.Context, c *call, req *favor.FlowByDayRequest) (any, error) {
	link, err := s.flowByDay(ctx, c, req, bill.Refunds)
	return answerUnless(err, &favor.RefundFlowByDayResponse{
		URL: s.billURL(c, link.Token), StockRefundFlowHash: link.SHA1, StockRefundFlowCount: strconv.FormatInt(link.Lines, 10),
	})
}

func (s *Server) flowByDay(ctx context.Context, c *call, req *favor.FlowByDayRequest, kind bill.Kind) (bill.Link, error) {
	begin, err := time.ParseInLocation(time.DateOnly, req.BillDate, day.Beijing())
	if err != nil { // such as February 30
		return bill.Link{}, bill.ErrDay.At("bill_date", req.BillDate)
	}
	return s.linkToBill(ctx, c, func(ctx context.Context) (bill.Link, error) {
		return s.Statement.Day(ctx, billQuery(c, req.StockID, kind), day.Of(begin))
	})
}

func billQuery(c *call, stock string, kind bill.Kind) bill.Query {
	return bill.Query{Caller: c.caller(), StockID: voucher.StockID(stock), Kind: kind}
}

// linkToBill makes a link. For its hash a bill is written once, which may take longer than
// other calls do: it leaves the room behind the gate to them.
func (s *Server) linkToBill(ctx context.Context, c *call, link func(ctx context.Context) (bill.Link, error)) (bill.Link, error) {
	if err := s.enterBills(ctx, c); err != nil {
		return bill.Link{}, err
	}
	ctx, cancel := context.WithTimeout(c.request.Context(), hashTime)
	defer cancel()
	c.extend(hashTime + pieceTime)
	made, err := link(ctx) //nolint:contextcheck // the time of other calls is too short for a bill
	if err == nil && c.has(sandbox.FaultBillHash) {
		made.SHA1 = otherHash(made.SHA1)
	}
	return made, err
}

// enterBills takes room for a bill in place of that behind the gate.
func (s *Server) enterBills(ctx context.Context, c *call) error {
	if err := s.bills.Enter(ctx, c.party()); err != nil {
		return errors.Join(errTooFast, err)
	}
	c.billing = true
	s.Gate.Leave(c.party())
	c.inside = false
	return nil
}

// otherHash is a hash of the same length with another first digit.
func otherHash(digest string) string {
	first := "0"
	if strings.HasPrefix(digest, first) {
		first = "1"
	}
	return first + digest[1:]
}

// extend gives an answer more time than others have. Not every connection can: then it has
// what they have.
func (c *call) extend(d time.Duration) { _ = c.control.SetWriteDeadline(clock.System{}.Now().Add(d)) }

// billURL is where a bill can be downloaded: where this call came to, unless files have an
// address of their own.
func (s *Server) billURL(c *call, token string) string {
	query := "?" + url.Values{"token": {token}}.Encode()
	if s.FileBase != "" {
		return s.FileBase + favor.DownloadPath + query
	}
	scheme := "http://"
	if c.request.TLS != nil || s.Redirected != nil && s.Redirected(c.request) {
		scheme = "https://"
	}
	return scheme + c.request.Host + favor.DownloadPath + query
}

// downloadFlow is favor 4.20.
func (s *Server) downloadFlow(ctx context.Context, c *call, req *favor.DownloadFlowRequest) (any, error) {
	if err := s.enterBills(ctx, c); err != nil {
		return nil, err
	}
	file, err := s.Statement.Open(ctx, c.caller(), req.Token)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// writeFile writes a file. When that fails the connection breaks, so that nobody takes a part
// for the whole.
func (s *Server) writeFile(ctx context.Context, w http.ResponseWriter, c *call, file *bill.File) {
	if _, err := file.WriteTo(ctx, &pieces{ResponseWriter: w, call: c, pace: s.FilePace}); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "file", slog.String("operation", c.endpoint.Operation.ID), telemetry.Cause(err))
		panic(http.ErrAbortHandler)
	}
}

// pieces writes the pieces of a file to a client that must take them at a pace. The time that
// it takes to make them is not the client's.
type pieces struct {
	http.ResponseWriter
	call  *call
	pace  limit.Pace
	taken int64
	took  time.Duration
}

// Write implements io.Writer.
func (p *pieces) Write(piece []byte) (int, error) {
	began := clock.System{}.Now()
	p.call.extend(p.pace.Left(p.taken, p.took))
	n, err := p.ResponseWriter.Write(piece)
	p.taken += int64(n)
	p.took += clock.System{}.Now().Sub(began)
	return n, err
}
