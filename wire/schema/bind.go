package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Input is a request as decoded: names to values.
type Input struct {
	// Path holds the decoded parameters of the path.
	Path map[string]string
	// Query holds the decoded parameters of the query.
	Query url.Values
	// Objects are those parameters of the query that are the text of a JSON object,
	// by their names.
	Objects map[string]map[string]any
	// Header holds the headers under their canonical names.
	Header map[string][]string
	// Body is the JSON object of the body: strings, [json.Number], booleans,
	// map[string]any, []any and nil; []byte is the content of a file. A nil Body
	// is an empty one.
	Body map[string]any
}

// Bind checks in against o and stores it into dst, a pointer to the struct that o
// describes. It reports the first violation in the order of declaration, and
// nil when there is none. Unknown names are ignored, null counts as absent;
// dst is not to be used after a violation. A dst of another type is a mistake of the
// program and panics.
func (o *Object) Bind(in Input, dst any) *Violation {
	target := reflect.ValueOf(dst).Elem()
	if target.Type() != o.typ {
		panic(fmt.Sprintf("schema: %s is bound to a %s", o.typ, target.Type()))
	}
	if v := o.repeatedInBody(in.Body); v != nil {
		return v
	}
	if v := o.wrongCase(in.Body, source{place: InBody}); v != nil {
		return v
	}
	for i := range o.Fields {
		f := &o.Fields[i]
		value, v := f.find(in)
		if v != nil {
			return v
		}
		if v := f.bind(value, source{place: f.In}.child(f.Name), target.Field(f.index)); v != nil {
			return v
		}
	}
	return nil
}

// repeatedInBody refuses path parameters that the body repeats (busifavor 3.3).
func (o *Object) repeatedInBody(body map[string]any) *Violation {
	for i := range o.Fields {
		f := &o.Fields[i]
		if _, found := body[f.Name]; found && f.In == InPath && !f.Repeatable {
			return f.repeated(source{place: InBody}.child(f.Name))
		}
	}
	return nil
}

// wrongCase refuses a name that equals a declared one but for its case: it would
// be ignored, and the caller would not notice.
func (o *Object) wrongCase(body map[string]any, at source) *Violation {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if slices.ContainsFunc(o.Fields, func(f Field) bool { return f.In == InBody && f.Name == name }) {
			continue
		}
		for i := range o.Fields {
			if f := &o.Fields[i]; f.In == InBody && strings.EqualFold(f.Name, name) {
				return generic(at.child(name), "", "must be spelt "+f.Name)
			}
		}
	}
	return nil
}

// find returns the value of f in the input, nil when it is absent.
func (f *Field) find(in Input) (any, *Violation) {
	switch f.In {
	case InPath:
		if text := in.Path[f.Name]; text != "" {
			return text, nil
		}
		return nil, nil
	case InQuery:
		if f.Kind == Struct && len(in.Query[f.Name]) <= 1 {
			return in.object(f.Name), nil
		}
		return f.only(in.Query[f.Name])
	case InHeader:
		return f.only(in.Header[f.Name])
	case InBody:
	}
	return in.Body[f.Name], nil
}

// object returns a parameter that is an object, nil when it is absent.
func (in *Input) object(name string) any {
	if object := in.Objects[name]; object != nil {
		return object
	}
	return nil
}

// only returns the value of a parameter that may be given once.
func (f *Field) only(values []string) (any, *Violation) {
	switch len(values) {
	case 0:
		return nil, nil
	case 1:
		return values[0], nil
	}
	return nil, generic(source{place: f.In}.child(f.Name), show(strings.Join(values, ",")), "is given more than once")
}

// bind checks one value, nil when it is absent, and stores it.
func (f *Field) bind(value any, at source, dst reflect.Value) *Violation {
	if value == "" && (f.Blank || f.Texts[ruleRequired] != "") {
		value = nil
	}
	if value == nil {
		if f.Required {
			return f.missing(at)
		}
		return nil
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	switch f.Kind {
	case String:
		return f.bindString(value, at, dst)
	case Integer:
		return f.bindInteger(value, at, dst)
	case Boolean:
		return f.bindBoolean(value, at, dst)
	case Date:
		return f.bindTime(value, at, dst)
	case Struct:
		return f.bindStruct(value, at, dst)
	case Array:
		return f.bindArray(value, at, dst)
	case File:
		return f.bindFile(value, at, dst)
	}
	return generic(at, "", "has an unknown type")
}

func (f *Field) bindString(value any, at source, dst reflect.Value) *Violation {
	text, ok := value.(string)
	if !ok {
		return f.wrongType(at, show(value))
	}
	if f.AnyCase {
		text = f.declared(text)
	}
	if v := f.checkString(text, at); v != nil {
		return v
	}
	dst.SetString(text)
	return nil
}

// declared returns the value of the enum that a text equals but for its case, or the text.
func (f *Field) declared(text string) string {
	for _, value := range f.Enum {
		if strings.EqualFold(value, text) {
			return value
		}
	}
	return text
}

func (f *Field) checkString(text string, at source) *Violation {
	chars, bytes := length{utf8.RuneCountInString(text), true}, length{len(text), false}
	switch {
	case chars.n < f.MinChars:
		return f.tooShort(at, chars, f.MinChars)
	case chars.n > f.MaxChars:
		return f.tooLong(at, chars, f.MaxChars)
	case bytes.n < f.MinBytes:
		return f.tooShort(at, bytes, f.MinBytes)
	case bytes.n > f.MaxBytes:
		return f.tooLong(at, bytes, f.MaxBytes)
	case strings.ContainsRune(text, 0):
		return f.unprintable(at, showText(text), "不能包含空字符", "must not have the character NUL")
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, text):
		return f.notInEnum(at, showText(text))
	case f.Pattern != nil && !f.Pattern.MatchString(text):
		return f.mismatch(at, showText(text))
	}
	if f.Line {
		if zh, issue := checkLine(text); zh != "" {
			return f.unprintable(at, showText(text), zh, issue)
		}
	}
	return nil
}

