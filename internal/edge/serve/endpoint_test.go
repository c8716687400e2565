package serve_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

func TestTheFirstTagDecidesTheLanguage(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"": "zh-CN", "zh-CN": "zh-CN", "zh-HK": "zh-CN", "fr": "zh-CN", "*": "zh-CN", "enm": "zh-CN", "en_US": "zh-CN",
		"en": "en", "EN": "en", " en-GB ;q=0.5, zh-CN": "en", "zh-CN, en": "zh-CN",
	} {
		l := serve.LanguageOf(http.Header{"Accept-Language": {accept}})
		if l.String() != want {
			t.Errorf("%q: %s, want %s", accept, l, want)
		}
		if got := l.Of(fault.Text{ZH: "zh-CN", EN: "en"}); got != want {
			t.Errorf("%q: the text is the one in %s, want %s", accept, got, want)
		}
	}
}

type found struct {
	ID    string `path:"id" json:"-" title:"编号" rule:"required"`
	Count int64  `json:"count" title:"张数" rule:"required"`
}

func operation(id string) wire.Operation {
	return wire.Operation{ID: id, Method: http.MethodPost, Path: "/v3/" + id + "/{id}", Auth: wire.SignedByMerchant, Request: schema.Of[found]()}
}

func TestOnlyWhatIsDeclaredIsServed(t *testing.T) {
	t.Parallel()
	open := operation("b")
	open.Auth = 0
	for name, c := range map[string]struct {
		operations []wire.Operation
		handlers   map[string]int
		want       string
	}{
		"all of them":                    {[]wire.Operation{operation("a"), operation("b")}, map[string]int{"a": 1, "b": 2}, ""},
		"no handler":                     {[]wire.Operation{operation("a"), operation("b")}, map[string]int{"a": 1}, "operation b has no handler or no policy"},
		"no policy":                      {[]wire.Operation{operation("a"), open}, map[string]int{"a": 1, "b": 2}, "operation b has no handler or no policy"},
		"a handler without an operation": {[]wire.Operation{operation("a")}, map[string]int{"a": 1, "b": 2}, "2 handlers for 1 operations"},
	} {
		router, err := serve.Routes(c.operations, c.handlers)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		match, status := router.Find(http.MethodPost, "/v3/b/7")
		if status != 0 || match.Endpoint.Handler != 2 || match.Endpoint.Operation.ID != "b" {
			t.Errorf("%s: found %+v, status %d", name, match.Endpoint, status)
		}
	}
}

func TestNoOperationHasTwoHandlers(t *testing.T) {
	t.Parallel()
	if _, err := serve.Handlers(map[string]int{"a": 1}, map[string]int{"b": 2, "a": 3}); err == nil {
		t.Error("an operation has two handlers, and no error")
	}
}

func TestARequestIsBoundToItsDeclaration(t *testing.T) {
	t.Parallel()
	op := operation("a")
	got, err := serve.Bind[found](&op, &serve.Request{Target: "/v3/a/7", Path: map[string]string{"id": "7"}, Body: []byte(`{"count":3}`)})
	if err != nil || got.ID != "7" || got.Count != 3 {
		t.Errorf("bound to %+v, %v", got, err)
	}
	for name, body := range map[string]string{"a field is missing": `{}`, "the body is no JSON": `{`} {
		_, err := serve.Bind[found](&op, &serve.Request{Target: "/v3/a/7", Path: map[string]string{"id": "7"}, Body: []byte(body)})
		if _, is := errors.AsType[*schema.Violation](err); !is {
			t.Errorf("%s: %v, want a violation", name, err)
		}
	}
}

func TestAViolationNamesTheFieldInTheLanguageOfTheRequest(t *testing.T) {
	t.Parallel()
	v := &schema.Violation{Field: "/count", Location: "body", Value: "x", Issue: "issue", ZH: "张数有误", EN: "The count is wrong."}
	for l, message := range map[serve.Language]string{serve.Chinese: v.ZH, serve.English: v.EN} {
		want := apiv3.Error{
			Code: "PARAM_ERROR", Message: message,
			Detail: apiv3.NewFieldDetail("/count", "issue", "body", "x"),
		}
		if diff := cmp.Diff(want, serve.ViolationBody(v, l)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l, diff)
		}
	}
	op := operation("a")
	refusal := fault.New(fault.Invalid, "张数有误", "The count is wrong.").At("count", "9")
	want := apiv3.NewFieldDetail("/count", "The count is wrong.", "body", "9")
	if diff := cmp.Diff(want, serve.RefusalDetail(&op, refusal, serve.English)); diff != "" {
		t.Errorf("a refusal (-want +got):\n%s", diff)
	}
}

func TestAPanicIsAFailureAndLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	err := func() (err error) {
		defer serve.Recover(slog.New(slog.NewTextHandler(&log, nil)), func(failure error) { err = failure })
		panic("planted")
	}()
	if err == nil || !strings.Contains(err.Error(), "planted") || !strings.Contains(log.String(), "TestAPanicIsAFailureAndLogged") {
		t.Errorf("error %v, log %s", err, log.String())
	}
}
