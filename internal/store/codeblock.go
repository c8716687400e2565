package store

import (
	"math/bits"

	"github.com/favord/favord/internal/rule/coupon"
)

// Uploaded codes are numbered for each stock in the order of upload: that is their
// position. A page of a list would have to walk over everything before it, and a list of
// the few codes of a kind over all others. So engines keep a block for each run of
// positions, which says of each of its codes whether it is free or was given out, and
// counts both: a page is found by adding counts up, and what is on it by looking at bits.

// CodesPerBlock is how many positions a block has.
const CodesPerBlock = 1024

const bitsPerByte = 8

// CodeBits marks codes of a block. The first position is the highest bit of the first
// byte, as in a bit string of SQL.
type CodeBits [CodesPerBlock / bitsPerByte]byte

// Flip turns one mark around.
func (b *CodeBits) Flip(place int) { b[place/bitsPerByte] ^= 0x80 >> (place % bitsPerByte) }

// Has reports whether a place is marked.
func (b *CodeBits) Has(place int) bool {
	return b[place/bitsPerByte]&(0x80>>(place%bitsPerByte)) != 0
}

// Toggle flips the marks of every place that is marked in other.
func (b *CodeBits) Toggle(other *CodeBits) {
	for i := range b {
		b[i] ^= other[i]
	}
}

// Count returns how many places are marked.
func (b *CodeBits) Count() int64 {
	n := 0
	for _, one := range b {
		n += bits.OnesCount8(one)
	}
	return int64(n)
}

// BlockKey is a block of a stock.
type BlockKey struct {
	Stock  coupon.StockKey
	Number int64
}

// CodeBlock is what is stored about the codes of a block, or what changes about them.
type CodeBlock struct {
	// Free and Given mark the codes that are free, and those that were given out.
	Free, Given CodeBits
	// FreeCodes and GivenCodes count them.
	FreeCodes, GivenCodes int64
}

// BlockChanges collects what changes about codes, by block: marks to flip and numbers to
// add.
type BlockChanges map[BlockKey]*CodeBlock

func (c BlockChanges) at(stock coupon.StockKey, position int64) (block *CodeBlock, place int) {
	key := BlockKey{stock, position / CodesPerBlock}
	if c[key] == nil {
		c[key] = new(CodeBlock)
	}
	return c[key], int(position % CodesPerBlock)
}

// Upload adds a free code.
func (c BlockChanges) Upload(stock coupon.StockKey, position int64) {
	block, place := c.at(stock, position)
	block.Free.Flip(place)
	block.FreeCodes++
}

// Give gives a free code out.
func (c BlockChanges) Give(stock coupon.StockKey, position int64) {
	block, place := c.at(stock, position)
	block.Free.Flip(place)
	block.Given.Flip(place)
	block.FreeCodes--
	block.GivenCodes++
}

// Delete removes a free code.
func (c BlockChanges) Delete(stock coupon.StockKey, position int64) {
	block, place := c.at(stock, position)
	block.Free.Flip(place)
	block.FreeCodes--
}

// Apply changes a block.
func (b *CodeBlock) Apply(change *CodeBlock) {
	b.Free.Toggle(&change.Free)
	b.Given.Toggle(&change.Given)
	b.FreeCodes += change.FreeCodes
	b.GivenCodes += change.GivenCodes
}

// FoundBlock is a block that has codes for a page.
type FoundBlock struct {
	Number      int64
	Free, Given CodeBits
	// Before is how many codes the query matches in the blocks before this one.
	Before int64
}

// CodePlace is where a code of a page lies.
type CodePlace struct {
	Position int64
	Status   coupon.CodeStatus
}

// Places returns where the codes of the page lie, given the blocks that hold them, in
// their order.
func (q *CodeQuery) Places(blocks []FoundBlock) []CodePlace {
	var page []CodePlace
	for i := range blocks {
		b := &blocks[i]
		seen := b.Before
		for place := range CodesPerBlock {
			status := b.status(place)
			if status == "" || q.Status != "" && q.Status != status {
				continue
			}
			if seen++; seen <= q.Offset {
				continue
			}
			if int64(len(page)) == q.Limit {
				return page
			}
			page = append(page, CodePlace{b.Number*CodesPerBlock + int64(place), status})
		}
	}
	return page
}

// status is what the marks say; "" where no code is.
func (b *FoundBlock) status(place int) coupon.CodeStatus {
	switch {
	case b.Free.Has(place):
		return coupon.CodeAvailable
	case b.Given.Has(place):
		return coupon.CodeDispatched
	}
	return ""
}

// BlockProof compares blocks with the codes that they are about, for Check.
type BlockProof struct{ expected BlockChanges }

// NewBlockProof returns a proof that knows of no code yet.
func NewBlockProof() *BlockProof { return &BlockProof{expected: BlockChanges{}} }

// Code tells it of a code that is there.
func (p *BlockProof) Code(stock coupon.StockKey, position int64, status coupon.CodeStatus) {
	p.expected.Upload(stock, position)
	if status == coupon.CodeDispatched {
		p.expected.Give(stock, position)
	}
}

// Of compares the blocks that are stored with the codes that it was told of.
func (p *BlockProof) Of(stored map[BlockKey]CodeBlock) Invariant {
	proved := Invariant{Name: InvariantBlocks}
	for key, block := range stored {
		proved.Rows++
		expected := p.expected[key]
		if expected == nil {
			expected = new(CodeBlock) // every code of it was deleted
		}
		if block != *expected {
			proved.Broken++
		}
	}
	for key := range p.expected {
		if _, found := stored[key]; !found {
			proved.Rows++
			proved.Broken++
		}
	}
	return proved
}
