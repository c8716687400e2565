package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/base/limit"
	"github.com/favord/favord/internal/rule/merchant"
	"github.com/favord/favord/internal/rule/picture"
	"github.com/favord/favord/internal/store"
)

const pathUpload = "/v3/marketing/favor/media/image-upload"

// form is an upload as clients write it. What is left out is as it should be.
type form struct {
	as merchant.ID
	// file is what is sent, a small PNG when it is nil.
	file []byte
	// meta is the JSON text; "" is no such part.
	meta *string
	// filename is that in meta.
	filename string
	// contentType of the request.
	contentType *string
	// parts are the whole body, when it is none of a meta and a file.
	parts *string
	// more are parts at the end.
	more string
	// signed is what is signed instead of meta.
	signed *string
}

const boundary = "----------boundary1234"

func metaPart(text string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"meta\";\r\nContent-Type: application/json\r\n\r\n" + text + "\r\n"
}

func filePart(content string) string {
	return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.jpg\"\r\nContent-Type: image/jpg\r\n\r\n" + content + "\r\n"
}

// upload returns the request of a form.
func (f *fixture) imageForm(c form) request {
	f.t.Helper()
	if c.file == nil {
		c.file = pngFile(f.t)
	}
	if c.meta == nil {
		c.meta = new(metaOf(c.file, c.filename))
	}
	var body strings.Builder
	if c.parts != nil {
		body.WriteString(*c.parts)
	} else {
		if *c.meta != "" {
			body.WriteString(metaPart(*c.meta))
		}
		body.WriteString(filePart(string(c.file)) + c.more + "--" + boundary + "--\r\n")
	}
	if c.signed == nil {
		c.signed = c.meta
	}
	if c.contentType == nil {
		c.contentType = new("multipart/form-data; boundary=" + boundary)
	}
	if c.as == "" {
		c.as = alice
	}
	return request{
		as: c.as, method: http.MethodPost, target: pathUpload, body: body.String(), signed: c.signed,
		header: http.Header{"Content-Type": {*c.contentType}},
	}
}

func metaOf(file []byte, filename string) string {
	if filename == "" {
		filename = "coupon.png"
	}
	digest := sha256.Sum256(file)
	return fmt.Sprintf(`{"filename": %q, "sha256": %q}`, filename, hex.EncodeToString(digest[:]))
}

func pngFile(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 120, 120))); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// padded returns a PNG of exactly so many bytes: what follows the image is dropped.
func padded(tb testing.TB, size int) []byte {
	tb.Helper()
	file := pngFile(tb)
	return append(file, make([]byte, size-len(file))...)
}

// bomb returns the header of a PNG that would take seventeen gigabytes.
func bomb() []byte {
	chunk := func(name, content string) []byte {
		out := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), name+content...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", "\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"), chunk("IDAT", "x"), chunk("IEND", ""))
}

func imageScenarios() []scenario {
	send := func(c form) func(f *fixture) reply {
		return func(f *fixture) reply { return f.send(f.imageForm(c)) }
	}
	return []scenario{
		{400, "PARAM_ERROR", "输入源“/body/meta”映射到字段“媒体文件元信息”必填性规则校验失败，此字段为必填项", send(form{meta: new("")})},
		{400, "PARAM_ERROR", "输入源“/body/file”映射到字段“图片文件”必填性规则校验失败，此字段为必填项", send(form{
			meta: new("{}"), parts: new(metaPart(`{"filename":"a.png","sha256":"1"}`) + "--" + boundary + "--\r\n"), signed: new(`{"filename":"a.png","sha256":"1"}`),
		})},
		{400, "PARAM_ERROR", "图片文件的sha256与meta中的不一致", send(form{meta: new(metaOf([]byte("another"), ""))})},
		{400, "PARAM_ERROR", "文件格式错误，仅支持JPG、BMP、PNG", send(form{file: []byte("<svg/>")})},
		{400, "PARAM_ERROR", "文件大小不能超过2M", send(form{file: []byte{}})},
		{400, "PARAM_ERROR", "图片尺寸过大，单边不能超过16384像素，总像素不能超过5000万", func(f *fixture) reply {
			return f.send(f.imageForm(form{file: bomb()}))
		}},
	}
}

// mustUpload uploads and returns the URL.
func (f *fixture) mustUpload(c form) string {
	f.t.Helper()
	got := f.send(f.imageForm(c))
	if got.status != http.StatusOK {
		f.t.Fatalf("upload: %d %s", got.status, got.body)
	}
	return text(got.json["media_url"])
}

// fetch asks for an image as a browser does, without a signature.
func (f *fixture) fetch(method, url string, header http.Header) (*http.Response, []byte) {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, url, http.NoBody)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header = header.Clone()
	answer, err := f.server.Client().Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer, body
}

