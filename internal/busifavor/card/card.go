// Package card gives consumption cards to users: each user has one code for each card
// (busifavor B15). It owns nothing of what a card is worth; the cash coupons that come with
// one are those of another product.
package card

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/platform/directory"
	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
	"github.com/favord/favord/internal/store"
	"github.com/favord/favord/internal/store/once"
)

// Config is what a Service needs.
type Config struct {
	Store     store.Store
	Directory *directory.Directory
	// Clock is business time.
	Clock clock.Business
	// Random is where codes come from.
	Random io.Reader
	// Users says what happens to unknown openids.
	Users user.Policy
	// TakeAny has a card that nobody registered belong to the first merchant that sends
	// it. Only a sandbox does so.
	TakeAny bool
}

// Service sends cards. It is safe for concurrent use.
type Service struct{ config Config }

// New returns a service.
func New(c Config) *Service { return &Service{c} }

// maxAge is how old a send_time may be.
const maxAge = 24 * time.Hour

// Refusals.
var (
	ErrPermission = fault.New(fault.Forbidden,
		"无权限", "The merchant was not invited to issue consumption cards.")
	ErrForeign = fault.New(fault.Forbidden,
		"无权限", "The card belongs to another merchant.")
	ErrNotFound = fault.New(fault.NotFound,
		"查询的资源不存在", "The card does not exist.")
	ErrTaken = fault.New(fault.Exists,
		"消费卡已存在", "The card exists already.")
	ErrTooOld = fault.New(fault.Invalid,
		"发卡时间不能早于当前时间24小时", "The send_time is more than 24 hours ago.").At("send_time", "")
	ErrContent = fault.New(fault.Refused,
		"请求重入时，参数与首次请求时不一致", "The out_request_no was used before, at the same send_time, with other content.").Numbered(fault.NumberRepeated)
)

// SendCommand asks to give a card to a user.
type SendCommand struct {
	Caller merchant.ID
	CardID string
	// AppID is the one under which the card was made.
	AppID  merchant.AppID
	OpenID user.OpenID
	// RequestNo and SendTime together name the request. A repeat returns the same code.
	RequestNo string
	SendTime  time.Time
}

func (cmd *SendCommand) request(now time.Time) once.Request {
	return once.Request{
		RequestKey: store.RequestKey{
			Owner: cmd.Caller, Operation: store.OpSendCard, Subject: strconv.FormatInt(cmd.SendTime.Unix(), 10), Number: cmd.RequestNo,
		},
		Content: store.ContentOf(cmd.CardID, string(cmd.AppID), string(cmd.OpenID)),
		Refused: ErrContent, At: now,
	}
}

// Send gives a card to a user and returns the code that the user has for it (busifavor
// B15). A user who has the card keeps it.
func (s *Service) Send(ctx context.Context, cmd SendCommand) (string, error) {
	caller, err := s.config.Directory.Merchant(ctx, cmd.Caller)
	if err == nil && !caller.May(merchant.SendCards) {
		err = ErrPermission
	}
	var code once.Text
	if err == nil {
		now := s.config.Clock.For(string(cmd.Caller)).Now()
		code, err = once.Write(ctx, s.config.Store, cmd.request(now), func(tx store.Tx) (once.Text, error) {
			return s.send(ctx, tx, cmd, &caller, now)
		})
	}
	if err != nil {
		return "", fmt.Errorf("send card: %w", err)
	}
	return string(code), nil
}

// send follows the order of checks of busifavor 8.4, in which repeats come first: existence,
// permission, appid and openid, time.
func (s *Service) send(ctx context.Context, tx store.Tx, cmd SendCommand, caller *merchant.Merchant, now time.Time) (once.Text, error) {
	card, err := s.card(ctx, tx, cmd, caller)
	if err != nil {
		return "", err
	}
	holder, err := s.config.Users.Resolve(ctx, tx, cmd.AppID, cmd.OpenID)
	if err != nil {
		return "", err
	}
	if cmd.SendTime.Before(now.Add(-maxAge)) {
		return "", ErrTooOld
	}
	code, err := s.give(ctx, tx, store.CardHolder{Card: card, Holder: holder.ID, At: now})
	if err != nil {
		return "", err
	}
	return once.Text(code), write(ctx, tx, holder, card, now)
}

