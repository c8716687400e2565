package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/favord/favord/internal/base/fault"
)

// parser turns nodes into a scenario. It knows every field: what it does not know is a typo.
type parser struct{ file string }

// wrong is a fault at a place of the file.
func (p *parser) wrong(at *yaml.Node, zh, en string) error {
	place := fmt.Sprintf("%s:%d:%d: ", p.file, at.Line, at.Column)
	return fault.New(fault.Refused, place+zh, place+en)
}

// fields reads a mapping by the functions of its fields.
func (p *parser) fields(at *yaml.Node, known map[string]func(*yaml.Node) error) error {
	if at.Kind != yaml.MappingNode {
		return p.wrong(at, "此处应为映射（名称: 值）", "a mapping (name: value) is expected here")
	}
	seen := map[string]bool{}
	for i := 0; i < len(at.Content); i += 2 {
		key, value := at.Content[i], at.Content[i+1]
		read, is := known[key.Value]
		switch {
		case !is:
			names := strings.Join(slices.Sorted(maps.Keys(known)), ", ")
			return p.wrong(key, "未知字段“"+key.Value+"”，可用："+names, "unknown field "+strconv.Quote(key.Value)+"; there are: "+names)
		case seen[key.Value]:
			return p.wrong(key, "字段“"+key.Value+"”重复", "the field "+strconv.Quote(key.Value)+" is there twice")
		}
		seen[key.Value] = true
		if err := read(value); err != nil {
			return err
		}
	}
	return nil
}

// each reads a sequence.
func (p *parser) each(at *yaml.Node, read func(*yaml.Node) error) error {
	if at.Kind != yaml.SequenceNode {
		return p.wrong(at, "此处应为列表", "a list is expected here")
	}
	for _, element := range at.Content {
		if err := read(element); err != nil {
			return err
		}
	}
	return nil
}

// pairs reads a mapping of names that the file chooses, in its order.
func (p *parser) pairs(into *[]pair) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		if at.Kind != yaml.MappingNode {
			return p.wrong(at, "此处应为映射（名称: 值）", "a mapping (name: value) is expected here")
		}
		for i := 0; i < len(at.Content); i += 2 {
			*into = append(*into, pair{name: at.Content[i].Value, value: at.Content[i+1]})
		}
		return nil
	}
}

// scalar reads a text.
func (p *parser) scalar(into *text) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		if at.Kind != yaml.ScalarNode {
			return p.wrong(at, "此处应为一个值", "a single value is expected here")
		}
		into.node = at
		return nil
	}
}

func (p *parser) plain(into *string) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		var t text
		if err := p.scalar(&t)(at); err != nil {
			return err
		}
		*into = at.Value
		return nil
	}
}

func (p *parser) integer(into *int, least, most int) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		n, err := strconv.Atoi(at.Value)
		if err != nil || n < least || n > most {
			return p.wrong(at,
				fmt.Sprintf("此处应为%d到%d的整数", least, most),
				fmt.Sprintf("a number from %d to %d is expected here", least, most))
		}
		*into = n
		return nil
	}
}

func (p *parser) flag(into *bool) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		if err := at.Decode(into); err != nil {
			return p.wrong(at, "此处应为 true 或 false", "true or false is expected here")
		}
		return nil
	}
}

func keep(into **yaml.Node) func(*yaml.Node) error {
	return func(at *yaml.Node) error {
		*into = at
		return nil
	}
}

func (p *parser) scenario(at *yaml.Node) (*Scenario, error) {
	s := &Scenario{}
	err := p.fields(at, map[string]func(*yaml.Node) error{
		"name":   p.plain(&s.Name),
		"freeze": p.scalar(&s.Freeze),
		"vars":   p.pairs(&s.Vars),
		"stocks": p.pairs(&s.Stocks),
		"codes": func(list *yaml.Node) error {
			return p.each(list, func(at *yaml.Node) error {
				var c codes
				s.Codes = append(s.Codes, c)
				into := &s.Codes[len(s.Codes)-1]
				return p.fields(at, map[string]func(*yaml.Node) error{"stock": p.scalar(&into.stock), "codes": keep(&into.list)})
			})
		},
		"coupons": func(list *yaml.Node) error {
			return p.each(list, func(at *yaml.Node) error {
				var c coupons
				err := p.fields(at, map[string]func(*yaml.Node) error{
					"stock": p.scalar(&c.stock), "openid": p.scalar(&c.openid), "as": p.scalar(&c.name),
				})
				if err == nil && c.stock.node == nil {
					err = p.wrong(at, "缺少stock", "stock is missing")
				}
				s.Coupons = append(s.Coupons, c)
				return err
			})
		},
		"steps": func(list *yaml.Node) error {
			return p.each(list, func(at *yaml.Node) error {
				one, err := p.step(at)
				s.Steps = append(s.Steps, one)
				return err
			})
		},
	})
	if err == nil && len(s.Steps)+len(s.Stocks) == 0 {
		err = p.wrong(at, "场景没有steps", "the scenario has no steps")
	}
	return s, err
}

// step reads one step. Its kind is the field that it has.
func (p *parser) step(at *yaml.Node) (step, error) {
	s, c := step{node: at}, call{times: 1}
	found := 0
	method := func(name string) func(*yaml.Node) error {
		return func(node *yaml.Node) error {
			found++
			c.method = name
			s.call = &c
			return p.scalar(&c.path)(node)
		}
	}
	err := p.fields(at, map[string]func(*yaml.Node) error{
		"name": p.plain(&s.name),
		"get":  method("GET"), "post": method("POST"), "patch": method("PATCH"), "delete": method("DELETE"),
		"body":   keep(&c.body),
		"expect": func(node *yaml.Node) error { return p.expect(node, &c.expect) },
		"save":   p.pairs(&c.save),
		"times":  p.integer(&c.times, 1, maxTimes),
		"clock":  func(node *yaml.Node) error { found++; return keep(&s.clock)(node) },
		"fault":  func(node *yaml.Node) error { found++; return keep(&s.fault)(node) },
	})
	if err != nil {
		return s, err
	}
	if found != 1 {
		return s, p.wrong(at,
			"每一步须有且只有一个：get、post、patch、delete、clock、fault",
			"a step has exactly one of get, post, patch, delete, clock and fault")
	}
	if s.call != nil {
		path := c.path.node.Value
		if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "${") {
			return s, p.wrong(c.path.node, "路径须以“/”开头", "the path must begin with a slash")
		}
		c.managed = strings.HasPrefix(path, "/manage/")
	}
	return s, nil
}

// maxTimes is how often one step may be repeated.
const maxTimes = 10_000

func (p *parser) expect(at *yaml.Node, into *expectation) error {
	return p.fields(at, map[string]func(*yaml.Node) error{
		"status": p.integer(&into.status, 100, 599),
		"code":   p.plain(&into.code),
		"body":   p.pairs(&into.body),
		"lost":   p.flag(&into.lost),
	})
}
