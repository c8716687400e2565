// Package draft holds what a stock is before it is created: the call that would create it, as far
// as it is filled in, and who did so last.
package draft

import (
	"fmt"
	"math"
	"time"

	"github.com/favord/favord/internal/base/day"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// PerMerchant is how many drafts a merchant may have.
const PerMerchant = 200

// Draft is a stock that is being prepared.
type Draft struct {
	// ID is chosen by whoever saves it first, and is unique among all drafts.
	ID    string
	Owner merchant.ID
	// Operation is the id of the call, Body its body in JSON. Title is what people call the draft.
	Operation, Title, Body string
	// Version counts how often it was saved.
	Version int64
	// Editor saved it last, at Updated.
	Editor           string
	Created, Updated time.Time
}

// Refusals.
var (
	// ErrUnknown is the answer to the id of no draft, or of one that is gone.
	ErrUnknown = fault.New(fault.NotFound,
		"草稿不存在，或已被他人删除", "There is no such draft; somebody may have discarded it.")
	// ErrTaken refuses the id of another merchant's draft, or of another kind's.
	ErrTaken = fault.New(fault.Exists,
		"该草稿ID已用于其他商户或产品的草稿，请换一个", "Another merchant or product has a draft with this id. Choose another id.")
	// ErrMany refuses another draft for a merchant that has too many.
	ErrMany = fault.New(fault.Refused,
		fmt.Sprintf("该商户已有%d份草稿，请先删除不再需要的", PerMerchant),
		fmt.Sprintf("The merchant has %d drafts. Discard some first.", PerMerchant))
)

// Follow reports nil when next may be saved over d: it is of the same call, and its editor has seen
// d. Otherwise it is refused with ErrTaken, or with who saved d and when.
func (d *Draft) Follow(next *Draft) error {
	switch {
	case d.Owner != next.Owner || d.Operation != next.Operation:
		return ErrTaken.At("draft_id", d.ID)
	case d.Version != next.Version-1:
		return d.conflict()
	}
	return nil
}

// Repeats reports whether next is what was saved already, by the same editor.
func (d *Draft) Repeats(next *Draft) bool {
	return d.Version == next.Version && d.Editor == next.Editor && d.Title == next.Title && d.Body == next.Body &&
		d.Owner == next.Owner && d.Operation == next.Operation
}

func (d *Draft) conflict() error {
	at := d.Updated.In(day.Beijing()).Format(time.DateTime)
	return fault.New(fault.Refused,
		fmt.Sprintf("草稿已由%s于%s修改为第%d版，请先查看其修改", d.Editor, at, d.Version),
		fmt.Sprintf("%s saved version %d at %s (Beijing). Look at that first.", d.Editor, d.Version, at)).At("version", d.Version)
}

// Query asks for a page of drafts, the latest first.
type Query struct {
	// Owner narrows the list to one merchant; empty is all.
	Owner merchant.ID
	// Before and BeforeID are the time and the id of the last draft of the page before; zero for the
	// first page.
	Before   time.Time
	BeforeID string
	// Limit must be positive.
	Limit int
}

// Bound is before which place a page begins: seconds since 1970, and the id.
func (q *Query) Bound() (seconds int64, id string) {
	if q.Before.IsZero() {
		return math.MaxInt64, ""
	}
	return q.Before.Unix(), q.BeforeID
}
