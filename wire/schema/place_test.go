package schema_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/wire/schema"
)

// placed is a request whose fields travel in every place but the path.
type placed struct {
	Key    string  `header:"Idempotency-Key" json:"-" title:"幂等值" rule:"required blank chars=1..8 match=number"`
	Filter *filter `query:"filter" json:"-" title:"过滤条件"`
	Image  []byte  `json:"image" title:"图片" rule:"required"`
}

type filter struct {
	Kind string `json:"kind" title:"类型" rule:"required enum=A|B"`
	ID   string `json:"id,omitempty" title:"编号"`
}

// place returns an input without violation.
func place() schema.Input {
	return schema.Input{
		Header:  map[string][]string{"Idempotency-Key": {"k|1"}},
		Query:   url.Values{"filter": {`{"kind":"A"}`}},
		Objects: map[string]map[string]any{"filter": {"kind": "A"}},
		Body:    map[string]any{"image": []byte{}},
	}
}

func TestHeadersObjectsInTheQueryAndFilesAreBound(t *testing.T) {
	t.Parallel()
	var got placed
	if v := schema.Of[placed]().Bind(place(), &got); v != nil {
		t.Fatal(v)
	}
	if diff := cmp.Diff(placed{Key: "k|1", Filter: &filter{Kind: "A"}, Image: []byte{}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in := place()
	in.Query, in.Objects = nil, nil
	got = placed{}
	if v := schema.Of[placed]().Bind(in, &got); v != nil || got.Filter != nil {
		t.Errorf("without the optional object: %v, %v", got.Filter, v)
	}
}

func TestViolationsNameThePlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change                   func(in *schema.Input)
		zh, location, field, val string
	}{
		"no header": {
			func(in *schema.Input) { in.Header = nil },
			"输入源“/header/Idempotency-Key”映射到字段“幂等值”必填性规则校验失败，此字段为必填项", "header", "Idempotency-Key", "",
		},
		"empty header": {
			func(in *schema.Input) { in.Header["Idempotency-Key"] = []string{""} },
			"输入源“/header/Idempotency-Key”映射到字段“幂等值”必填性规则校验失败，此字段为必填项", "header", "Idempotency-Key", "",
		},
		"header twice": {
			func(in *schema.Input) { in.Header["Idempotency-Key"] = []string{"a", "b"} },
			"参数错误", "header", "Idempotency-Key", "a,b",
		},
		"member of an object in the query": {
			func(in *schema.Input) { in.Objects["filter"] = map[string]any{"id": "1"} },
			"输入源“/query/filter/kind”映射到字段“类型”必填性规则校验失败，此字段为必填项", "query", "filter/kind", "",
		},
		"object twice": {
			func(in *schema.Input) { in.Query["filter"] = []string{"{}", "{}"} },
			"参数错误", "query", "filter", "{},{}",
		},
		"no file": {
			func(in *schema.Input) { in.Body = nil },
			"输入源“/body/image”映射到字段“图片”必填性规则校验失败，此字段为必填项", "body", "/image", "",
		},
		"text for a file": {
			func(in *schema.Input) { in.Body["image"] = "x" },
			"无法将 JSON 输入源“/body/image”映射到目标字段“图片”中，此字段需要一个文件", "body", "/image", "",
		},
	} {
		in := place()
		c.change(&in)
		v := schema.Of[placed]().Bind(in, &placed{})
		if v == nil || v.ZH != c.zh || v.Location != c.location || v.Field != c.field || v.Value != c.val {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestTheClientSendsEachFieldInItsPlace(t *testing.T) {
	t.Parallel()
	o := schema.Of[placed]()
	target, err := o.Encode("/p", &placed{Key: "k", Filter: &filter{Kind: "A", ID: "1 2"}})
	if err != nil || target != "/p?filter=%7B%22kind%22%3A%22A%22%2C%22id%22%3A%221+2%22%7D" {
		t.Errorf("target %s, %v", target, err)
	}
	if target, err = o.Encode("/p", &placed{}); err != nil || target != "/p" {
		t.Errorf("without an object: %s, %v", target, err)
	}
	if diff := cmp.Diff(map[string]string{"Idempotency-Key": "k"}, o.EncodeHeader(&placed{Key: "k"})); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if !o.HasFile() || schema.Of[filter]().HasFile() {
		t.Error("who has a file is not known")
	}
}
