package schema

import (
	"maps"
	"slices"
	"strconv"
)

// Unknown returns where in a body names stand that o does not declare, as JSON Pointers in order:
// Bind ignores them. Values of another type than declared have none.
func (o *Object) Unknown(body map[string]any) (pointers []string) { return o.unknown(body, "") }

func (o *Object) unknown(body map[string]any, at string) (pointers []string) {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		i := slices.IndexFunc(o.Fields, func(f Field) bool { return f.In == InBody && f.Name == name })
		if i < 0 {
			pointers = append(pointers, at+"/"+name)
			continue
		}
		pointers = append(pointers, o.Fields[i].unknown(body[name], at+"/"+name)...)
	}
	return pointers
}

func (f *Field) unknown(value any, at string) (pointers []string) {
	switch value := value.(type) {
	case map[string]any:
		if f.Object != nil {
			return f.Object.unknown(value, at)
		}
	case []any:
		if f.Element == nil {
			return nil
		}
		for i, element := range value {
			pointers = append(pointers, f.Element.unknown(element, at+"/"+strconv.Itoa(i))...)
		}
	}
	return pointers
}
