// Package promotion creates stocks of cash vouchers, carries out the commands of their life
// and shows them. Sending from them belongs to package grant.
package promotion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/favord/favord/internal/clock"
	"github.com/favord/favord/internal/directory"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/picture"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/voucher"
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
func Words() []string { return []string{"测试"} }

// Service creates, commands and shows stocks. It is safe for concurrent use.
type Service struct{ Config }

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

// idAttempts is how many random stock ids are tried before something must be wrong with the
// source.
const idAttempts = 5

// Create makes a stock of the caller, which is given out only once it was started (favor
// 4.1). A repeat with the same number and content returns the first answer.
func (s *Service) Create(ctx context.Context, cmd CreateCommand) (Created, error) {
	created, err := s.checkAndCreate(ctx, cmd)
	if err != nil {
		return Created{}, fmt.Errorf("create stock of vouchers: %w", err)
	}
	return created, nil
}

func (s *Service) checkAndCreate(ctx context.Context, cmd CreateCommand) (created Created, err error) {
	if cmd.Belong != cmd.Caller {
		return Created{}, voucher.ErrBelong.At("belong_merchant", string(cmd.Belong))
	}
	if err := cmd.Stock.Check(s.Words); err != nil {
		return Created{}, err
	}
	content, err := store.EncodeVoucherStock(&cmd.Stock)
	if err != nil {
		return Created{}, err
	}
	request := store.Request{
		RequestKey: store.RequestKey{Owner: cmd.Caller, Operation: store.OpCreateVoucherStock, Number: cmd.RequestNo},
		Content:    store.ContentOf(string(content)),
	}
	for range idAttempts {
		created, err = s.createOnce(ctx, cmd, request)
		// Another call was faster with the number, or with the id that was drawn.
		if !errors.Is(err, store.ErrDuplicate) {
			break
		}
	}
	return created, err
}

// createOnce repeats the answer to a number that is known, or creates.
func (s *Service) createOnce(ctx context.Context, cmd CreateCommand, request store.Request) (created Created, err error) {
	err = s.Store.Write(ctx, func(tx store.Tx) error {
		prior, err := tx.Requests(ctx, []store.RequestKey{request.RequestKey})
		if err != nil {
			return err
		}
		if first, known := prior[request.RequestKey]; known {
			if created, err = repeat(first, request.Content); err != nil {
				return err
			}
			return tx.TouchRequests(ctx, []store.RequestKey{request.RequestKey})
		}
		created, err = s.create(ctx, tx, cmd, request)
		return err
	})
	return created, err
}

func repeat(first store.Request, content store.Content) (Created, error) {
	if first.Content != content {
		return Created{}, voucher.ErrContent.At("out_request_no", first.Number)
	}
	var a createdAnswer
	if err := json.Unmarshal(first.Answer, &a); err != nil {
		return Created{}, fmt.Errorf("stored answer: %w", err)
	}
	return Created{StockID: a.StockID, CreatedAt: time.Unix(a.CreatedAt, 0)}, nil
}

func (s *Service) create(ctx context.Context, tx store.Tx, cmd CreateCommand, request store.Request) (Created, error) {
	now := s.Clock.For(string(cmd.Caller)).Now()
	stock := cmd.Stock
	if err := stock.CheckTime(now); err != nil {
		return Created{}, err
	}
	if err := s.Images.Check(stock.Display.Images(), func(tokens []picture.Token) (map[picture.Token]merchant.ID, error) {
		return tx.ImageOwners(ctx, tokens)
	}, cmd.Caller); err != nil {
		return Created{}, err
	}
	if err := checkParties(ctx, tx, &stock); err != nil {
		return Created{}, err
	}
	id, err := s.NewID()
	if err != nil {
		return Created{}, err
	}
	stock.StockKey = voucher.StockKey{Creator: cmd.Caller, ID: id}
	stock.State, stock.CreatedAt = voucher.StockUnactivated, now
	if err := tx.InsertVoucherStock(ctx, stock); err != nil {
		return Created{}, err
	}
	if request.Answer, err = json.Marshal(createdAnswer{StockID: id, CreatedAt: now.Unix()}); err != nil {
		return Created{}, fmt.Errorf("encode answer: %w", err)
	}
	request.At = now
	if err := tx.InsertRequests(ctx, []store.Request{request}); err != nil {
		return Created{}, err
	}
	err = tx.AppendAudit(ctx, []store.AuditEntry{entry(&stock, string(cmd.Caller), "favor.stocks.create", now)})
	return Created{StockID: id, CreatedAt: now}, err
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
