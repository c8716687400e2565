package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/favord/favord/internal/base/fault"
)

// Setting is a key with its value and where that comes from.
type Setting struct {
	// Name is the key with those above it, such as database.url.
	Name string `json:"name" yaml:"name"`
	// Value is shown without secrets; lists are separated by commas. It is empty when nothing
	// is set.
	Value string `json:"value" yaml:"value"`
	// Origin is default, file, the variable of the environment, or production for what such a server always has.
	Origin string `json:"origin" yaml:"origin"`
}

// Origins besides variables of the environment.
const (
	originDefault = "default"
	originFile    = "file"
)

// walk visits every key of a part of the configuration.
func walk(part reflect.Value, above string, visit func(name string, value reflect.Value)) {
	for field, value := range part.Fields() {
		name, tagged := field.Tag.Lookup("yaml")
		switch {
		case !tagged:
		case value.Kind() == reflect.Struct:
			walk(value, above+name+".", visit)
		default:
			visit(above+name, value)
		}
	}
}

// Keys lists the name of every key.
func Keys() []string {
	var names []string
	walk(reflect.ValueOf(Serve{}), "", func(name string, _ reflect.Value) { names = append(names, name) })
	return names
}

// EnvironmentOf is the variable that wins over a key. `favord env` prints some names for programs that
// call a server: those say nothing about a server that starts beside them.
func EnvironmentOf(key string) string {
	if key == "mode" || key == "manage_url" {
		key = "serve_" + key
	}
	return VariableName(strings.ReplaceAll(key, ".", "_"))
}

// overrule lets the environment win over the file. Lists are separated by commas.
func (s *Serve) overrule(origins map[string]string) error {
	var errs []error
	walk(reflect.ValueOf(s).Elem(), "", func(name string, value reflect.Value) {
		variable := EnvironmentOf(name)
		text := os.Getenv(variable)
		if text == "" {
			return
		}
		origins[name] = variable
		if err := nodeOf(text, value.Kind()).Decode(value.Addr().Interface()); err != nil {
			errs = append(errs, refuse(
				fmt.Sprintf("环境变量 %s 的值 %q 不合适", variable, text),
				fmt.Sprintf("The variable %s cannot be %q.", variable, text)))
		}
	})
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// nodeOf is the text of a variable as it would be written in the file.
func nodeOf(text string, kind reflect.Kind) *yaml.Node {
	switch kind { //nolint:exhaustive // the others are numbers and switches
	case reflect.String:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	case reflect.Slice:
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for one := range strings.SplitSeq(text, ",") {
			list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: strings.TrimSpace(one)})
		}
		return list
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: text}
}

// decode reads the text of a file, and notes which keys it has.
func (s *Serve) decode(text []byte, origins map[string]string) *fault.Error {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return refuse(
			"不是合法的YAML："+strings.TrimPrefix(err.Error(), "yaml: "),
			"It is no YAML: "+strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(document.Content) == 0 {
		return nil
	}
	root := document.Content[0]
	if problem := checkKeys(root, "", origins); problem != nil {
		return problem
	}
	err := document.Decode(s)
	if wrong, is := errors.AsType[*yaml.TypeError](err); is {
		line, twice := regexp.MustCompile(`^line \d+`).FindString(wrong.Errors[0]), strings.Contains(wrong.Errors[0], "already defined")
		if twice {
			return refuse(strings.Replace(line, "line ", "第", 1)+"行的配置项重复", line+" has a key that is there already.")
		}
		return refuse(
			strings.Replace(line, "line ", "第", 1)+"行的值不合适",
			line+" has a value that does not fit its key.")
	}
	if err != nil {
		return refuse(err.Error(), err.Error())
	}
	return nil
}

// checkKeys refuses keys that do not exist.
func checkKeys(n *yaml.Node, above string, origins map[string]string) *fault.Error {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	known := Keys()
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := above + key.Value
		if slices.Contains(known, name) {
			origins[name] = originFile
			continue
		}
		if !slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, name+".") }) {
			return errUnknownKey(key.Line, name, nearest(name, known))
		}
		if problem := checkKeys(n.Content[i+1], name+".", origins); problem != nil {
			return problem
		}
	}
	return nil
}

func errUnknownKey(line int, name, meant string) *fault.Error {
	zh, en := fmt.Sprintf("第%d行的 %s 不是配置项", line, name), fmt.Sprintf("line %d: there is no key %s", line, name)
	if meant == "" {
		return refuse(zh, en+".")
	}
	return refuse(zh+"，是否想写 "+meant+"？", en+"; did you mean "+meant+"?")
}

// nearest is the key that may have been meant: the same word elsewhere, or one of few other
// letters; "" when there is none.
func nearest(name string, known []string) string {
	last := func(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
	const most = 2 // two letters that changed places
	best, least := "", min(most, len(last(name))/2)+1
	for _, key := range known {
		section, _, nested := strings.Cut(key, ".")
		for _, candidate := range []string{key, section} {
			d := distance(last(name), last(candidate))
			if candidate == section && nested && strings.Contains(name, ".") {
				continue // a section is no part of one
			}
			if d < least {
				best, least = candidate, d
			}
		}
	}
	return best
}

// distance is how many letters have to be changed, added or left out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}

// show is a value without secrets.
func show(name string, value reflect.Value) string {
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return ""
		}
		value = value.Elem()
	}
	text := fmt.Sprint(value.Interface())
	switch {
	case value.Kind() == reflect.Slice:
		return strings.Join(strings.Fields(strings.Trim(text, "[]")), ",")
	case name == "database.password" && text != "":
		return "xxxxx"
	case name == "database.url" && text != "":
		if u, err := url.Parse(text); err == nil {
			return u.Redacted()
		}
		return ""
	}
	return text
}
