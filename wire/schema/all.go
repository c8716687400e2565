package schema

import (
	"reflect"
	"strconv"
)

// BindAll checks a body as [Object.Bind] does, but goes on after a violation: it reports one for
// every value at fault, in the order of declaration. What is right is stored into dst.
func (o *Object) BindAll(body map[string]any, dst any) []*Violation {
	at := source{place: InBody}
	all := violations(o.wrongCase(body, at))
	return append(all, o.bindAll(body, at, reflect.ValueOf(dst).Elem())...)
}

// bindAll checks the members of an object.
func (o *Object) bindAll(members map[string]any, at source, dst reflect.Value) []*Violation {
	var all []*Violation
	for i := range o.Fields {
		if f := &o.Fields[i]; f.In == InBody {
			all = append(all, f.bindAll(members[f.Name], at.child(f.Name), dst.Field(f.index))...)
		}
	}
	return all
}

// bindAll checks a value with everything in it.
func (f *Field) bindAll(value any, at source, dst reflect.Value) []*Violation {
	if members, is := value.(map[string]any); is && f.Kind == Struct {
		if dst.Kind() == reflect.Pointer {
			dst.Set(reflect.New(dst.Type().Elem()))
			dst = dst.Elem()
		}
		all := violations(f.Object.wrongCase(members, at))
		return append(all, f.Object.bindAll(members, at, dst)...)
	}
	elements, is := value.([]any)
	if !is || f.Kind != Array || len(elements) < f.MinItems || len(elements) > f.MaxItems {
		return violations(f.bind(value, at, dst))
	}
	var all []*Violation
	dst.Set(reflect.MakeSlice(dst.Type(), len(elements), len(elements)))
	for i, element := range elements {
		where := at.child(strconv.Itoa(i))
		if element == nil {
			all = append(all, f.Element.wrongType(where, "null"))
			continue
		}
		all = append(all, f.Element.bindAll(element, where, dst.Index(i))...)
	}
	return all
}

// violations is a list of the one that there may be.
func violations(v *Violation) []*Violation {
	if v == nil {
		return nil
	}
	return []*Violation{v}
}
