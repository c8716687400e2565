package record

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

const tagText = "!!str"

// text is a scalar that is always read as text.
func text(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	return n
}

// mapping is names with their values, in this order.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, one := range pairs {
		if name, is := one.(string); is {
			n.Content = append(n.Content, text(name))
			continue
		}
		if value, is := one.(*yaml.Node); is {
			n.Content = append(n.Content, value)
		}
	}
	return n
}

// tree reads JSON with its members in their order and its numbers as they are written; nil for what
// is none.
func tree(document []byte) *yaml.Node {
	if !json.Valid(document) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	n, err := value(d)
	if err != nil {
		return nil
	}
	return n
}

// value reads one value of JSON that is valid.
func value(d *json.Decoder) (*yaml.Node, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode}
		if t == '[' {
			n.Kind = yaml.SequenceNode
		}
		for d.More() {
			member, err := value(d)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, member)
		}
		_, err := d.Token()
		return n, err
	case string:
		return text(t), nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: t.String()}, nil
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(t)}, nil
	}
}

// walk visits the scalars below a node, each with its dotted path.
func walk(n *yaml.Node, path string, visit func(path string, leaf *yaml.Node)) {
	if n == nil {
		return
	}
	below := func(name string) string {
		if path == "" {
			return name
		}
		return path + "." + name
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			walk(n.Content[i+1], below(n.Content[i].Value), visit)
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			walk(element, below(fmt.Sprint(i)), visit)
		}
	default:
		visit(path, n)
	}
}
