package schema_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/wire/schema"
)

type request struct {
	ID     string      `path:"stock_id" json:"-" title:"批次号" rule:"required chars=1..20"`
	Limit  *int64      `query:"limit" json:"-" title:"分页大小" rule:"range=1..100"`
	AppID  string      `json:"appid" title:"公众号ID" rule:"required bytes=6..16"`
	MchID  string      `json:"mchid,omitempty" title:"直连商户号" rule:"match=mchid"`
	Total  int32       `json:"total,omitempty" title:"总金额"`
	Wait   int         `json:"wait,omitempty" title:"领取后N天开始生效" rule:"range=1..30"`
	Color  string      `json:"color,omitempty" title:"背景颜色" rule:"blank enum=Color010|Color020"`
	Flag   *bool       `json:"flag,omitempty" title:"开关"`
	At     schema.Time `json:"at,omitzero" title:"时间"`
	Nested *nested     `json:"nested,omitempty" title:"嵌套"`
	Days   []int       `json:"days,omitempty" title:"星期" rule:"items=1..2 range=0..6"`
	Parts  []nested    `json:"parts,omitempty" title:"时段"`
}

type nested struct {
	Name string `json:"name" title:"名称" rule:"required chars=..3"`
}

// bind decodes body and binds it with the path parameter "1".
func bind(t *testing.T, body string, query url.Values) (request, *schema.Violation) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil {
		t.Fatal(err)
	}
	var r request
	v := schema.Of[request]().Bind(schema.Input{Path: map[string]string{"stock_id": "1"}, Query: query, Body: members}, &r)
	return r, v
}

