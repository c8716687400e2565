// Package stocks keeps stocks: who may give out what, when, with which codes, and how
// much of it is gone. It owns the life of a stock from creation to its end; issuing from it
// belongs to package issue.
package stocks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store store.Store
	// Clock is business time.
	Clock clock.Business
	// NewID draws the id of a new stock. One that is taken is drawn again.
	NewID func() (coupon.StockID, error)
	// Images says which images a stock may name.
	Images picture.Rules
	// Users says what happens to unknown openids.
	Users user.Policy
	// Review makes new stocks wait until somebody approves them.
	Review bool
	// Real is the real time, in which nodes take turns at files of codes.
	Real clock.Clock
	// Draw returns what nobody guesses: names of imports, and of those who work on them.
	Draw func() (string, error)
	// Log has what stands in the way of imports.
	Log *slog.Logger
}

// Service keeps stocks. It is safe for concurrent use; Run is called once.
type Service struct {
	config Config
	// wake has Run look for imports that wait.
	wake chan struct{}
}

// New returns a service.
func New(c Config) *Service { return &Service{config: c, wake: make(chan struct{}, 1)} }

// CreateCommand asks for a new stock.
type CreateCommand struct {
	Caller merchant.ID
	// RequestNo makes a repeat safe: the same content gets the same answer.
	RequestNo string
	// Stock is the content; the key, state and time are the platform's to fill.
	Stock coupon.Stock
}

// Created names a new stock.
type Created struct {
	StockID   coupon.StockID
	CreatedAt time.Time
}

// createdAnswer is the stored form of Created: never rename a field.
type createdAnswer struct {
	StockID   coupon.StockID `json:"stock_id"`
	CreatedAt int64          `json:"created_at"`
}

// idAttempts is how many random stock ids are tried before something must be wrong
// with the source.
const idAttempts = 5

// Create makes a stock of the caller, running at once unless it is reviewed (busifavor B1).
// A repeat with the same number and content returns the first answer.
func (s *Service) Create(ctx context.Context, cmd CreateCommand) (Created, error) {
	if err := cmd.Stock.Check(); err != nil {
		return Created{}, fmt.Errorf("create stock: %w", err)
	}
	content, err := document.EncodeStock(&cmd.Stock)
	if err != nil {
		return Created{}, err
	}
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: store.OpCreateStock, Number: cmd.RequestNo},
		Content:    store.ContentOf(string(content)), Refused: coupon.ErrStockContent, At: s.config.Clock.For(string(cmd.Caller)).Now(),
	}
	a, err := once.Write(ctx, s.config.Store, request, func(tx store.Tx) (createdAnswer, error) {
		return s.create(ctx, tx, cmd, request.At)
	})
	if err != nil {
		return Created{}, fmt.Errorf("create stock: %w", err)
	}
	return Created{StockID: a.StockID, CreatedAt: time.Unix(a.CreatedAt, 0)}, nil
}

func (s *Service) create(ctx context.Context, tx store.Tx, cmd CreateCommand, now time.Time) (createdAnswer, error) {
	stock := cmd.Stock
	if err := stock.Validity.CheckOpen(now); err != nil {
		return createdAnswer{}, err
	}
	if err := s.checkImages(ctx, tx, stock.Display.Images(), cmd.Caller, stock.Belong); err != nil {
		return createdAnswer{}, err
	}
	if err := checkParties(ctx, tx, cmd.Caller, &stock); err != nil {
		return createdAnswer{}, err
	}
	stock.Creator, stock.State, stock.CreatedAt = cmd.Caller, coupon.StockRunning, now
	if s.config.Review {
		stock.State = coupon.StockUnaudited
	}
	if err := s.insert(ctx, tx, &stock); err != nil {
		return createdAnswer{}, err
	}
	return createdAnswer{StockID: stock.ID, CreatedAt: now.Unix()}, tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: cmd.Caller, At: now, Actor: string(cmd.Caller), Action: "busifavor.stocks.create", Object: "stock/" + string(stock.ID),
	}})
}

// checkImages reports whether the merchants may name these images.
func (s *Service) checkImages(ctx context.Context, tx store.ReadTx, images []picture.Named, parties ...merchant.ID) error {
	return s.config.Images.Check(images, func(tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
		return tx.ImageOwners(ctx, tokens)
	}, parties...)
}

// checkParties loads the merchants of a stock and asks the rules.
func checkParties(ctx context.Context, tx store.ReadTx, caller merchant.ID, stock *coupon.Stock) error {
	creator, err := tx.Merchant(ctx, caller)
	if err != nil {
		return fmt.Errorf("creator %s: %w", caller, err)
	}
	belong, err := tx.Merchant(ctx, stock.Belong)
	if errors.Is(err, store.ErrNotFound) {
		return coupon.ErrBelongUnknown.At("belong_merchant", string(stock.Belong))
	}
	if err != nil {
		return err
	}
	sub, err := tx.IsSubMerchant(ctx, creator.ID, belong.ID)
	if err != nil {
		return err
	}
	return stock.CheckParties(&creator, &belong, sub)
}

// insert stores the stock under an id that is still free.
func (s *Service) insert(ctx context.Context, tx store.Tx, stock *coupon.Stock) error {
	for range idAttempts {
		id, err := s.config.NewID()
		if err != nil {
			return err
		}
		_, err = tx.Stock(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			stock.ID = id
			return tx.InsertStock(ctx, *stock)
		}
		if err != nil {
			return err
		}
	}
	return errors.New("every stock id that was drawn is taken")
}

// View is a stock as its parties see it.
type View struct {
	Stock coupon.Stock
	// State is the state now.
	State    coupon.StockState
	Counters coupon.Counters
	// MerchantName is the name on the card: that of the merchant the stock
	// belongs to.
	MerchantName string
}

// Stock shows a stock to one of its parties (busifavor B2).
func (s *Service) Stock(ctx context.Context, caller merchant.ID, id coupon.StockID) (View, error) {
	var v View
	err := s.config.Store.Read(ctx, func(tx store.ReadTx) error {
		stock, err := find(ctx, tx, id)
		if err != nil {
			return err
		}
		if !stock.VisibleTo(caller) {
			return coupon.ErrStockForeign.At("stock_id", string(id))
		}
		v, err = s.look(ctx, tx, stock)
		return err
	})
	if err != nil {
		return View{}, fmt.Errorf("stock %s: %w", id, err)
	}
	return v, nil
}

// look adds counters to a stock.
func (s *Service) look(ctx context.Context, tx store.ReadTx, stock coupon.Stock) (View, error) {
	counters, err := tx.Counters(ctx, stock.StockKey, day.Of(s.config.Clock.For(string(stock.Creator)).Now()))
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, tx, stock, counters)
}

// view adds the name on the card.
func (s *Service) view(ctx context.Context, tx store.ReadTx, stock coupon.Stock, counters coupon.Counters) (View, error) {
	belong, err := tx.Merchant(ctx, stock.Belong)
	if err != nil {
		return View{}, fmt.Errorf("merchant %s: %w", stock.Belong, err)
	}
	state := stock.StateAt(s.config.Clock.For(string(stock.Creator)).Now())
	name := stock.Dress(&belong)
	return View{Stock: stock, State: state, Counters: counters, MerchantName: name}, nil
}
