package serve_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
	"github.com/favord/favord/wire/schema"
)

// upload is a request with a file.
type upload struct {
	Meta meta   `json:"meta" title:"元信息" rule:"required"`
	File []byte `json:"file" title:"文件" rule:"required"`
}

type meta struct {
	Filename string `json:"filename" title:"文件名称" rule:"required"`
}

func uploadOperation() *wire.Operation { return &wire.Operation{Request: schema.Of[upload]()} }

const (
	metaPart  = "--B\r\nContent-Disposition: form-data; name=\"meta\";\r\nContent-Type: application/json\r\n\r\n{\"filename\": \"a.png\"}\r\n"
	filePart  = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\nContent-Type: image/jpg\r\n\r\n\x89PNG\r\n\x00\r\n"
	otherPart = "--B\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n"
	formEnd   = "--B--\r\n"
	formType  = "multipart/form-data; boundary=B"
)

func TestFormsAreReadAsClientsSendThem(t *testing.T) {
	t.Parallel()
	want := map[string]any{"meta": map[string]any{"filename": "a.png"}, "file": []byte("\x89PNG\r\n\x00")}
	for name, c := range map[string]struct{ contentType, body string }{
		"meta first":                  {formType, metaPart + filePart + formEnd},
		"file first":                  {formType, filePart + metaPart + formEnd},
		"another part":                {formType, otherPart + metaPart + otherPart + filePart + formEnd},
		"no boundary":                 {"multipart/form-data", metaPart + filePart + formEnd},
		"a trailing semicolon":        {formType + ";", metaPart + filePart + formEnd},
		"quoted":                      {`multipart/form-data; boundary="B"`, metaPart + filePart + formEnd},
		"single quotes":               {`multipart/form-data; boundary='B'`, metaPart + filePart + formEnd},
		"half quoted":                 {`multipart/form-data; boundary="B`, metaPart + filePart + formEnd},
		"another boundary":            {`multipart/form-data; boundary=C`, metaPart + filePart + formEnd},
		"upper case":                  {"Multipart/Form-Data; Boundary=B", metaPart + filePart + formEnd},
		"a preamble and an epilogue":  {formType, "hello\r\n" + metaPart + filePart + formEnd + "bye"},
		"no line end behind the form": {formType, metaPart + filePart + "--B--"},
	} {
		form := serve.ParseForm(c.contentType, []byte(c.body))
		got, v := form.Body(uploadOperation())
		if v != nil {
			t.Errorf("%s: %v", name, v)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if signed := string(form.Signed()); signed != `{"filename": "a.png"}` {
			t.Errorf("%s: signed is %q", name, signed)
		}
	}
}

// TestLinesMayEndWithoutCarriageReturn: some scripts write forms so. The file must have none
// either, or its end could not be told.
func TestLinesMayEndWithoutCarriageReturn(t *testing.T) {
	t.Parallel()
	body := strings.ReplaceAll(metaPart+filePart+formEnd, "\r\n", "\n")
	for _, contentType := range []string{formType, "multipart/form-data"} {
		form := serve.ParseForm(contentType, []byte(body))
		got, v := form.Body(uploadOperation())
		if v != nil || string(form.Signed()) != `{"filename": "a.png"}` || string(got["file"].([]byte)) != "\x89PNG\n\x00" {
			t.Errorf("%s: %v, %v", contentType, got, v)
		}
	}
}

func TestWhatAFormLacksIsSaidAfterTheSignature(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body, signed string
		zh           string
	}{
		"no form":                   {"{}", "", "参数错误"},
		"nothing":                   {"", "", "参数错误"},
		"no meta":                   {filePart + formEnd, "", ""},
		"no file":                   {metaPart + formEnd, `{"filename": "a.png"}`, ""},
		"a file without a name":     {metaPart + strings.Replace(filePart, `; filename="x.png"`, "", 1) + formEnd, `{"filename": "a.png"}`, ""},
		"two files":                 {metaPart + filePart + filePart + formEnd, `{"filename": "a.png"}`, "参数错误"},
		"two metas":                 {metaPart + strings.Replace(metaPart, "a.png", "b.png", 1) + filePart + formEnd, `{"filename": "a.png"}`, "参数错误"},
		"an end within the file":    {metaPart + filePart[:len(filePart)-4], `{"filename": "a.png"}`, "参数错误"},
		"an end within the meta":    {metaPart[:len(metaPart)-4], "", "参数错误"},
		"ten thousand parts":        {metaPart + filePart + strings.Repeat(otherPart, 10_000) + formEnd, `{"filename": "a.png"}`, "参数错误"},
		"meta that is no JSON":      {strings.Replace(metaPart, `"a.png"}`, `"a.png"`, 1) + filePart + formEnd, `{"filename": "a.png"`, "解析 Json 出错 (位置: /body/meta): * Line 1, Column 21\n  unexpected EOF\n"},
		"meta that is no object":    {strings.Replace(metaPart, `{"filename": "a.png"}`, "[]", 1) + filePart + formEnd, "[]", "参数错误"},
		"meta with a name twice":    {strings.Replace(metaPart, `}`, `,"filename":"b"}`, 1) + filePart + formEnd, `{"filename": "a.png","filename":"b"}`, "解析 Json 出错 (位置: /body/meta): * Line 1, Column 22\n  duplicate object member name\n"},
		"a meta that is a file":     {strings.Replace(metaPart, `name="meta"`, `name="meta"; filename="meta.json"`, 1) + filePart + formEnd, "", ""},
		"an empty meta":             {strings.Replace(metaPart, `{"filename": "a.png"}`, "", 1) + filePart + formEnd, "", ""},
		"a header that never ends":  {metaPart + "--B\r\nContent-Disposition: " + strings.Repeat("x", 1<<20), `{"filename": "a.png"}`, "参数错误"},
		"a part without a header":   {metaPart + "--B\r\n\r\nx\r\n" + filePart + formEnd, `{"filename": "a.png"}`, ""},
		"a boundary out of nowhere": {strings.ReplaceAll(metaPart+filePart+formEnd, "--B", "--"+strings.Repeat("B", 300)), "", "参数错误"},
	} {
		form := serve.ParseForm(formType, []byte(c.body))
		_, v := form.Body(uploadOperation())
		if string(form.Signed()) != c.signed {
			t.Errorf("%s: signed is %q", name, form.Signed())
		}
		switch {
		case c.zh == "" && v != nil, c.zh != "" && (v == nil || v.ZH != c.zh || v.Location != where(name) || v.EN == ""):
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// FuzzWhatIsSignedIsWhatIsBound: whoever gets a form through the signature has signed the
// very text that is then read.
func FuzzWhatIsSignedIsWhatIsBound(f *testing.F) {
	f.Add(formType, []byte(metaPart+filePart+formEnd))
	f.Add("multipart/form-data", []byte(filePart+metaPart+metaPart+formEnd))
	f.Add(`multipart/form-data; boundary="`, []byte("--\r\n"+metaPart))
	f.Add("", []byte("--x\nContent-Disposition: form-data; name=meta\n\n{}\n--x--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		form := serve.ParseForm(contentType, body)
		got, v := form.Body(uploadOperation())
		if v != nil {
			if v.ZH == "" || v.EN == "" {
				t.Errorf("%+v", v)
			}
			return
		}
		want, v := serve.DecodeBody(form.Signed())
		if v != nil {
			t.Fatalf("%q is bound, but signed is %q: %v", body, form.Signed(), v)
		}
		bound, _ := got["meta"].(map[string]any)
		if diff := cmp.Diff(want, bound); diff != "" {
			t.Errorf("%q (-signed +bound):\n%s", body, diff)
		}
	})
}

// where is the location of a violation: JSON that cannot be read has none.
func where(name string) string {
	if strings.HasPrefix(name, "meta ") {
		return ""
	}
	return "body"
}

// FuzzAnObjectInTheQueryIsReadAsInABody: what a filter says is what a strict reader of its
// text finds.
func FuzzAnObjectInTheQueryIsReadAsInABody(f *testing.F) {
	type list struct {
		Filter meta `query:"filter" json:"-" title:"过滤条件"`
	}
	op := &wire.Operation{Request: schema.Of[list]()}
	f.Add(`{"filename":"a"}`)
	f.Add(`{"filename":"a","filename":"b"}`)
	f.Add(`[`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		in, v := serve.Decode(op, "/p?filter="+url.QueryEscape(text), nil, nil)
		want, wanted := serve.DecodeBody([]byte(text))
		if (v == nil) != (wanted == nil) || v != nil && (v.Location != "" || v.Field != "filter" || v.EN == "") {
			t.Fatalf("%q: %+v, as a body %+v", text, v, wanted)
		}
		if diff := cmp.Diff(want, in.Objects["filter"]); v == nil && diff != "" {
			t.Errorf("%q (-body +query):\n%s", text, diff)
		}
	})
}