func TestAnUploadedImageIsServedClean(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	original := pngFile(t)
	url := f.mustUpload(form{file: slices.Concat(original, []byte("<script>"))})
	if len(url) > picture.MaxURL || !strings.HasPrefix(url, f.server.URL+"/wxpaylogo/") {
		t.Errorf("the URL is %s", url)
	}
	answer, body := f.fetch(http.MethodGet, url, nil)
	if answer.StatusCode != http.StatusOK || !bytes.Equal(body, original) {
		t.Errorf("%d with %q", answer.StatusCode, body)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Last-Modified": "Sat, 05 Dec 2026 04:00:00 GMT",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if again, body := f.fetch(http.MethodGet, url, http.Header{"If-None-Match": {answer.Header.Get("Etag")}}); again.StatusCode != http.StatusNotModified || len(body) > 0 {
		t.Errorf("a cache that has it gets %d", again.StatusCode)
	}
	if head, body := f.fetch(http.MethodHead, url, nil); head.StatusCode != http.StatusOK || len(body) > 0 || head.ContentLength != int64(len(original)) {
		t.Errorf("HEAD gives %d of %d bytes", head.StatusCode, head.ContentLength)
	}
}

func TestImagesThatAreNotThereAnswerEmpty(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	url := f.mustUpload(form{})
	for name, c := range map[string]struct {
		method, url string
		want        int
	}{
		"another token":    {http.MethodGet, f.server.URL + "/wxpaylogo/" + strings.Repeat("A", 32) + "/0", 404},
		"no token":         {http.MethodGet, f.server.URL + "/wxpaylogo/0", 404},
		"another method":   {http.MethodDelete, url, 405},
		"an upload to it":  {http.MethodPost, url, 405},
		"a longer path":    {http.MethodGet, url + "/0", 404},
		"a path with dots": {http.MethodGet, f.server.URL + "/wxpaylogo/../0", 404},
	} {
		if got, body := f.fetch(c.method, c.url, nil); got.StatusCode != c.want || len(body) > 0 {
			t.Errorf("%s: %d with %q", name, got.StatusCode, body)
		}
	}
	if err := f.store.Close(); err != nil {
		t.Fatal(err)
	}
	if got, body := f.fetch(http.MethodGet, url, nil); got.StatusCode != http.StatusInternalServerError || len(body) > 0 {
		t.Errorf("without a store: %d with %q", got.StatusCode, body)
	}
}

func TestTheSameFileGetsTheSameURL(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first := f.mustUpload(form{})
	if again := f.mustUpload(form{filename: "other.jpg"}); again != first {
		t.Errorf("%s, again %s", first, again)
	}
	if foreign := f.mustUpload(form{as: bob}); foreign == first {
		t.Error("two merchants share a URL")
	}
	if other := f.mustUpload(form{file: slices.Concat(pngFile(t), []byte("x"))}); other == first {
		t.Error("two files share a URL")
	}
	if n := f.audited("media.image.upload"); n != 2 {
		t.Errorf("%d uploads of alice are on record, want 2", n)
	}
}

func TestUploadsAreTakenAsClientsSendThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	file := pngFile(t)
	meta := metaOf(file, "")
	spaced := "\n\t" + strings.ReplaceAll(meta, ":", " : ") + " "
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	end := "--" + boundary + "--\r\n"
	for name, c := range map[string]form{
		"as it should be":         {},
		"file before meta":        {parts: new(filePart(string(file)) + metaPart(meta) + end)},
		"blanks around the meta":  {meta: &spaced},
		"more members in meta":    {meta: new(strings.Replace(meta, "{", `{"x":[1],`, 1))},
		"an upper-case digest":    {meta: new(strings.Replace(meta, meta[len(meta)-66:len(meta)-2], strings.ToUpper(meta[len(meta)-66:len(meta)-2]), 1))},
		"more parts":              {more: "--" + boundary + "\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n"},
		"no boundary":             {contentType: new("multipart/form-data")},
		"a quoted boundary":       {contentType: new(`multipart/form-data; charset=utf-8; boundary="` + boundary + `"`)},
		"a name with folders":     {filename: "../../etc/x.png"},
		"a Chinese name":          {filename: "券 1.png"},
		"a name of another kind":  {filename: "a.bmp"},
		"a JPEG":                  {file: jpg.Bytes(), filename: "a.jpeg"},
		"exactly two megabytes":   {file: padded(t, picture.MaxBytes)},
		"no type of the file":     {parts: new(metaPart(meta) + strings.Replace(filePart(string(file)), "Content-Type: image/jpg\r\n", "", 1) + end)},
		"no type of the form":     {contentType: new("")},
		"JSON as type of a form":  {contentType: new("application/json")},
		"a file with line breaks": {parts: new(metaPart(metaOf(append(bytes.Clone(file), "\r\n--x\r\n"...), "")) + filePart(string(file)+"\r\n--x\r\n") + end), signed: new(metaOf(append(bytes.Clone(file), "\r\n--x\r\n"...), ""))},
	} {
		got := f.send(f.imageForm(c))
		if got.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		f.expectSigned(alice, got, f.registration(alice).PlatformSerialNo)
	}
}

