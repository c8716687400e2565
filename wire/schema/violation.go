package schema

import (
	"fmt"
	"strings"
)

// Violation says which field breaks which rule, in the words of the production
// validator (protocol 7.3, busifavor 8.3) and in English.
type Violation struct { //nolint:errname // it says which rule was violated; "error" would say less
	// Location is "body", "query", "header" or "uri_template"; "" when a document could not be
	// read, so that no field is known.
	Location string
	// Field is a JSON Pointer for body fields, a plain name otherwise.
	Field string
	// Value is the offending value: a number when it is one, the measured length when that is
	// what is wrong, else text; "" when it is missing.
	Value any
	// Issue is the rule, in English.
	Issue string
	// ZH and EN are the message.
	ZH string
	EN string
}

// Error implements error.
func (v *Violation) Error() string { return v.EN }

// Brief is what is wrong in Chinese, without the name of the field, which the validator puts
// before the first comma.
func (v *Violation) Brief() string {
	if _, brief, found := strings.Cut(v.ZH, "，"); found {
		return brief
	}
	return v.ZH
}

// source is where a value came from, as messages name it.
type source struct {
	place Place
	path  string // "/a/b" in a body, "/name" elsewhere
}

func (s source) child(name string) source {
	return source{place: s.place, path: s.path + "/" + name}
}

func (s source) String() string {
	return "/" + s.location() + s.path
}

// uriTemplate is how the validator calls the path of a request.
const uriTemplate = "uri_template"

func (s source) location() string {
	if s.place == InPath {
		return uriTemplate
	}
	return string(s.place)
}

func (s source) field() string {
	if s.place == InBody {
		return s.path
	}
	return strings.TrimPrefix(s.path, "/")
}

// violate builds a violation. The Chinese text gets the source and the title; the
// English one is "Field <source>: <issue>.".
func (f *Field) violate(at source, value any, zh, issue string) *Violation {
	return &Violation{
		Location: at.location(), Field: at.field(), Value: value, Issue: issue,
		ZH: zh, EN: fmt.Sprintf("Field %s %s.", at, issue),
	}
}

func (f *Field) missing(at source) *Violation {
	return f.inItsWords(ruleRequired, f.violate(at, "",
		fmt.Sprintf("输入源“%s”映射到字段“%s”必填性规则校验失败，此字段为必填项", at, f.Title),
		"is required"))
}

// inItsWords replaces the message of a violation by the field's own for the rule.
func (f *Field) inItsWords(rule string, v *Violation) *Violation {
	if text, has := f.Texts[rule]; has {
		v.ZH = text
	}
	return v
}

// brokenRule is a rule of strings and arrays.
func (f *Field) brokenRule(at source, value any, kind, rule, issue string) *Violation {
	return f.violate(at, value,
		fmt.Sprintf("输入源“%s”映射到%s字段“%s”%s规则校验失败，%s", at, kind, f.Title, valueKind(kind), rule), issue)
}

func valueKind(kind string) string {
	if kind == "值" {
		return "字符串"
	}
	return ""
}

// length is a measured length: texts that people read are counted in characters, all others
// in bytes.
type length struct {
	n     int
	chars bool
}

func (l length) zh() string {
	if l.chars {
		return fmt.Sprintf("字符数 %d", l.n)
	}
	return fmt.Sprintf("字节数 %d", l.n)
}

func (l length) en() string {
	if l.chars {
		return fmt.Sprintf("has %d characters", l.n)
	}
	return fmt.Sprintf("has %d bytes", l.n)
}

func (f *Field) tooShort(at source, l length, least int) *Violation {
	return f.brokenRule(at, l.n, "值",
		fmt.Sprintf("%s，小于最小值 %d", l.zh(), least), fmt.Sprintf("%s, the least is %d", l.en(), least))
}

func (f *Field) tooLong(at source, l length, most int) *Violation {
	return f.brokenRule(at, l.n, "值",
		fmt.Sprintf("%s，大于最大值 %d", l.zh(), most), fmt.Sprintf("%s, the most is %d", l.en(), most))
}

