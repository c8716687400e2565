// Package schema derives from a wire struct everything that follows from its
// fields: validation with the texts of the production validator, binding of a
// decoded request, and the description that the OpenAPI document shows.
//
// A field is declared once, in its struct tags:
//
//	json:"name"    a field of the body
//	path:"name"    a parameter of the path (with json:"-")
//	query:"name"   a parameter of the query (with json:"-"); one that is a struct
//	               travels as the text of a JSON object
//	header:"Name"  a header of the request (with json:"-")
//	title:"标题"   the Chinese title, which the validator prints
//	rule:"…"       constraints, separated by blanks:
//
//	required       must be present
//	chars=1..21    length of a text in characters, either end may be left out
//	bytes=1..32    length of an identifier, a URL or the like in bytes
//	line           a name: one line that shows something, without control characters or
//	               characters without width
//	range=1..100   bounds of an integer, either end may be left out
//	items=1..2     length of an array
//	enum=A|B       the allowed values
//	match=digits   a named pattern, see patternNamed
//	blank          an empty string counts as absent
//	anycase        the enum is compared without case, and stored as it is declared
//	commas         an array may also be one string with commas
//	repeatable     a parameter of the path may come in the body, too; it is ignored there
//
//	texts:"…"      Chinese messages of this field alone, "rule=text" separated by
//	               blanks, for required (an empty string, too), max (above the range),
//	               enum and time
//
// The package depends on the standard library only. Compiled objects are safe for
// concurrent use.
package schema

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Object describes a struct: a JSON object, or all parameters of an operation.
type Object struct {
	// Name is the name of the Go type.
	Name   string
	Fields []Field

	typ reflect.Type
}

// Has reports whether any field travels in the given place.
func (o *Object) Has(p Place) bool {
	return slices.ContainsFunc(o.Fields, func(f Field) bool { return f.In == p })
}

// HasFile reports whether a field is a file, so that the body is multipart/form-data.
func (o *Object) HasFile() bool {
	return slices.ContainsFunc(o.Fields, func(f Field) bool { return f.Kind == File })
}

// Place says where a field travels.
type Place string

// The places.
const (
	InBody  Place = "body"
	InQuery Place = "query"
	InPath  Place = "path"
	// InHeader is a header of the request, which the signature does not cover.
	InHeader Place = "header"
)

// Kind is the JSON type of a field.
type Kind string

// The kinds.
const (
	String  Kind = "string"
	Integer Kind = "integer"
	Boolean Kind = "boolean"
	// Date is a string that holds an RFC 3339 time.
	Date   Kind = "time"
	Struct Kind = "object"
	Array  Kind = "array"
	// File is the content of a file, in a body that is multipart/form-data. In Go it
	// is []byte.
	File Kind = "file"
)

// NoLimit is the upper bound of a length that was not declared. The bounds of an
// integer are then those of its 64-bit type.
const NoLimit = math.MaxInt32

// Field describes one field.
type Field struct {
	Name     string
	Title    string
	In       Place
	Kind     Kind
	Required bool
	// Blank makes an empty string count as absent.
	Blank bool
	// AnyCase makes the case of an enum's value not matter.
	AnyCase bool
	// Line makes a string a name, which is one line that shows something.
	Line bool
	// Commas allows a string in place of an array.
	Commas bool
	// Repeatable lets the body repeat a parameter of the path.
	Repeatable bool
	// Optional is true when answers may leave the field out.
	Optional bool

	MinChars, MaxChars int
	MinBytes, MaxBytes int
	Min, Max           int64
	MinItems, MaxItems int
	Enum               []string
	Pattern            *regexp.Regexp

	// Bits is the size of an integer.
	Bits int
	// Object describes a field of kind Struct, or the elements of an Array of
	// objects.
	Object *Object
	// Element describes the elements of an Array.
	Element *Field
	// Texts are messages in place of the validator's, by rule.
	Texts map[string]string

	index int
}

// Bounded reports whether the range of an integer was declared.
func (f *Field) Bounded() bool { return f.Min != math.MinInt64 || f.Max != math.MaxInt64 }

// Of compiles the description of T. It panics on a malformed declaration, which a
// test of every table finds.
func Of[T any]() *Object {
	return compile(reflect.TypeFor[T]())
}

func compile(t reflect.Type) *Object {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("schema: %s is no struct", t))
	}
	o := &Object{Name: t.Name(), typ: t}
	for i := range t.NumField() {
		if f := compileField(t.Field(i)); f != nil {
			f.index = i
			o.Fields = append(o.Fields, *f)
		}
	}
	return o
}

func compileField(sf reflect.StructField) *Field {
	f := newField()
	f.Title = sf.Tag.Get("title")
	f.place(sf)
	if f.Name == "" {
		return nil
	}
	f.setType(sf.Type)
	for word := range strings.FieldsSeq(sf.Tag.Get("rule")) {
		f.setRule(word)
	}
	f.setTexts(sf.Tag.Get("texts"))
	if f.Title == "" {
		panic(fmt.Sprintf("schema: field %s has no title", sf.Name))
	}
	return f
}

func newField() *Field {
	return &Field{
		MaxChars: NoLimit, MaxBytes: NoLimit, MaxItems: NoLimit,
		Min: math.MinInt64, Max: math.MaxInt64,
	}
}

func (f *Field) place(sf reflect.StructField) {
	for _, p := range []Place{InPath, InQuery, InHeader} {
		if name := sf.Tag.Get(string(p)); name != "" {
			f.Name, f.In = name, p
			return
		}
	}
	name, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
	if name == "-" {
		return
	}
	f.Name, f.In = name, InBody
	f.Optional = strings.Contains(options, "omit")
}

