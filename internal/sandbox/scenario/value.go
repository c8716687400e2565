package scenario

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// values are the variables of a run.
type values struct {
	parser
	known map[string]any
	// fresh makes a request number, now tells business time.
	fresh func() string
	now   func() (time.Time, error)
}

// resolve turns a node into a JSON value, with every ${name} replaced. A scalar that is nothing
// but a variable keeps the variable's type.
func (v *values) resolve(at *yaml.Node) (any, error) {
	switch at.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i < len(at.Content); i += 2 {
			value, err := v.resolve(at.Content[i+1])
			if err != nil {
				return nil, err
			}
			object[at.Content[i].Value] = value
		}
		return object, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, element := range at.Content {
			value, err := v.resolve(element)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	case yaml.ScalarNode:
		return v.scalar(at)
	default:
		return nil, v.wrong(at, "不支持锚点与别名", "anchors and aliases are not supported")
	}
}

func (v *values) scalar(at *yaml.Node) (any, error) {
	if strings.Contains(at.Value, "${") {
		return v.expand(at)
	}
	switch at.Tag {
	case "!!int", "!!float":
		return json.Number(at.Value), nil
	case "!!bool":
		return at.Value == "true", nil
	case "!!null":
		return nil, nil
	}
	return at.Value, nil
}

// expand replaces the variables of a text.
func (v *values) expand(at *yaml.Node) (any, error) {
	var b strings.Builder
	rest := at.Value
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return nil, v.wrong(at, "变量缺少“}”", "a variable lacks its closing brace")
		}
		value, err := v.variable(at, name)
		if err != nil {
			return nil, err
		}
		if before == "" && tail == "" && b.Len() == 0 {
			return value, nil
		}
		_, _ = fmt.Fprint(&b, value)
		rest = tail
	}
}

// variable returns what a name stands for: a variable, ${number} a new request number, ${now}
// business time, ${now+24h} some time after it.
func (v *values) variable(at *yaml.Node, name string) (any, error) {
	if name == "number" {
		return v.fresh(), nil
	}
	if span, is := strings.CutPrefix(name, "now"); is {
		now, err := v.now()
		if err != nil {
			return nil, err
		}
		if span != "" {
			d, err := time.ParseDuration(span)
			if err != nil {
				return nil, v.wrong(at, "无法识别的时长："+span, "not a span of time: "+span)
			}
			now = now.Add(d)
		}
		return now.Format(time.RFC3339), nil
	}
	value, known := v.known[name]
	if !known {
		return nil, v.wrong(at, "未知变量“"+name+"”", "unknown variable "+strconv.Quote(name))
	}
	return value, nil
}

// text resolves a scalar to text.
func (v *values) text(t text) (string, error) {
	if t.node == nil {
		return "", nil
	}
	value, err := v.resolve(t.node)
	if err != nil || value == nil {
		return "", err
	}
	return fmt.Sprint(value), nil
}

// at returns the value at a dotted path of an answer; numbers choose elements of lists.
func at(answer any, path string) (any, bool) {
	for name := range strings.SplitSeq(path, ".") {
		switch node := answer.(type) {
		case map[string]any:
			value, has := node[name]
			if !has {
				return nil, false
			}
			answer = value
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(node) {
				return nil, false
			}
			answer = node[i]
		default:
			return nil, false
		}
	}
	return answer, true
}

// same compares JSON values; numbers by their text.
func same(want, got any) bool {
	return reflect.DeepEqual(want, got)
}
