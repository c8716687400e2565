package serve

import (
	"crypto/sha256"
	"fmt"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// Form is a body that is multipart/form-data. It is split once, so that what is signed is
// what is bound.
type Form struct {
	parts []apiv3.UploadPart
	// broken is why the parts are not all, or nil.
	broken error
}

// ParseForm splits a body. It never fails: what is wrong with a form is said by Bind,
// after the signature was verified.
func ParseForm(contentType string, body []byte) *Form {
	parts, err := apiv3.ReadUpload(contentType, body)
	return &Form{parts: parts, broken: err}
}

// Signed returns the bytes that the signature covers: the part "meta" that is no file, nothing
// when there is none (protocol 2.6).
func (f *Form) Signed() []byte {
	signed, err := apiv3.SignedPart(f.parts)
	if err != nil {
		return nil
	}
	return signed
}

// Unsigned returns the names of the parts that the signature does not cover, each with a
// digest of its content.
func (f *Form) Unsigned() (parts []string) {
	for i := range f.parts {
		if f.parts[i].Name != wire.SignedPart || f.parts[i].FileName != "" {
			digest := sha256.Sum256(f.parts[i].Content)
			parts = append(parts, f.parts[i].Name, string(digest[:]))
		}
	}
	return parts
}

// Body returns the values of the fields that an operation declares; other parts are
// ignored. A part that is to be a file must say that it is one.
func (f *Form) Body(op *wire.Operation) (map[string]any, *schema.Violation) {
	if f.broken != nil {
		return nil, badForm(fmt.Sprintf("it ends early, is malformed or has more than %d parts", apiv3.MaxUploadParts))
	}
	body := map[string]any{}
	for i := range op.Request.Fields {
		field := &op.Request.Fields[i]
		if field.In != schema.InBody {
			continue
		}
		var v *schema.Violation
		if body[field.Name], v = f.value(field); v != nil {
			return nil, v
		}
	}
	return body, nil
}

// value returns the value of a field, nil when the form lacks it.
func (f *Form) value(field *schema.Field) (any, *schema.Violation) {
	var found *apiv3.UploadPart
	for i := range f.parts {
		part := &f.parts[i]
		if part.Name != field.Name || (field.Kind == schema.File) != (part.FileName != "") {
			continue
		}
		if found != nil {
			return nil, badForm(fmt.Sprintf("the part %s is given more than once", field.Name))
		}
		found = part
	}
	switch {
	case found == nil:
		return nil, nil
	case field.Kind == schema.File:
		return found.Content, nil
	case field.Kind == schema.Struct:
		members, v := decodeObjectText(document{place: schema.InBody, name: field.Name}, found.Content)
		if members == nil {
			return nil, v
		}
		return members, v
	}
	return string(found.Content), nil
}

func badForm(issue string) *schema.Violation {
	return &schema.Violation{
		Location: string(schema.InBody), Issue: issue,
		ZH: "参数错误", EN: "The body is not an acceptable form: " + issue + ".",
	}
}