func (f *Field) setType(t reflect.Type) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[Time]():
		f.Kind = Date
	case t.Kind() == reflect.String:
		f.Kind = String
	case t.Kind() == reflect.Bool:
		f.Kind = Boolean
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int32, t.Kind() == reflect.Int64:
		f.Kind, f.Bits = Integer, t.Bits()
	case t.Kind() == reflect.Struct:
		f.Kind, f.Object = Struct, compile(t)
	case t == reflect.TypeFor[[]byte]():
		f.Kind = File
	case t.Kind() == reflect.Slice:
		f.Kind = Array
		f.Element = newField()
		f.Element.Name, f.Element.Title, f.Element.In = f.Name, f.Title, f.In
		f.Element.setType(t.Elem())
	default:
		panic(fmt.Sprintf("schema: field %s has type %s", f.Name, t))
	}
}

func (f *Field) setRule(word string) {
	key, value, _ := strings.Cut(word, "=")
	scalar := f
	if f.Kind == Array {
		scalar = f.Element
	}
	switch key {
	case ruleRequired:
		f.Required = true
	case "blank":
		f.Blank = true
	case "line":
		scalar.Line = true
	case "anycase":
		scalar.AnyCase = true
	case "commas":
		f.Commas = true
	case "repeatable":
		f.Repeatable = true
	case "chars":
		low, high := bounds(value, 0, NoLimit)
		scalar.MinChars, scalar.MaxChars = int(low), int(high)
	case "bytes":
		low, high := bounds(value, 0, NoLimit)
		scalar.MinBytes, scalar.MaxBytes = int(low), int(high)
	case "range":
		scalar.Min, scalar.Max = bounds(value, math.MinInt64, math.MaxInt64)
	case "items":
		low, high := bounds(value, 0, NoLimit)
		f.MinItems, f.MaxItems = int(low), int(high)
	case ruleEnum:
		scalar.Enum = strings.Split(value, "|")
	case "match":
		scalar.Pattern = patternNamed(value)
	default:
		panic(fmt.Sprintf("schema: field %s has rule %q", f.Name, word))
	}
}

// The rules whose message a field may have of its own.
const (
	ruleRequired = "required"
	ruleMax      = "max"
	ruleEnum     = "enum"
	ruleTime     = "time"
)

func (f *Field) setTexts(tag string) {
	for word := range strings.FieldsSeq(tag) {
		rule, text, found := strings.Cut(word, "=")
		if !found || !slices.Contains([]string{ruleRequired, ruleMax, ruleEnum, ruleTime}, rule) {
			panic(fmt.Sprintf("schema: field %s has text %q", f.Name, word))
		}
		if f.Texts == nil {
			f.Texts = map[string]string{}
		}
		f.Texts[rule] = text
	}
}

// patternNamed returns the patterns that fields may name in their tags, where a
// regular expression would be unreadable.
func patternNamed(name string) *regexp.Regexp {
	switch name {
	case "digits":
		return regexp.MustCompile(`^[0-9]+$`)
	case "tag":
		return regexp.MustCompile(`^[0-9a-zA-Z_]+$`)
	case "paycode":
		// Payment methods (favor 10, inferred).
		return regexp.MustCompile(`^[0-9A-Z_]{1,32}$`)
	case "alphanumeric":
		return regexp.MustCompile(`^[0-9a-zA-Z]+$`)
	case "mchid":
		return regexp.MustCompile(`^[1-9]\d*$`)
	case "date":
		return regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
	case "number":
		// Request numbers (protocol 8, seen live).
		return regexp.MustCompile(`^[0-9a-zA-Z_\-|\*]{1,}$`)
	}
	panic(fmt.Sprintf("schema: no pattern is named %q", name))
}

func bounds(text string, low, high int64) (lowest, highest int64) {
	from, to, found := strings.Cut(text, "..")
	if !found {
		panic(fmt.Sprintf("schema: %q is no range", text))
	}
	return bound(from, low), bound(to, high)
}

func bound(text string, otherwise int64) int64 {
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("schema: bound %q: %v", text, err))
	}
	return n
}

// Time is a time on the wire: RFC 3339. It reads any offset and fraction, and
// writes Beijing time without fraction (protocol 9). The zero Time is absent; use
// omitzero.
type Time struct{ time.Time }

// TimeOf returns t as it travels.
func TimeOf(t time.Time) Time { return Time{t} }

// beijing is the offset of the zone in which times are written, in seconds.
const beijing = 8 * 60 * 60

const wireTime = "2006-01-02T15:04:05-07:00"

// String returns the time as it is written.
func (t Time) String() string {
	return t.In(time.FixedZone("", beijing)).Format(wireTime)
}

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.String() + `"`), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(text []byte) error {
	if err := t.Time.UnmarshalJSON(text); err != nil {
		return fmt.Errorf("schema: time: %w", err)
	}
	return nil
}

// Years that a request may name: what lies beyond cannot be written back with four
// digits in every zone.
const (
	firstYear = 1970
	lastYear  = 9998
)

// ParseTime reads the time of a request: strictly RFC 3339, whole seconds, of a year that
// can be written back.
func ParseTime(text string) (Time, bool) {
	// Package time also takes an hour of one digit and a comma before a fraction.
	if len(text) < len("2006-01-02T15:04:05Z") || text[13] != ':' || strings.Contains(text, ",") {
		return Time{}, false
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.UTC().Year() < firstYear || t.UTC().Year() > lastYear {
		return Time{}, false
	}
	return Time{t.Truncate(time.Second)}, true
}
