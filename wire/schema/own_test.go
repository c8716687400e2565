package schema_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/wire/schema"
)

// ownWords has fields whose messages are their own.
type ownWords struct {
	ID     string      `path:"id" json:"-" title:"编号" rule:"required repeatable"`
	Size   int64       `query:"size" json:"-" title:"大小" rule:"required range=1..10" texts:"required=大小必填 max=太大"`
	State  string      `query:"state" json:"-" title:"状态" rule:"blank enum=a|b" texts:"enum=非法的状态"`
	Since  schema.Time `query:"since" json:"-" title:"时间" rule:"blank chars=1..32" texts:"time=时间格式错误"`
	Color  string      `json:"color,omitempty" title:"颜色" rule:"anycase enum=RED|GREEN"`
	Things []string    `json:"things,omitempty" title:"东西" rule:"commas items=..3 chars=1..2"`
	Tags   []string    `json:"tags,omitempty" title:"标记" rule:"match=tag"`
	Ways   []string    `json:"ways,omitempty" title:"方式" rule:"match=paycode"`
}

func bindOwn(t *testing.T, query, body string) (ownWords, *schema.Violation) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatal(err)
	}
	var got ownWords
	v := schema.Of[ownWords]().Bind(schema.Input{Path: map[string]string{"id": "1"}, Query: values, Body: members}, &got)
	return got, v
}

func TestAFieldMayHaveMessagesOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, body, want string }{
		{"size=1", `{}`, ""},
		{"", `{}`, "大小必填"},
		{"size=11", `{}`, "太大"},
		{"size=0", `{}`, "输入源“/query/size”映射到数值字段“大小”规则校验失败，值低于最小值 1"},
		{"size=1&state=c", `{}`, "非法的状态"},
		{"size=1&since=yesterday", `{}`, "时间格式错误"},
		{"size=1", `{"color":"blue"}`, "输入源“/body/color”映射到值字段“颜色”字符串规则校验失败，字符串必须是以下取值之一：“RED”、“GREEN”"},
	} {
		_, v := bindOwn(t, c.query, c.body)
		if got := messageOf(v); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.query, c.body, got, c.want)
		}
		if v != nil && (v.EN == "" || v.Issue == "") {
			t.Errorf("%s %s: %+v lacks English", c.query, c.body, v)
		}
	}
}

func messageOf(v *schema.Violation) string {
	if v == nil {
		return ""
	}
	return v.ZH
}

func TestAnEnumMayNotMindItsCase(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"RED", "red", "Red"} {
		if got, v := bindOwn(t, "size=1", `{"color":"`+text+`"}`); v != nil || got.Color != "RED" {
			t.Errorf("%s is bound as %q, %v", text, got.Color, v)
		}
	}
}

func TestAnArrayMayBeATextWithCommas(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`{"things":["a","b"]}`: {"a", "b"},
		`{"things":"a,b"}`:     {"a", "b"},
		`{"things":"a"}`:       {"a"},
		`{"things":""}`:        {},
		`{}`:                   nil,
	} {
		if got, v := bindOwn(t, "size=1", body); v != nil || !slices.Equal(got.Things, want) {
			t.Errorf("%s is bound as %q, %v", body, got.Things, v)
		}
	}
	for _, body := range []string{`{"things":"a,,b"}`, `{"things":"abc"}`, `{"things":"a,b,c,d"}`, `{"things":5}`, `{"tags":"a"}`, `{"tags":["a-b"]}`, `{"ways":["a"]}`} {
		if got, v := bindOwn(t, "size=1", body); v == nil {
			t.Errorf("%s is bound as %+v", body, got)
		}
	}
}

func TestABodyMayRepeatSomeParametersOfThePath(t *testing.T) {
	t.Parallel()
	if got, v := bindOwn(t, "size=1", `{"id":"another"}`); v != nil || got.ID != "1" {
		t.Errorf("bound as %q, %v", got.ID, v)
	}
}

func TestAPlusSignInAQueryMayHaveBecomeABlank(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC)
	for _, text := range []string{"2026-12-05T12:00:00+08:00", "2026-12-05T12:00:00%2B08:00", "2026-12-05T04:00:00Z", "2026-12-05T04:00:00.120Z"} {
		if got, v := bindOwn(t, "size=1&since="+text, `{}`); v != nil || !got.Since.Equal(want) {
			t.Errorf("%s is bound as %s, %v", text, got.Since, v)
		}
	}
	for _, text := range []string{"2026-12-05+12:00:00", "2026-12-05T12:00:00++08:00"} {
		if got, v := bindOwn(t, "size=1&since="+text, `{}`); v == nil {
			t.Errorf("%s is bound as %s", text, got.Since)
		}
	}
}

func TestAMalformedListOfTextsIsAMistakeOfTheProgram(t *testing.T) {
	t.Parallel()
	type wrong struct {
		A string `json:"a" title:"甲" texts:"nonsense=x"`
	}
	defer func() {
		if recover() == nil {
			t.Error("it compiles")
		}
	}()
	schema.Of[wrong]()
}
