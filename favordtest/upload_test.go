package favordtest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/media"
)

func TestAFileIsUploadedAsAMerchant(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	upload := func(name string, content []byte, meta string) *manage.MadeCall {
		t.Helper()
		return must(t, s.Management().MakeCall, &manage.MakeCallRequest{
			MchID: s.MchID, Method: http.MethodPost, Target: "/v3/marketing/favor/media/image-upload", Body: meta,
			File: &manage.CallFile{Name: name, Content: base64.StdEncoding.EncodeToString(content)},
		})
	}
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	made := upload("logo \"1\".png", logo.Bytes(), "")
	var kept media.UploadImageResponse
	if err := json.Unmarshal([]byte(made.Body), &kept); err != nil || made.Status != http.StatusOK || kept.MediaURL == "" {
		t.Fatalf("an upload gives %d %s", made.Status, made.Body)
	}
	if again := upload("logo.png", logo.Bytes(), ""); again.Body != made.Body {
		t.Errorf("the same file gives %d %s, then %d %s", made.Status, made.Body, again.Status, again.Body)
	}
	for _, one := range []struct {
		name    string
		content []byte
		meta    string
		want    string
	}{
		{"logo.gif", logo.Bytes(), "", "文件格式错误，仅支持JPG、BMP、PNG"},
		{"logo.png", []byte("no image"), "", "文件格式错误，仅支持JPG、BMP、PNG"},
		{"logo.png", nil, "", "文件大小不能超过2M"},
		{"logo.png", make([]byte, media.MaxFile+1), "", "文件大小不能超过2M"},
		{"logo.png", make([]byte, media.MaxFile+1<<19), "", "文件大小不能超过2M"},
		{"logo.png", logo.Bytes(), `{"filename":"logo.png","sha256":"00"}`, "图片文件的sha256与meta中的不一致"},
	} {
		if got := upload(one.name, one.content, one.meta); got.Status != http.StatusBadRequest || !strings.Contains(got.Body, one.want) {
			t.Errorf("%s of %d bytes gives %d %s", one.name, len(one.content), got.Status, got.Body)
		}
	}
	if _, err := s.Management().MakeCall(t.Context(), &manage.MakeCallRequest{
		MchID: s.MchID, Method: http.MethodPost, Target: "/v3/marketing/favor/media/image-upload",
		File: &manage.CallFile{Name: "a.png", Content: "~"},
	}); err == nil {
		t.Error("what is no base64 is accepted")
	}
	entries := must(t, s.Management().AuditEntries, &manage.ListAuditRequest{MchID: s.MchID, Object: "call/" + media.UploadImage}).Entries
	if len(entries) == 0 || entries[0].Actor == s.MchID {
		t.Errorf("the audit does not say who uploads as the merchant: %+v", entries)
	}
}