func TestBadUploadsGetClearCodesAndLeaveNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	file := pngFile(t)
	meta := metaOf(file, "")
	end := "--" + boundary + "--\r\n"
	for name, c := range map[string]struct {
		form   form
		status int
		code   string
		zh     string
	}{
		"two megabytes and a byte":     {form{file: padded(t, picture.MaxBytes+1)}, 400, "PARAM_ERROR", "文件大小不能超过2M"},
		"SVG as PNG":                   {form{file: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}, 400, "PARAM_ERROR", "文件格式错误，仅支持JPG、BMP、PNG"},
		"a truncated PNG":              {form{file: file[:len(file)-20]}, 400, "PARAM_ERROR", "文件格式错误，仅支持JPG、BMP、PNG"},
		"a wrong extension":            {form{filename: "x.gif"}, 400, "PARAM_ERROR", "文件格式错误，仅支持JPG、BMP、PNG"},
		"folders and no extension":     {form{filename: "../../x"}, 400, "PARAM_ERROR", "文件格式错误，仅支持JPG、BMP、PNG"},
		"a name of 129 characters":     {form{filename: strings.Repeat("x", 125) + ".png"}, 400, "PARAM_ERROR", "输入源“/body/meta/filename”映射到值字段“文件名称”字符串规则校验失败，字节数 129，大于最大值 128"},
		"two files":                    {form{more: filePart("x")}, 400, "PARAM_ERROR", "参数错误"},
		"two metas":                    {form{more: metaPart("{}")}, 400, "PARAM_ERROR", "参数错误"},
		"ten thousand parts":           {form{file: []byte("x"), more: strings.Repeat("--"+boundary+"\r\n\r\n\r\n", 10_000)}, 400, "PARAM_ERROR", "参数错误"},
		"no end":                       {form{parts: new(metaPart(meta) + filePart(string(file)))}, 400, "PARAM_ERROR", "参数错误"},
		"meta that is no JSON":         {form{meta: new(`{"filename"`)}, 400, "PARAM_ERROR", "解析 Json 出错 (位置: /body/meta): * Line 1, Column 12\n  unexpected EOF\n"},
		"meta that is no object":       {form{meta: new(`"a"`)}, 400, "PARAM_ERROR", "参数错误"},
		"meta with a number":           {form{meta: new(`{"filename":1,"sha256":"x"}`)}, 400, "PARAM_ERROR", "无法将 JSON 输入源“/body/meta/filename”映射到目标字段“文件名称”中，此字段需要一个 string 类型的 Json 值"},
		"meta as null":                 {form{meta: new(`null`)}, 400, "PARAM_ERROR", "输入源“/body/meta”映射到字段“媒体文件元信息”必填性规则校验失败，此字段为必填项"},
		"a file without a name":        {form{parts: new(metaPart(meta) + strings.Replace(filePart(string(file)), `; filename="x.jpg"`, "", 1) + end)}, 400, "PARAM_ERROR", "输入源“/body/file”映射到字段“图片文件”必填性规则校验失败，此字段为必填项"},
		"the file under another name":  {form{parts: new(metaPart(meta) + strings.Replace(filePart(string(file)), `"file"`, `"image"`, 1) + end)}, 400, "PARAM_ERROR", "输入源“/body/file”映射到字段“图片文件”必填性规则校验失败，此字段为必填项"},
		"the body signed, not meta":    {form{signed: new(metaPart(meta) + filePart(string(file)) + end)}, 401, "SIGN_ERROR", "错误的签名，验签失败"},
		"meta signed without blanks":   {form{signed: new(strings.ReplaceAll(meta, " ", ""))}, 401, "SIGN_ERROR", "错误的签名，验签失败"},
		"another meta":                 {form{meta: new(metaOf([]byte("x"), "")), signed: &meta}, 401, "SIGN_ERROR", "错误的签名，验签失败"},
		"no form at all":               {form{parts: new("{}"), signed: new("{}")}, 401, "SIGN_ERROR", "错误的签名，验签失败"},
		"nothing":                      {form{parts: new(""), signed: new("")}, 400, "PARAM_ERROR", "参数错误"},
		"a signed form without a meta": {form{meta: new("")}, 400, "PARAM_ERROR", "输入源“/body/meta”映射到字段“媒体文件元信息”必填性规则校验失败，此字段为必填项"},
	} {
		got := f.send(f.imageForm(c.form))
		if got.status != c.status || got.code() != c.code || got.message() != c.zh {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if entries := f.audited("media.image.upload"); entries != 0 {
		t.Errorf("%d images were kept", entries)
	}
}

// TestABodyOutOfBoundsIsLeftOnTheWire: its size is looked at before anything is read.
func TestABodyOutOfBoundsIsLeftOnTheWire(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.sign(f.imageForm(form{}))
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nUser-Agent: t\r\nAuthorization: %s\r\nContent-Type: %s\r\n",
		pathUpload, r.Header.Get("Authorization"), r.Header.Get("Content-Type"))
	for name, c := range map[string]string{
		"by its length":  head + "Content-Length: 99999999\r\n\r\n",
		"piece by piece": head + "Transfer-Encoding: chunked\r\n\r\n" + "300000\r\n" + strings.Repeat("x", 0x300000) + "\r\n",
	} {
		got := f.raw(c)
		if got.status != http.StatusBadRequest || got.message() != "文件大小不能超过2M" || got.header.Get("Keep-Alive") != "" {
			t.Errorf("%s: %d %s, Keep-Alive %s", name, got.status, got.body, got.header.Get("Keep-Alive"))
		}
		expectUnsigned(t, got)
	}
}