func (f *Field) bindInteger(value any, at source, dst reflect.Value) *Violation {
	var text string
	switch typed := value.(type) {
	case json.Number:
		text = typed.String()
	case string:
		if at.place == InBody {
			return f.wrongType(at, show(value))
		}
		text = typed
	default:
		return f.wrongType(at, show(value))
	}
	n, err := strconv.ParseInt(text, 10, f.Bits)
	switch {
	case err != nil || text[0] == '+':
		return f.wrongType(at, show(value))
	case n < f.Min:
		return f.tooSmall(at, n)
	case n > f.Max:
		return f.tooLarge(at, n)
	}
	dst.SetInt(n)
	return nil
}

func (f *Field) bindBoolean(value any, at source, dst reflect.Value) *Violation {
	b, ok := value.(bool)
	if !ok {
		return f.wrongType(at, show(value))
	}
	dst.SetBool(b)
	return nil
}

func (f *Field) bindTime(value any, at source, dst reflect.Value) *Violation {
	text, ok := value.(string)
	if !ok {
		return f.wrongType(at, show(value))
	}
	if v := f.checkString(text, at); v != nil {
		return v
	}
	if at.place == InQuery {
		// A plus sign that was not escaped (favor 4.6).
		text = strings.Replace(text, " ", "+", 1)
	}
	t, ok := ParseTime(text)
	if !ok {
		return f.notATime(at, showText(text))
	}
	dst.Set(reflect.ValueOf(t))
	return nil
}

func (f *Field) bindStruct(value any, at source, dst reflect.Value) *Violation {
	members, ok := value.(map[string]any)
	if !ok {
		return f.wrongType(at, show(value))
	}
	if v := f.Object.wrongCase(members, at); v != nil {
		return v
	}
	for i := range f.Object.Fields {
		child := &f.Object.Fields[i]
		if v := child.bind(members[child.Name], at.child(child.Name), dst.Field(child.index)); v != nil {
			return v
		}
	}
	return nil
}

func (f *Field) bindArray(value any, at source, dst reflect.Value) *Violation {
	elements, ok := value.([]any)
	if text, is := value.(string); is && f.Commas {
		elements, ok = split(text), true
	}
	switch {
	case !ok:
		return f.wrongType(at, show(value))
	case len(elements) < f.MinItems:
		return f.tooFewItems(at, len(elements))
	case len(elements) > f.MaxItems:
		return f.tooManyItems(at, len(elements))
	}
	list := reflect.MakeSlice(dst.Type(), len(elements), len(elements))
	for i, element := range elements {
		where := at.child(strconv.Itoa(i))
		if element == nil {
			return f.Element.wrongType(where, "null")
		}
		if v := f.Element.bind(element, where, list.Index(i)); v != nil {
			return v
		}
	}
	dst.Set(list)
	return nil
}

// split makes an array of a text with commas; the empty text has no elements.
func split(text string) []any {
	elements := []any{}
	if text != "" {
		for part := range strings.SplitSeq(text, ",") {
			elements = append(elements, part)
		}
	}
	return elements
}

func (f *Field) bindFile(value any, at source, dst reflect.Value) *Violation {
	content, ok := value.([]byte)
	if !ok {
		return f.wrongType(at, "")
	}
	dst.SetBytes(content)
	return nil
}

// shownValue is how much of an offending value goes back to the caller.
const shownValue = 64

// show renders a value for a violation, bounded: a number as it is, all else as text.
func show(value any) any {
	if number, is := value.(json.Number); is && len(number) <= shownValue {
		if _, err := number.Float64(); err == nil { // what no program could read goes back as a text
			return number
		}
	}
	return showText(value)
}

func showText(value any) string {
	text, ok := value.(string)
	if !ok {
		encoded, err := json.Marshal(value)
		if err != nil {
			return fmt.Sprintf("%T", value)
		}
		text = string(encoded)
	}
	if len(text) <= shownValue {
		return text
	}
	cut := shownValue
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
