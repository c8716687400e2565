package apiv3

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// ErrNoMeta reports an upload without a part named "meta".
var ErrNoMeta = errors.New("apiv3: the upload has no meta part")

// UploadMeta returns the content of the part named "meta" of a multipart body:
// the only bytes of an upload that are signed, blanks and all (protocol 2.6).
// Parts may come in any order. A Content-Type without boundary is accepted, as
// two SDKs send it: the boundary is then taken from the first line.
//
// Without a meta part it reports [ErrNoMeta]; the signature must then be checked
// against an empty body.
func UploadMeta(contentType string, body []byte) ([]byte, error) {
	boundary, err := uploadBoundary(contentType, body)
	if err != nil {
		return nil, err
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, ErrNoMeta
		}
		if part.FormName() != "meta" {
			continue
		}
		meta, err := io.ReadAll(part)
		if err != nil {
			return nil, ErrNoMeta
		}
		return meta, nil
	}
}

// IsUpload reports whether contentType is multipart/form-data.
func IsUpload(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "multipart/form-data")
}

func uploadBoundary(contentType string, body []byte) (string, error) {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["boundary"] != "" {
		return params["boundary"], nil
	}
	line, _, _ := bytes.Cut(body, []byte("\r\n"))
	boundary, found := bytes.CutPrefix(line, []byte("--"))
	if !found || len(boundary) == 0 {
		return "", ErrNoMeta
	}
	return string(boundary), nil
}