// TestUploadsWaitForRoom: those that find none are left on the wire and told to come later.
func TestUploadsWaitForRoom(t *testing.T) {
	t.Parallel()
	f := newFixtureWith(t, limit.NewGate(limit.Room{Inside: 1, Waiting: 0, Patience: time.Minute}))
	r := f.imageForm(form{})
	f.fillGate()
	got := f.send(r)
	got.expect(t, 429, "FREQUENCY_LIMIT_EXCEED")
	url := f.server.URL + "/wxpaylogo/" + strings.Repeat("A", 32) + "/0"
	if answer, _ := f.fetch(http.MethodGet, url, nil); answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("an image without room: %d", answer.StatusCode)
	}
}

// audited counts the audit entries of an action of alice's.
func (f *fixture) audited(action string) (n int) {
	f.t.Helper()
	if err := f.store.Read(f.t.Context(), func(tx store.ReadTx) error {
		entries, err := tx.UnsealedAudit(f.t.Context(), alice, 0, 1000)
		for _, entry := range entries {
			if entry.Action == action {
				n++
			}
		}
		return err
	}); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// TestAStockShowsUploadedImagesOfItsMerchant and no others (busifavor 4.6, 8.2).
func TestAStockShowsUploadedImagesOfItsMerchant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	mine, foreign := f.mustUpload(form{}), f.mustUpload(form{as: bob})
	body := set(set(f.stockBody(), mine, "display_pattern_info", "coupon_image_url"), mine, "display_pattern_info", "merchant_logo_url")
	created := f.post(alice, pathStocks, body)
	stock := text(created.json["stock_id"])
	shown := f.get(alice, pathStocks+"/"+stock)
	if shown.at("display_pattern_info", "coupon_image_url") != mine || shown.at("display_pattern_info", "merchant_logo_url") != mine {
		t.Errorf("%d %s, then %s", created.status, created.body, shown.body)
	}
	if _, served := f.fetch(http.MethodGet, text(shown.at("display_pattern_info", "coupon_image_url")), nil); !bytes.Equal(served, pngFile(t)) {
		t.Error("the stock shows another image")
	}
	forged := mine[:len(mine)-4] + "AA/0"
	for name, url := range map[string]string{"another merchant's": foreign, "a guessed one": forged, "a foreign one": "https://example.com/a.png", "a longer one": mine + "?x"} {
		got := f.post(alice, pathStocks, set(f.stockBody(), url, "display_pattern_info", "merchant_logo_url"))
		if got.status != http.StatusBadRequest || got.message() != "非法敏感图片" || got.at("detail", "field") != "/display_pattern_info/merchant_logo_url" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		got = f.send(request{as: alice, method: http.MethodPatch, target: pathStocks + "/" + stock, body: f.encode(object{
			"out_request_no": f.number(), "display_pattern_info": object{"coupon_image_url": url},
		})})
		if got.status != http.StatusBadRequest || got.message() != "非法敏感图片" || got.at("detail", "field") != "/display_pattern_info/coupon_image_url" {
			t.Errorf("change to %s: %d %s", name, got.status, got.body)
		}
	}
	f.post(provider, pathStocks, set(set(f.stockBody(), string(sub), "belong_merchant"), f.mustUpload(form{as: sub}), "display_pattern_info", "merchant_logo_url")).expect(t, 200, "")
}
