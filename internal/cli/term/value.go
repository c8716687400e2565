package term

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
)

// value is a flag or an argument: a field that takes what is on the command line. It
// implements pflag.Value.
type value struct {
	name    string
	help    string
	tag     reflect.StructTag
	into    reflect.Value
	choices []string
	// given is true once the command line had it.
	given bool
}

func (g *Grammar) value(field reflect.StructField, into reflect.Value) *value {
	v := &value{name: nameOf(field), help: g.text(field.Tag.Get("help")), tag: field.Tag, into: into}
	if enum, is := field.Tag.Lookup("enum"); is {
		v.choices = strings.Split(enum, ",")
	}
	return v
}

func (v *value) many() bool     { return v.into.Kind() == reflect.Slice }
func (v *value) isBool() bool   { return v.into.Kind() == reflect.Bool }
func (v *value) required() bool { return has(v.tag, "required") }

// String implements pflag.Value; what a flag is without being given stands in its help.
func (v *value) String() string { return "" }

// Type implements pflag.Value.
func (v *value) Type() string { return v.placeholder() }

// Set implements pflag.Value: the command line has the flag.
func (v *value) Set(text string) error {
	if v.many() && v.tag.Get("sep") != "none" {
		return v.take(strings.Split(text, ","))
	}
	return v.take([]string{text})
}

// take fills the field from the command line. What is given twice counts once, the last time;
// a list grows.
func (v *value) take(texts []string) error {
	v.given = true
	for _, text := range texts {
		into := v.into
		if v.many() {
			into = reflect.New(v.into.Type().Elem()).Elem()
		}
		if err := v.parse(text, into); err != nil {
			return err
		}
		if v.many() {
			v.into.Set(reflect.Append(v.into, into))
		}
	}
	return nil
}

// otherwise fills a field that the command line does not have, from the environment or with its default.
func (v *value) otherwise(env func(string) string) error {
	if name := v.tag.Get("env"); name != "" {
		if text := env(name); text != "" {
			if err := v.Set(text); err != nil {
				return usage("环境变量 "+name+" 有误："+zhOf(err), "the environment variable "+name+" is wrong: "+err.Error())
			}
			return nil
		}
	}
	text, is := v.tag.Lookup("default")
	if !is || text == "" {
		return nil
	}
	return v.parse(text, v.into)
}

func (v *value) parse(text string, into reflect.Value) error {
	if v.choices != nil && !slices.Contains(v.choices, text) {
		return v.notAChoice(text)
	}
	if into.Type() == reflect.TypeFor[time.Duration]() {
		span, err := time.ParseDuration(text)
		if err != nil {
			return badValue(text, "不是时长，如 90s、5m", "is not a duration such as 90s or 5m")
		}
		into.SetInt(int64(span))
		return nil
	}
	switch into.Kind() {
	case reflect.String:
		return v.setString(text, into)
	case reflect.Bool:
		is, err := strconv.ParseBool(text)
		if err != nil {
			return badValue(text, "应为 true 或 false", "is neither true nor false")
		}
		into.SetBool(is)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, into.Type().Bits())
		if err != nil {
			return badValue(text, "不是整数", "is not a whole number")
		}
		into.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, into.Type().Bits())
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return badValue(text, "不是数字", "is not a number")
		}
		into.SetFloat(n)
	default:
		panic("a flag cannot be a " + into.Type().String())
	}
	return nil
}

func (v *value) setString(text string, into reflect.Value) error {
	if v.tag.Get("type") == "path" && text != "-" {
		path, err := absolute(text)
		if err != nil {
			return badValue(text, "不是可用的路径", "cannot be made an absolute path")
		}
		text = path
	}
	into.SetString(text)
	return nil
}

// absolute is a path that does not depend on the working directory; ~ is the user's home.
func absolute(path string) (string, error) {
	if rest, is := strings.CutPrefix(path, "~/"); is {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("home: %w", err)
		}
		path = filepath.Join(home, rest)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("path: %w", err)
	}
	return path, nil
}

// allowed are the values that may be given, without the empty one that stands for none.
func (v *value) allowed() []string {
	return slices.DeleteFunc(slices.Clone(v.choices), func(one string) bool { return one == "" })
}

func (v *value) notAChoice(text string) error {
	list := v.allowed()
	return badValue(text, "须为以下之一："+strings.Join(list, "、"), "must be one of "+strings.Join(list, ", "))
}

// placeholder is how help writes the value of a flag.
func (v *value) placeholder() string {
	name := v.tag.Get("placeholder")
	switch kind := v.into.Kind(); {
	case name != "":
	case v.isBool():
		return ""
	case v.choices != nil:
		name = strings.ToUpper(v.name)
	case v.into.Type() == reflect.TypeFor[time.Duration]():
		name = "DURATION"
	case kind == reflect.Int || kind == reflect.Int64 || kind == reflect.Float64:
		name = "N"
	default:
		name = strings.ToUpper(strings.ReplaceAll(v.name, "-", "_"))
	}
	if v.many() && v.tag.Get("sep") != "none" {
		name += ",..."
	}
	return name
}

// badValue refuses the value of a flag or an argument.
func badValue(text, zh, en string) error {
	return &Usage{fault.Text{ZH: fmt.Sprintf("“%s”%s", text, zh), EN: fmt.Sprintf("%q %s", text, en)}}
}
