package openapi_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/openapi"
	"github.com/favord/favord/wire/partnership"
	"github.com/favord/favord/wire/security"
)

func operations() []wire.Operation {
	return slices.Concat(security.Operations(), busifavor.Operations(), media.Operations(), partnership.Operations(), favor.Operations())
}

func TestTheDocumentIsValidAndHasEveryOperation(t *testing.T) {
	t.Parallel()
	text, err := openapi.Document("1.2.3", operations())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("load: %v\n%s", err, text)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Errorf("validate: %v", err)
	}
	for _, op := range operations() {
		item := doc.Paths.Value(op.Path)
		if item == nil || item.GetOperation(op.Method) == nil || item.GetOperation(op.Method).OperationID != op.ID {
			t.Errorf("%s %s is not in the document as %s", op.Method, op.Path, op.ID)
		}
	}
}

func TestTheDocumentIsAlwaysTheSameText(t *testing.T) {
	t.Parallel()
	first, err := openapi.Document("1", operations())
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again, _ := openapi.Document("1", operations()); !bytes.Equal(first, again) {
			t.Fatal("the text differs")
		}
	}
}

func TestConstraintsReachTheDocument(t *testing.T) {
	t.Parallel()
	text, err := openapi.Document("1", operations())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	name := doc.Components.Schemas["busifavor.CreateStockRequest"].Value.Properties["stock_name"].Value
	if name.MinLength != 1 || name.MaxLength == nil || *name.MaxLength != 21 || name.Title != "商家券批次名称" {
		t.Errorf("stock_name is described as %+v", name)
	}
	amount := doc.Components.Schemas["busifavor.FixedNormalCoupon"].Value.Properties["discount_amount"].Value
	if amount.Min == nil || *amount.Min != 1 || amount.Max == nil || *amount.Max != 10000000 {
		t.Errorf("discount_amount is described as %+v", amount)
	}
	if !strings.Contains(string(text), "券已被其他订单核销") {
		t.Error("documented failures are missing")
	}
}
