package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/store"
)

func TestABlockKnowsWhatHappenedToItsCodes(t *testing.T) {
	t.Parallel()
	stock := coupon.StockKey{Creator: "1900000001", ID: "1"}
	first, second := store.BlockKey{Stock: stock, Number: 0}, store.BlockKey{Stock: stock, Number: 1}
	blocks := map[store.BlockKey]*store.CodeBlock{first: {}, second: {}}
	apply := func(changes store.BlockChanges) {
		for key, change := range changes {
			blocks[key].Apply(change)
		}
	}
	upload := store.BlockChanges{}
	for position := range int64(store.CodesPerBlock + 3) {
		upload.Upload(stock, position)
	}
	apply(upload)
	change := store.BlockChanges{}
	change.Give(stock, 0)
	change.Give(stock, store.CodesPerBlock-1)
	change.Give(stock, store.CodesPerBlock+1)
	change.Delete(stock, 1)
	apply(change)
	if b := blocks[first]; b.FreeCodes != store.CodesPerBlock-3 || b.GivenCodes != 2 || b.Free.Count() != b.FreeCodes || b.Given.Count() != b.GivenCodes {
		t.Errorf("first block: %d free, %d given", b.FreeCodes, b.GivenCodes)
	}
	if b := blocks[second]; b.FreeCodes != 2 || b.GivenCodes != 1 || b.Free.Has(1) || !b.Given.Has(1) || !b.Free.Has(2) {
		t.Errorf("second block: %+v", b)
	}
	proof := store.NewBlockProof()
	for position := range int64(store.CodesPerBlock + 3) {
		switch position {
		case 1:
		case 0, store.CodesPerBlock - 1, store.CodesPerBlock + 1:
			proof.Code(stock, position, coupon.CodeDispatched)
		default:
			proof.Code(stock, position, coupon.CodeAvailable)
		}
	}
	stored := map[store.BlockKey]store.CodeBlock{first: *blocks[first], second: *blocks[second]}
	if got := proof.Of(stored); got.Rows != 2 || got.Broken != 0 {
		t.Errorf("%+v", got)
	}
	delete(stored, first)
	if got := proof.Of(stored); got.Rows != 2 || got.Broken != 1 {
		t.Errorf("without a block: %+v", got)
	}
}

func TestAPageBeginsWithinABlock(t *testing.T) {
	t.Parallel()
	var first, second store.FoundBlock
	first.Number, first.Before = 7, 10 // ten codes lie in blocks before it
	second.Number, second.Before = 9, 13
	for _, place := range []int{3, 5, 1023} {
		first.Free.Flip(place)
	}
	second.Given.Flip(0)
	second.Free.Flip(1)
	q := store.CodeQuery{Offset: 11, Limit: 3}
	want := []store.CodePlace{
		{Position: 7*store.CodesPerBlock + 5, Status: coupon.CodeAvailable},
		{Position: 7*store.CodesPerBlock + 1023, Status: coupon.CodeAvailable},
		{Position: 9 * store.CodesPerBlock, Status: coupon.CodeDispatched},
	}
	if diff := cmp.Diff(want, q.Places([]store.FoundBlock{first, second})); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}