// unprintable is a text with characters that it must not have, or without any that shows.
func (f *Field) unprintable(at source, value, zh, issue string) *Violation {
	return f.brokenRule(at, value, "值", zh, issue)
}

func (f *Field) mismatch(at source, value string) *Violation {
	return f.brokenRule(at, value, "值",
		fmt.Sprintf("字符串必须匹配正则表达式“%s”", f.Pattern),
		fmt.Sprintf("must match %s", f.Pattern))
}

func (f *Field) notInEnum(at source, value string) *Violation {
	return f.inItsWords(ruleEnum, f.brokenRule(at, value, "值",
		"字符串必须是以下取值之一：“"+strings.Join(f.Enum, "”、“")+"”",
		"must be one of "+strings.Join(f.Enum, ", ")))
}

func (f *Field) tooSmall(at source, n int64) *Violation {
	return f.brokenRule(at, n, "数值",
		fmt.Sprintf("值低于最小值 %d", f.Min), fmt.Sprintf("is below the minimum %d", f.Min))
}

func (f *Field) tooLarge(at source, n int64) *Violation {
	return f.inItsWords(ruleMax, f.brokenRule(at, n, "数值",
		fmt.Sprintf("值高于最大值 %d", f.Max), fmt.Sprintf("is above the maximum %d", f.Max)))
}

func (f *Field) tooFewItems(at source, n int) *Violation {
	return f.brokenRule(at, n, "数组",
		fmt.Sprintf("元素个数 %d，小于最小值 %d", n, f.MinItems),
		fmt.Sprintf("has %d elements, the least is %d", n, f.MinItems))
}

func (f *Field) tooManyItems(at source, n int) *Violation {
	return f.brokenRule(at, n, "数组",
		fmt.Sprintf("元素个数 %d，大于最大值 %d", n, f.MaxItems),
		fmt.Sprintf("has %d elements, the most is %d", n, f.MaxItems))
}

func (f *Field) notATime(at source, value string) *Violation {
	return f.inItsWords(ruleTime, f.brokenRule(at, value, "时间",
		"时间必须符合RFC 3339格式，如：2026-12-01T00:00:00+08:00",
		"must be an RFC 3339 time, such as 2026-12-01T00:00:00+08:00"))
}

// wrongType is a JSON type other than the declared one. The texts for integers, strings and
// arrays were seen live; the others follow them.
func (f *Field) wrongType(at source, value any) *Violation {
	from := "无法将输入源"
	if at.place == InBody {
		from = "无法将 JSON 输入源"
	}
	zh, issue := f.wantedType()
	kind := "目标字段"
	if f.Kind == Array {
		kind = "多重字段"
	}
	return f.violate(at, value, fmt.Sprintf("%s“%s”映射到%s“%s”中，此字段需要%s", from, at, kind, f.Title, zh), issue)
}

// wantedType says of which type the field is.
func (f *Field) wantedType() (zh, issue string) {
	switch f.Kind {
	case Integer:
		return fmt.Sprintf("一个合法的 %d 位有符号整数", f.Bits), fmt.Sprintf("must be an integer of %d bits", f.Bits)
	case Boolean:
		return "一个 bool 类型的 Json 值", "must be true or false"
	case Struct:
		return " JSON 对象", "must be an object"
	case Array:
		return " JSON 数组对象", "must be an array"
	case File:
		return "一个文件", "must be a file"
	case String, Date:
	}
	return "一个 string 类型的 Json 值", "must be a string"
}

// repeated is a path parameter that the body brings once more.
func (f *Field) repeated(at source) *Violation {
	return f.violate(at, "",
		fmt.Sprintf("无法将输入源“%s”映射到目标字段“%s”中，此字段并非多重字段但被输入源“/uri_template/%s”映射过了", at, f.Title, f.Name),
		"is already given by the path and must not be repeated")
}

// generic is the validator's message for everything else.
func generic(at source, value any, issue string) *Violation {
	return &Violation{
		Location: at.location(), Field: at.field(), Value: value, Issue: issue,
		ZH: "参数错误", EN: fmt.Sprintf("Parameter error: field %s %s.", at, issue),
	}
}
