package store

import (
	"github.com/favord/favord/internal/rule/codefile"
	"github.com/favord/favord/internal/rule/coupon"
)

// InvariantImports is that of files of codes on their way.
const InvariantImports = "every file of codes is whole, and counts what waits and what it brought"

// ImportProof compares imports with what is kept of their files, for Check.
type ImportProof struct {
	imports map[coupon.StockKey]*keptFile
	proved  Invariant
}

// keptFile is what is kept of the file of an import.
type keptFile struct {
	codefile.Import
	// bytes are of the file. The parts of codes begin with first and end with last, counted from 1; 0 when there are none.
	bytes, first, last int64
	// torn says that something is missing between two parts.
	torn bool
}

// NewImportProof returns a proof that knows of no import yet.
func NewImportProof() *ImportProof {
	return &ImportProof{imports: map[coupon.StockKey]*keptFile{}, proved: Invariant{Name: InvariantImports}}
}

// Import tells it of an import. All come before the first part.
func (p *ImportProof) Import(i codefile.Import) { p.imports[i.Stock] = &keptFile{Import: i} }

// Part tells it of a part and how many bytes it has. The parts of a kind come in the order of their numbers.
func (p *ImportProof) Part(key PartKey, bytes int64) {
	kept := p.imports[key.Stock]
	if kept == nil {
		note(&p.proved, false)
		return
	}
	switch key.Kind {
	case codefile.FileBytes:
		kept.torn = kept.torn || key.Number != kept.bytes
		kept.bytes += bytes
	case codefile.GoodCodes:
		if kept.first == 0 {
			kept.first = key.Number + 1
		} else {
			kept.torn = kept.torn || key.Number+1-kept.last > codefile.PerStep
		}
		kept.last = key.Number + 1
	case codefile.WrongLines: // not all of them are kept
	}
}

// Of returns what was found.
func (p *ImportProof) Of() Invariant {
	for _, kept := range p.imports {
		note(&p.proved, kept.AddsUp() && !kept.torn && kept.whole())
	}
	return p.proved
}

// whole reports whether nothing is missing that the phase asks for, and nothing is kept that it does not.
func (k *keptFile) whole() bool {
	switch {
	case k.Phase == codefile.Uploading:
		return k.bytes == k.Received && k.first == 0
	case k.Phase == codefile.Checking: // codes may lie there of a check that stopped
		return k.bytes == k.Size && k.first <= 1
	case k.Over():
		return k.bytes == 0 && k.first == 0
	}
	return k.bytes == 0 && k.first == k.Done+1 && k.last <= k.Good && k.Good-k.last < codefile.PerStep
}
