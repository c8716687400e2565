package openapi_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/wire/openapi"
	"github.com/favord/favord/wire/rail"
	"github.com/favord/favord/wire/schema"
)

// titlesOf collects what fields are called, with those inside.
func titlesOf(o *schema.Object, into map[string]bool) {
	if o == nil {
		return
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		into[f.Title] = true
		titlesOf(f.Object, into)
		if f.Element != nil {
			titlesOf(f.Element.Object, into)
		}
	}
}

func TestEveryFieldOfASignedOperationHasATitleInBothLanguages(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, op := range slices.Concat(operations(), rail.Operations()) {
		titlesOf(op.Request, used)
		titlesOf(op.Response, used)
	}
	text, err := os.ReadFile("titles.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		chinese, english, found := strings.Cut(strings.TrimSuffix(line, "\n"), " = ")
		if !found || english == "" {
			t.Errorf("%q is no pair", line)
		}
		if !used[chinese] {
			t.Errorf("no field is called %s, or it is twice in titles.txt", chinese)
		}
		delete(used, chinese)
	}
	for _, title := range slices.Sorted(maps.Keys(used)) {
		t.Errorf("%s has no English title in titles.txt", title)
	}
}

func TestTheDocumentHasBothTitles(t *testing.T) {
	t.Parallel()
	text, err := openapi.Document("1", operations())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Title, Description string }
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	name := doc.Components.Schemas["favor.CreateStockRequest"].Properties["stock_name"]
	if name.Title != "批次名称" || name.Description != "Stock name" {
		t.Errorf("stock_name is called %+v", name)
	}
}