func TestBindStoresEveryKindOfField(t *testing.T) {
	t.Parallel()
	got, v := bind(t, `{"appid":"wx1234","total":5,"flag":false,"at":"2026-11-22T02:00:00.5Z","nested":{"name":"微信券"},
		"days":[0,6],"parts":[{"name":"a"}],"color":"","unknown":{"x":[1]},"mchid":null}`, url.Values{"limit": {"7"}, "other": {"x", "y"}})
	if v != nil {
		t.Fatal(v)
	}
	no, limit := false, int64(7)
	want := request{
		ID: "1", Limit: &limit, AppID: "wx1234", Total: 5, Flag: &no,
		At:     schema.TimeOf(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)),
		Nested: &nested{Name: "微信券"}, Days: []int{0, 6}, Parts: []nested{{Name: "a"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestViolationsSpeakAsTheProductionValidatorDoes has the texts of protocol 7.3 and
// busifavor 8.3.
func TestViolationsSpeakAsTheProductionValidatorDoes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]schema.Violation{
		`{}`: {
			Location: "body", Field: "/appid", Value: "", Issue: "is required",
			ZH: "输入源“/body/appid”映射到字段“公众号ID”必填性规则校验失败，此字段为必填项",
			EN: "Field /body/appid is required.",
		},
		`{"appid":null}`: {
			Location: "body", Field: "/appid", Value: "", Issue: "is required",
			ZH: "输入源“/body/appid”映射到字段“公众号ID”必填性规则校验失败，此字段为必填项",
			EN: "Field /body/appid is required.",
		},
		`{"appid":"1"}`: {
			Location: "body", Field: "/appid", Value: 1, Issue: "has 1 bytes, the least is 6",
			ZH: "输入源“/body/appid”映射到值字段“公众号ID”字符串规则校验失败，字节数 1，小于最小值 6",
			EN: "Field /body/appid has 1 bytes, the least is 6.",
		},
		`{"appid":"1234567890123456789012"}`: {
			Location: "body", Field: "/appid", Value: 22, Issue: "has 22 bytes, the most is 16",
			ZH: "输入源“/body/appid”映射到值字段“公众号ID”字符串规则校验失败，字节数 22，大于最大值 16",
			EN: "Field /body/appid has 22 bytes, the most is 16.",
		},
		`{"appid":"wx1234","mchid":"0123"}`: {
			Location: "body", Field: "/mchid", Value: "0123", Issue: `must match ^[1-9]\d*$`,
			ZH: `输入源“/body/mchid”映射到值字段“直连商户号”字符串规则校验失败，字符串必须匹配正则表达式“^[1-9]\d*$”`,
			EN: `Field /body/mchid must match ^[1-9]\d*$.`,
		},
		`{"appid":"wx1234","wait":0}`: {
			Location: "body", Field: "/wait", Value: int64(0), Issue: "is below the minimum 1",
			ZH: "输入源“/body/wait”映射到数值字段“领取后N天开始生效”规则校验失败，值低于最小值 1",
			EN: "Field /body/wait is below the minimum 1.",
		},
		`{"appid":"wx1234","wait":31}`: {
			Location: "body", Field: "/wait", Value: int64(31), Issue: "is above the maximum 30",
			ZH: "输入源“/body/wait”映射到数值字段“领取后N天开始生效”规则校验失败，值高于最大值 30",
			EN: "Field /body/wait is above the maximum 30.",
		},
		`{"appid":"wx1234","total":"5"}`: {
			Location: "body", Field: "/total", Value: "5", Issue: "must be an integer of 32 bits",
			ZH: "无法将 JSON 输入源“/body/total”映射到目标字段“总金额”中，此字段需要一个合法的 32 位有符号整数",
			EN: "Field /body/total must be an integer of 32 bits.",
		},
		`{"appid":"wx1234","total":2147483648}`: {
			Location: "body", Field: "/total", Value: json.Number("2147483648"), Issue: "must be an integer of 32 bits",
			ZH: "无法将 JSON 输入源“/body/total”映射到目标字段“总金额”中，此字段需要一个合法的 32 位有符号整数",
			EN: "Field /body/total must be an integer of 32 bits.",
		},
		`{"appid":"wx1234","wait":1.0}`: {
			Location: "body", Field: "/wait", Value: json.Number("1.0"), Issue: "must be an integer of 64 bits",
			ZH: "无法将 JSON 输入源“/body/wait”映射到目标字段“领取后N天开始生效”中，此字段需要一个合法的 64 位有符号整数",
			EN: "Field /body/wait must be an integer of 64 bits.",
		},
		`{"appid":5}`: {
			Location: "body", Field: "/appid", Value: json.Number("5"), Issue: "must be a string",
			ZH: "无法将 JSON 输入源“/body/appid”映射到目标字段“公众号ID”中，此字段需要一个 string 类型的 Json 值",
			EN: "Field /body/appid must be a string.",
		},
		`{"appid":"wx1234","at":5}`: {
			Location: "body", Field: "/at", Value: json.Number("5"), Issue: "must be a string",
			ZH: "无法将 JSON 输入源“/body/at”映射到目标字段“时间”中，此字段需要一个 string 类型的 Json 值",
			EN: "Field /body/at must be a string.",
		},
		`{"appid":"wx1234","days":1}`: {
			Location: "body", Field: "/days", Value: json.Number("1"), Issue: "must be an array",
			ZH: "无法将 JSON 输入源“/body/days”映射到多重字段“星期”中，此字段需要 JSON 数组对象",
			EN: "Field /body/days must be an array.",
		},
		`{"appid":"wx1234","parts":{"name":"x"}}`: {
			Location: "body", Field: "/parts", Value: `{"name":"x"}`, Issue: "must be an array",
			ZH: "无法将 JSON 输入源“/body/parts”映射到多重字段“时段”中，此字段需要 JSON 数组对象",
			EN: "Field /body/parts must be an array.",
		},
		`{"appid":"wx1234","nested":"x"}`: {
			Location: "body", Field: "/nested", Value: "x", Issue: "must be an object",
			ZH: "无法将 JSON 输入源“/body/nested”映射到目标字段“嵌套”中，此字段需要 JSON 对象",
			EN: "Field /body/nested must be an object.",
		},
		`{"appid":"wx1234","flag":"true"}`: {
			Location: "body", Field: "/flag", Value: "true", Issue: "must be true or false",
			ZH: "无法将 JSON 输入源“/body/flag”映射到目标字段“开关”中，此字段需要一个 bool 类型的 Json 值",
			EN: "Field /body/flag must be true or false.",
		},
		`{"appid":"wx1234","days":[null]}`: {
			Location: "body", Field: "/days/0", Value: "null", Issue: "must be an integer of 64 bits",
			ZH: "无法将 JSON 输入源“/body/days/0”映射到目标字段“星期”中，此字段需要一个合法的 64 位有符号整数",
			EN: "Field /body/days/0 must be an integer of 64 bits.",
		},
		`{"appid":"wx1234","days":[1,2,3]}`: {
			Location: "body", Field: "/days", Value: 3, Issue: "has 3 elements, the most is 2",
			ZH: "输入源“/body/days”映射到数组字段“星期”规则校验失败，元素个数 3，大于最大值 2",
			EN: "Field /body/days has 3 elements, the most is 2.",
		},
		`{"appid":"wx1234","nested":{"name":"一二三四"}}`: {
			Location: "body", Field: "/nested/name", Value: 4, Issue: "has 4 characters, the most is 3",
			ZH: "输入源“/body/nested/name”映射到值字段“名称”字符串规则校验失败，字符数 4，大于最大值 3",
			EN: "Field /body/nested/name has 4 characters, the most is 3.",
		},
		`{"appid":"一二三四五六"}`: {
			Location: "body", Field: "/appid", Value: 18, Issue: "has 18 bytes, the most is 16",
			ZH: "输入源“/body/appid”映射到值字段“公众号ID”字符串规则校验失败，字节数 18，大于最大值 16",
			EN: "Field /body/appid has 18 bytes, the most is 16.",
		},
		`{"appid":"wx1234","stock_id":"1"}`: {
			Location: "body", Field: "/stock_id", Value: "", Issue: "is already given by the path and must not be repeated",
			ZH: "无法将输入源“/body/stock_id”映射到目标字段“批次号”中，此字段并非多重字段但被输入源“/uri_template/stock_id”映射过了",
			EN: "Field /body/stock_id is already given by the path and must not be repeated.",
		},
		`{"appid":"wx1234","AppID":"x"}`: {
			Location: "body", Field: "/AppID", Value: "", Issue: "must be spelt appid",
			ZH: "参数错误", EN: "Parameter error: field /body/AppID must be spelt appid.",
		},
	} {
		_, v := bind(t, body, nil)
		if v == nil {
			t.Errorf("%s: no violation", body)
			continue
		}
		if diff := cmp.Diff(want, *v); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestEachRuleFindsItsField(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"appid":"wx1234","color":"COLOR010"}`:            "/color",
		`{"appid":"wx1234","flag":"false"}`:                "/flag",
		`{"appid":"wx1234","flag":0}`:                      "/flag",
		`{"appid":"wx1234","at":"2026-11-22"}`:             "/at",
		`{"appid":"wx1234","at":"2026-02-30T00:00:00Z"}`:   "/at",
		`{"appid":"wx1234","at":1}`:                        "/at",
		`{"appid":"wx1234","at":"2026-11-22T0:00:00Z"}`:    "/at",
		`{"appid":"wx1234","at":"2026-11-22T00:00:00,5Z"}`: "/at",
		`{"appid":"wx1234","at":"9999-01-01T00:00:00Z"}`:   "/at",
		`{"appid":"wx1234","at":"1969-12-31T23:59:59Z"}`:   "/at",
		`{"appid":"wx1234","at":""}`:                       "/at",
		`{"appid":"wx1234","nested":{}}`:                   "/nested/name",
		`{"appid":"wx1234","nested":{"name":"一二三四"}}`:      "/nested/name",
		`{"appid":"wx1234","nested":{"Name":"x"}}`:         "/nested/Name",
		`{"appid":"wx1234","nested":[]}`:                   "/nested",
		`{"appid":"wx1234","days":[]}`:                     "/days",
		`{"appid":"wx1234","days":[1,2,3]}`:                "/days",
		`{"appid":"wx1234","days":[7]}`:                    "/days/0",
		`{"appid":"wx1234","days":["1"]}`:                  "/days/0",
		`{"appid":"wx1234","days":[null]}`:                 "/days/0",
		`{"appid":"wx1234","days":{"0":1}}`:                "/days",
		`{"appid":"wx1234","parts":[{"name":"a"},{}]}`:     "/parts/1/name",
		`{"appid":"wx1234","mchid":""}`:                    "/mchid",
		`{"appid":{"a":1}}`:                                "/appid",
		`{"appid":"wx1234","wait":9223372036854775808}`:    "/wait",
		`{"appid":"wx1234","wait":1e1}`:                    "/wait",
		`{"appid":"wx1234","wait":-1}`:                     "/wait",
	} {
		if _, v := bind(t, body, nil); v == nil || v.Field != field || v.ZH == "" || v.EN == "" {
			t.Errorf("%s gives %+v, want field %s", body, v, field)
		}
	}
}

func TestQueryParametersAreCheckedToo(t *testing.T) {
	t.Parallel()
	for query, issue := range map[string]string{
		"0":   "is below the minimum 1",
		"101": "is above the maximum 100",
		"":    "must be an integer of 64 bits",
		"x":   "must be an integer of 64 bits",
		"+5":  "must be an integer of 64 bits",
		"1.0": "must be an integer of 64 bits",
	} {
		_, v := bind(t, `{"appid":"wx1234"}`, url.Values{"limit": {query}})
		if v == nil || v.Issue != issue || v.Location != "query" || v.Field != "limit" {
			t.Errorf("limit=%s gives %+v", query, v)
		}
	}
	if _, v := bind(t, `{"appid":"wx1234"}`, url.Values{"limit": {"1", "2"}}); v == nil || v.Issue != "is given more than once" {
		t.Errorf("limit twice gives %+v", v)
	}
}

func TestLongValuesAreShownCut(t *testing.T) {
	t.Parallel()
	_, v := bind(t, `{"appid":"wx1234","mchid":"`+strings.Repeat("券", 1000)+`"}`, nil)
	if text, is := v.Value.(string); !is || len(text) > 64 || strings.Trim(text, "券") != "" {
		t.Errorf("shows %q", v.Value)
	}
	_, v = bind(t, `{"appid":"wx1234","wait":1`+strings.Repeat("0", 1000)+`}`, nil)
	if text, is := v.Value.(string); !is || len(text) != 64 {
		t.Errorf("shows %v", v.Value)
	}
}

func TestTimesAreWrittenInBeijingWithoutFraction(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"2026-11-22T02:00:00.999Z"`:  `"2026-11-22T10:00:00+08:00"`,
		`"2026-11-22T10:00:00+08:00"`: `"2026-11-22T10:00:00+08:00"`,
		`"2026-12-31T23:59:59-05:00"`: `"2027-01-01T12:59:59+08:00"`,
	} {
		var at schema.Time
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(at); err != nil || string(got) != want {
			t.Errorf("%s becomes %s, %v", text, got, err)
		}
	}
	var at schema.Time
	for _, bad := range []string{`"x"`, `1`, `""`} {
		if err := json.Unmarshal([]byte(bad), &at); err == nil {
			t.Errorf("%s is a time", bad)
		}
	}
}

func TestAMalformedDeclarationDoesNotCompile(t *testing.T) {
	t.Parallel()
	for name, compile := range map[string]func(){
		"no title": func() {
			schema.Of[struct {
				A string `json:"a"`
			}]()
		},
		"unknown rule": func() {
			schema.Of[struct {
				A string `json:"a" title:"a" rule:"lenght=1..2"`
			}]()
		},
		"no range": func() {
			schema.Of[struct {
				A string `json:"a" title:"a" rule:"chars=1"`
			}]()
		},
		"unknown match": func() {
			schema.Of[struct {
				A string `json:"a" title:"a" rule:"match=x"`
			}]()
		},
		"bad bound": func() {
			schema.Of[struct {
				A string `json:"a" title:"a" rule:"chars=a..b"`
			}]()
		},
		"float": func() {
			schema.Of[struct {
				A float64 `json:"a" title:"a"`
			}]()
		},
		"no struct": func() { schema.Of[string]() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s compiles", name)
				}
			}()
			compile()
		}()
	}
}

func BenchmarkBind(b *testing.B) {
	o := schema.Of[request]()
	in := schema.Input{Path: map[string]string{"stock_id": "1"}, Body: map[string]any{
		"appid": "wx1234", "total": json.Number("5"), "days": []any{json.Number("1")}, "nested": map[string]any{"name": "x"},
	}}
	b.ReportAllocs()
	for b.Loop() {
		var r request
		if v := o.Bind(in, &r); v != nil {
			b.Fatal(v)
		}
	}
}
