package openapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/schema"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/golden.json"

// verdict is what the validator says of one value of one field.
type verdict struct {
	Operation string `json:"operation"`
	// Path leads to the field, dotted.
	Path  string `json:"path"`
	Value any    `json:"value"`
	// Times is how often a text is repeated; 0 is once.
	Times int  `json:"times,omitempty"`
	Good  bool `json:"good"`
}

// edge is a value at the edge of what a field declares.
type edge struct {
	value any
	times int
}

func (e edge) whole() any {
	if text, is := e.value.(string); is && e.times > 0 {
		return strings.Repeat(text, e.times)
	}
	return e.value
}

// edges are values on both sides of everything that a field declares.
func edges(f *schema.Field) []edge {
	switch f.Kind {
	case schema.Integer:
		return numbers(f)
	case schema.String:
		return texts(f)
	case schema.Array:
		return lists(f)
	case schema.Struct, schema.Boolean, schema.Date, schema.File:
	}
	return nil
}

func numbers(f *schema.Field) (all []edge) {
	// Larger ones are no whole numbers in every reader of JSON.
	const most = 1 << 50
	if !f.Bounded() {
		return nil
	}
	for _, n := range []int64{f.Min - 1, f.Min, f.Max, f.Max + 1} {
		if n >= 0 && n <= most {
			all = append(all, edge{value: n})
		}
	}
	return all
}

func texts(f *schema.Field) (all []edge) {
	for _, choice := range f.Enum {
		all = append(all, edge{value: choice})
	}
	if len(f.Enum) > 0 {
		return append(all, edge{value: "NONE"})
	}
	character, most := "券", f.MaxChars
	if most == schema.NoLimit {
		character, most = "x", f.MaxBytes
	}
	for _, n := range []int{max(f.MinChars, f.MinBytes) - 1, max(f.MinChars, f.MinBytes), most, most + 1} {
		if n > 0 && n < schema.NoLimit {
			all = append(all, edge{value: character, times: n})
		}
	}
	return all
}

func lists(f *schema.Field) (all []edge) {
	for _, n := range []int{f.MaxItems, f.MaxItems + 1} {
		if n > schema.NoLimit-1 || f.Element.Kind != schema.String {
			continue
		}
		list := []any{}
		for i := range n {
			list = append(list, element(f.Element, i))
		}
		all = append(all, edge{value: list})
	}
	return all
}

func element(f *schema.Field, i int) string {
	if len(f.Enum) > 0 {
		return f.Enum[i%len(f.Enum)]
	}
	return strconv.Itoa(1_900_000_001 + i)
}

// nested is a body with a value at a dotted path and nothing else.
func nested(path string, value any) map[string]any {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		return map[string]any{name: nested(rest, value)}
	}
	return map[string]any{name: value}
}

// judge tells what the validator says of values of a field.
func judge(t *testing.T, op *wire.Operation, request func() any, path string, f *schema.Field) (all []verdict) {
	t.Helper()
	for _, e := range edges(f) {
		// As it comes over the wire, where a number is a text of digits.
		text, err := json.Marshal(nested(path, e.whole()))
		if err != nil {
			t.Fatal(err)
		}
		var body map[string]any
		reader := json.NewDecoder(bytes.NewReader(text))
		reader.UseNumber()
		if err := reader.Decode(&body); err != nil {
			t.Fatal(err)
		}
		pointer := "/" + strings.ReplaceAll(path, ".", "/")
		broken := slices.ContainsFunc(op.Request.BindAll(body, request()), func(v *schema.Violation) bool {
			return v.Field == pointer || strings.HasPrefix(v.Field, pointer+"/")
		})
		all = append(all, verdict{Operation: op.ID, Path: path, Value: e.value, Times: e.times, Good: !broken})
	}
	return all
}

// walk tells what the validator says of values of every field of an object.
func walk(t *testing.T, op *wire.Operation, request func() any, inside string, o *schema.Object) (all []verdict) {
	t.Helper()
	for i := range o.Fields {
		f := &o.Fields[i]
		if f.Kind == schema.Struct {
			all = append(all, walk(t, op, request, inside+f.Name+".", f.Object)...)
			continue
		}
		all = append(all, judge(t, op, request, inside+f.Name, f)...)
	}
	return all
}

// The console's pages are held to the same file: see web/e2e/rules.spec.ts.
func TestGoldenValuesOfRequestsThatCreateAreJudgedAsDeclared(t *testing.T) {
	t.Parallel()
	requests := map[string]func() any{
		busifavor.CreateStock: func() any { return new(busifavor.CreateStockRequest) },
		favor.CreateStock:     func() any { return new(favor.CreateStockRequest) },
	}
	var all []verdict
	for _, id := range slices.Sorted(maps.Keys(requests)) {
		table := operations()
		op := &table[slices.IndexFunc(table, func(op wire.Operation) bool { return op.ID == id })]
		all = append(all, walk(t, op, requests[id], "", op.Request)...)
	}
	lines := make([][]byte, 0, len(all))
	for _, v := range all {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	got := slices.Concat([]byte("[\n"), bytes.Join(lines, []byte(",\n")), []byte("\n]\n"))
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the verdicts differ from %s; after a change of declarations write it anew with -update", golden)
	}
}
