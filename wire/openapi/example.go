package openapi

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/example"
	"github.com/favord/favord/wire/schema"
)

// shownExample is the example of an operation; the zero value is none.
type shownExample struct {
	of     example.Example
	values example.Values
	// body is nil where there is none.
	body any
}

// exampleOf is the example of an operation, the same each time.
func exampleOf(op *wire.Operation) shownExample {
	one, is := example.Of(op.ID)
	if !is {
		return shownExample{}
	}
	shown := shownExample{of: one, values: example.Documented()}
	decoder := json.NewDecoder(strings.NewReader(string(one.Request(op, &shown.values).Body)))
	decoder.UseNumber()
	if decoder.Decode(&shown.body) != nil {
		shown.body = nil
	}
	return shown
}

// parameter is the value of a parameter, if the example has it.
func (s *shownExample) parameter(name string) (string, bool) { return s.of.Parameter(name, &s.values) }

// describe says what comes before the example, and which of its values come from there.
func (s *shownExample) describe(o object) {
	var before []string
	for i := range s.of.Before {
		if id := s.of.Before[i].Call.Operation; id != "" && !slices.Contains(before, id) {
			before = append(before, id)
		}
	}
	if len(before) == 0 {
		return
	}
	o["x-before"] = before
	if names := s.of.Kept(); len(names) > 0 {
		kept := object{}
		for _, name := range names {
			kept[name] = s.values.Kept[name]
		}
		o["x-kept"] = kept
	}
}

// exampleTime is now in the examples.
func exampleTime() string {
	v := example.Documented()
	return schema.TimeOf(v.Now).String()
}

// typed is the value of a parameter as its schema has it.
func typed(f *schema.Field, text string) any {
	if f.Kind != schema.Integer {
		return text
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return text
	}
	return n
}
