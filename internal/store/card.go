package store

import (
	"context"
	"time"

	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/user"
)

// Card is a consumption card: who made it, and under which appid (busifavor B15).
type Card struct {
	Owner merchant.ID
	ID    string
	AppID merchant.AppID
}

// CardHolder is a user who has a card.
type CardHolder struct {
	Card
	Holder user.ID
	// Code is unique for the card.
	Code string
	At   time.Time
}

// CardReader reads cards.
type CardReader interface {
	// Card returns a card by the id that the wire has, or ErrNotFound.
	Card(ctx context.Context, id string) (Card, error)
	// CardCode returns the code that a user has for a card, or ErrNotFound.
	CardCode(ctx context.Context, c Card, holder user.ID) (string, error)
}

// CardWriter changes cards.
type CardWriter interface {
	// InsertCard adds a card; ErrDuplicate when its id is taken.
	InsertCard(ctx context.Context, c Card) error
	// InsertCardHolder gives a card to a user; ErrDuplicate when the user has it or the
	// code is taken.
	InsertCardHolder(ctx context.Context, h CardHolder) error
}