// card returns the card that a command names.
func (s *Service) card(ctx context.Context, tx store.Tx, cmd SendCommand, caller *merchant.Merchant) (store.Card, error) {
	card, err := tx.Card(ctx, cmd.CardID)
	unknown := errors.Is(err, store.ErrNotFound)
	switch {
	case err != nil && !unknown:
		return store.Card{}, err
	case unknown && !s.config.TakeAny:
		return store.Card{}, ErrNotFound.At("card_id", cmd.CardID)
	case !unknown && card.Owner != cmd.Caller:
		return store.Card{}, ErrForeign.At("card_id", cmd.CardID)
	}
	if err := merchant.CheckAppID(cmd.AppID, caller); err != nil {
		return store.Card{}, err
	}
	if unknown {
		card = store.Card{Owner: cmd.Caller, ID: cmd.CardID, AppID: cmd.AppID}
		return card, tx.InsertCard(ctx, card)
	}
	if card.AppID != cmd.AppID {
		return store.Card{}, merchant.ErrAppID.At("appid", string(cmd.AppID))
	}
	return card, nil
}

// give returns the code of a holder, a new one if the holder had none.
func (s *Service) give(ctx context.Context, tx store.Tx, h store.CardHolder) (string, error) {
	code, err := tx.CardCode(ctx, h.Card, h.Holder)
	if !errors.Is(err, store.ErrNotFound) {
		return code, err
	}
	if h.Code, err = coupon.NewCardCode(s.config.Random); err != nil {
		return "", err
	}
	return h.Code, tx.InsertCardHolder(ctx, h)
}

func write(ctx context.Context, tx store.Tx, holder user.User, card store.Card, now time.Time) error {
	if !holder.Known {
		if err := tx.InsertUsers(ctx, []user.User{holder}); err != nil {
			return err
		}
	}
	return tx.AppendAudit(ctx, []store.AuditEntry{{
		Owner: card.Owner, At: now, Actor: string(card.Owner), Action: "busifavor.cards.send", Object: "card/" + card.ID,
	}})
}

// RegisterCommand says that a card exists and whose it is.
type RegisterCommand struct {
	Owner  merchant.ID
	CardID string
	AppID  merchant.AppID
	// Actor is who says so, for the audit trail.
	Actor string
}

// Register notes a card that was made elsewhere.
func (s *Service) Register(ctx context.Context, cmd RegisterCommand) error {
	err := s.config.Store.Write(ctx, func(tx store.Tx) error {
		owner, err := tx.Merchant(ctx, cmd.Owner)
		if errors.Is(err, store.ErrNotFound) {
			return fault.New(fault.NotFound, "商户号不存在", "The merchant does not exist.").At("mchid", string(cmd.Owner))
		}
		if err != nil {
			return err
		}
		if err := merchant.CheckAppID(cmd.AppID, &owner); err != nil {
			return err
		}
		if err := tx.InsertCard(ctx, store.Card{Owner: owner.ID, ID: cmd.CardID, AppID: cmd.AppID}); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, []store.AuditEntry{{
			Owner: owner.ID, At: s.config.Clock.For(string(owner.ID)).Now(), Actor: cmd.Actor,
			Action: "manage.cards.register", Object: "card/" + cmd.CardID,
			After: fmt.Sprintf(`{"appid":%q}`, cmd.AppID),
		}})
	})
	if errors.Is(err, store.ErrDuplicate) {
		err = ErrTaken.At("card_id", cmd.CardID)
	}
	if err != nil {
		return fmt.Errorf("register card: %w", err)
	}
	return nil
}
