// Package stocks creates stocks of cash vouchers, carries out the commands of their life
// and shows them. Sending from them belongs to package grant.
package stocks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/rule/voucher"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/document"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Business
	// NewID draws the id of a new stock. One that is taken is drawn again.
	NewID func() (voucher.StockID, error)
	// Images says which images a stock may name.
	Images picture.Rules
	// Words are what no stock's name may have, whatever the case.
	Words []string
	// RunningMost is how many stocks that run may name the same available merchant; 0 is no
	// such rule.
	RunningMost int64
	// Overdraft lets merchants whose balance nobody ever touched start pre-funded stocks: the
	// platform puts the money in. Only a sandbox has it (favor 4.2, inferred).
	Overdraft bool
}

// RunningMost is the rule of the real service (favor 4.2).
const RunningMost = 500

// Words is what the real service refuses first of all (favor 6, row 3).
// Its TEST is left out: too many harmless names have it.
func Words() []string {
	return []string{"测试", "微信立减金", "商家", "赌博", "博彩", "色情", "毒品", "枪支", "假币", "代开发票"}
}

// Service creates, commands and shows stocks. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// CreateCommand asks for a new stock.
type CreateCommand struct {
	Caller merchant.ID
	// Belong must be the caller.
	Belong merchant.ID
	// RequestNo makes a repeat safe: the same content gets the same answer.
	RequestNo string
	// Stock is the content; the key, state and times are the platform's to fill.
	Stock voucher.Stock
}

// Created names a new stock.
type Created struct {
	StockID   voucher.StockID
	CreatedAt time.Time
}

// createdAnswer is the stored form of Created: never rename a field.
type createdAnswer struct {
	StockID   voucher.StockID `json:"stock_id"`
	CreatedAt int64           `json:"created_at"`
}

// Create makes a stock of the caller, which is given out only once it was started (favor
// 4.1). A repeat with the same number and content returns the first answer.
func (s *Service) Create(ctx context.Context, cmd CreateCommand) (Created, error) {
	created, err := s.checkAndCreate(ctx, cmd)
	if err != nil {
		return Created{}, fmt.Errorf("create stock of vouchers: %w", err)
	}
	return created, nil
}

func (s *Service) checkAndCreate(ctx context.Context, cmd CreateCommand) (Created, error) {
	if err := checkBelong(&cmd); err != nil {
		return Created{}, err
	}
	if err := cmd.Stock.Check(s.config.Words); err != nil {
		return Created{}, err
	}
	content, err := document.EncodeVoucherStock(&cmd.Stock)
	if err != nil {
		return Created{}, err
	}
	request := once.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: store.OpCreateVoucherStock, Number: cmd.RequestNo},
		Content:    store.ContentOf(string(content)),
		Refused:    voucher.ErrContent.At("out_request_no", cmd.RequestNo), At: s.config.Clock.For(string(cmd.Caller)).Now(),
	}
	a, err := once.Write(ctx, s.config.Store, request, func(tx store.Tx) (createdAnswer, error) {
		return s.create(ctx, tx, cmd, request.At)
	})
	if err != nil {
		return Created{}, err
	}
	return Created{StockID: a.StockID, CreatedAt: time.Unix(a.CreatedAt, 0)}, nil
}

func (s *Service) create(ctx context.Context, tx store.Tx, cmd CreateCommand, now time.Time) (createdAnswer, error) {
	stock := cmd.Stock
	if err := stock.CheckTime(now); err != nil {
		return createdAnswer{}, err
	}
	if err := s.checkImages(ctx, tx, &cmd); err != nil {
		return createdAnswer{}, err
	}
	if err := checkParties(ctx, tx, &stock); err != nil {
		return createdAnswer{}, err
	}
	id, err := s.config.NewID()
	if err != nil {
		return createdAnswer{}, err
	}
	stock.StockKey = voucher.StockKey{Creator: cmd.Caller, ID: id}
	stock.State, stock.CreatedAt = voucher.StockUnactivated, now
	if err := tx.InsertVoucherStock(ctx, stock); err != nil {
		return createdAnswer{}, err
	}
	return createdAnswer{StockID: id, CreatedAt: now.Unix()},
		tx.AppendAudit(ctx, []store.AuditEntry{entry(&stock, string(cmd.Caller), "favor.stocks.create", now)})
}

// entry is the audit row of a change of a stock.
func entry(stock *voucher.Stock, actor, action string, now time.Time) store.AuditEntry {
	return store.AuditEntry{
		Owner: stock.Creator, At: now, Actor: actor, Action: action, Object: "voucher-stock/" + string(stock.ID),
	}
}

// checkParties loads the available merchants and asks the rules.
func checkParties(ctx context.Context, tx store.ReadTx, stock *voucher.Stock) error {
	found := make(map[merchant.ID]merchant.Merchant, len(stock.Merchants))
	for _, id := range stock.Merchants {
		m, err := tx.Merchant(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		found[id] = m
	}
	return stock.CheckParties(found)
}

// checkImages reports whether the caller may name the stock's images.
func (s *Service) checkImages(ctx context.Context, tx store.ReadTx, cmd *CreateCommand) error {
	return s.config.Images.Check(cmd.Stock.Display.Images(), func(tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
		return tx.ImageOwners(ctx, tokens)
	}, cmd.Caller)
}
