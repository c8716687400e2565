package schema_test

import (
	"slices"
	"testing"

	"github.com/favord/favord/wire/schema"
)

// whole is a request with fields inside fields.
type whole struct {
	Name  string `json:"name" title:"名称" rule:"required chars=1..3"`
	Count int64  `json:"count" title:"数量" rule:"required range=1..9"`
	Inner *part  `json:"inner,omitempty" title:"内层"`
	List  []part `json:"list,omitempty" title:"列表" rule:"items=..2"`
}

// part is one inside it.
type part struct {
	Flag bool   `json:"flag" title:"开关" rule:"required"`
	Word string `json:"word,omitempty" title:"词" rule:"enum=a|b"`
}

func TestAllViolationsAreReportedAndWhatIsRightIsKept(t *testing.T) {
	t.Parallel()
	right := map[string]any{"flag": true, "word": "b"}
	for name, of := range map[string]struct {
		list []any
		want []string
	}{
		"three entries where two may be": {[]any{right, right, right}, []string{"/name", "/count", "/inner/flag", "/inner/word", "/list"}},
		"no entry":                       {[]any{right, nil}, []string{"/name", "/count", "/inner/flag", "/inner/word", "/list/1"}},
		"a wrong entry":                  {[]any{right, map[string]any{"flag": "x"}}, []string{"/name", "/count", "/inner/flag", "/inner/word", "/list/1/flag"}},
	} {
		body := map[string]any{"name": "abcd", "inner": map[string]any{"word": "c"}, "list": of.list}
		var got whole
		all := schema.Of[whole]().BindAll(body, &got)
		var fields []string
		for _, v := range all {
			fields = append(fields, v.Field)
		}
		if !slices.Equal(fields, of.want) {
			t.Errorf("%s: %v, want %v", name, fields, of.want)
		}
		if first := schema.Of[whole]().Bind(schema.Input{Body: body}, new(whole)); first.Field != fields[0] {
			t.Errorf("%s: Bind reports %s first", name, first.Field)
		}
		if len(got.List) > 0 && got.List[0] != (part{true, "b"}) {
			t.Errorf("%s: what is right was not kept: %v", name, got.List)
		}
	}
}

func TestAViolationIsBriefWithoutTheNameOfItsField(t *testing.T) {
	t.Parallel()
	all := schema.Of[whole]().BindAll(map[string]any{"name": "abcd", "inner": 1}, new(whole))
	var briefs []string
	for _, v := range all {
		briefs = append(briefs, v.Brief())
	}
	want := []string{"字符数 4，大于最大值 3", "此字段为必填项", "此字段需要 JSON 对象"}
	if !slices.Equal(briefs, want) {
		t.Errorf("%q, want %q", briefs, want)
	}
}
