package schema

import (
	"slices"
	"strings"
)

// Locate says where the field with a dotted name travels, and how messages name it
// there: a JSON Pointer in the body, else its plain name.
func (o *Object) Locate(name string) (location, field string) {
	at := o.source(name)
	return at.location(), at.field()
}

// MissingText is the Chinese message that the field with a dotted name is required, as the
// validator says it.
func (o *Object) MissingText(name string) string {
	inner, title := o, ""
	for part := range strings.SplitSeq(name, ".") {
		at := -1
		if inner != nil {
			at = slices.IndexFunc(inner.Fields, func(f Field) bool { return f.Name == part })
		}
		if at < 0 {
			title = part
			break
		}
		title, inner = inner.Fields[at].Title, inner.Fields[at].Object
	}
	missing := Field{Title: title}
	return missing.missing(o.source(name)).ZH
}

func (o *Object) source(name string) source {
	top, _, _ := strings.Cut(name, ".")
	at := source{place: InBody}
	for i := range o.Fields {
		if o.Fields[i].Name == top {
			at.place = o.Fields[i].In
			break
		}
	}
	return at.child(strings.ReplaceAll(name, ".", "/"))
}
