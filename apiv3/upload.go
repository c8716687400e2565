package apiv3

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
)

// ErrNoMeta reports an upload without a part named "meta".
var ErrNoMeta = errors.New("apiv3: the upload has no meta part")

// metaPart is the part of an upload that is signed.
const metaPart = "meta"

// Bounds of an upload's form.
const (
	// MaxUploadParts is how many parts are read; clients send two.
	MaxUploadParts = 32
	// maxBoundary is the longest boundary in bytes (RFC 2046, with some leeway).
	maxBoundary = 200
)

// UploadPart is one part of an upload.
type UploadPart struct {
	// Name is that of the form's field.
	Name string
	// FileName is "" for a part that is no file. It is the client's own, without
	// folders, and nothing to go by.
	FileName string
	// Content is the part as it was sent.
	Content []byte
}

// ReadUpload splits a multipart body. Parts may come in any order and lack a type; a
// trailing semicolon in their headers and line ends without carriage return are accepted.
// A Content-Type without boundary is accepted, too, as two SDKs send it: the boundary is
// then taken from the first line (protocol 2.6). It returns the parts that it could read
// together with the error that ended it.
func ReadUpload(contentType string, body []byte) ([]UploadPart, error) {
	boundary, err := uploadBoundary(contentType, body)
	if err != nil {
		return nil, err
	}
	var parts []UploadPart
	rest := bytes.NewReader(body)
	form := multipart.NewReader(rest, boundary)
	for {
		next, err := form.NextRawPart()
		if errors.Is(err, io.EOF) && bytes.Contains(body, []byte("--"+boundary+"--")) {
			return parts, nil
		}
		if err != nil {
			return parts, fmt.Errorf("apiv3: part %d of the upload: %w", len(parts)+1, err)
		}
		if len(parts) == MaxUploadParts {
			return parts, fmt.Errorf("apiv3: the upload has more than %d parts", MaxUploadParts)
		}
		part := UploadPart{Name: next.FormName(), FileName: next.FileName()}
		if part.Content, err = readPart(next, rest); err != nil {
			return parts, fmt.Errorf("apiv3: part %d of the upload: %w", len(parts)+1, err)
		}
		parts = append(parts, part)
	}
}

// smallPart is the size, in bytes, up to which a part is read without knowing how much will
// follow; it is more than the form's reader looks ahead.
const smallPart = 16 << 10

// readPart reads a part of a form whose rest is given. A large one is given its room at once:
// growing would take several times as much.
func readPart(part io.Reader, rest *bytes.Reader) ([]byte, error) {
	var content bytes.Buffer
	_, err := io.CopyN(&content, part, smallPart)
	if errors.Is(err, io.EOF) {
		return content.Bytes(), nil
	}
	if err != nil {
		return nil, err
	}
	content.Grow(rest.Len() + smallPart)
	_, err = content.ReadFrom(part)
	return content.Bytes(), err
}

// WriteUpload is the body of an upload, with its Content-Type: the part "meta", which is signed,
// and the file, which meta names (protocol 2.6, media 2).
func WriteUpload(meta []byte, fileName string, file []byte) (contentType string, body []byte, err error) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, part := range []struct {
		disposition string
		contentType string
		content     []byte
	}{
		{`form-data; name="` + metaPart + `"`, "application/json", meta},
		{multipart.FileContentDisposition("file", fileName), http.DetectContentType(file), file},
	} {
		to, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {part.disposition}, "Content-Type": {part.contentType}})
		if err != nil {
			return "", nil, err
		}
		if _, err := to.Write(part.content); err != nil {
			return "", nil, err
		}
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), form.Bytes(), nil
}

// SignedPart returns the content of the first part named "meta" that is no file: the only bytes
// of an upload that are signed, blanks and all. A part with a filename is a file, and not looked
// for here. Without one it reports [ErrNoMeta]; the
// signature must then be checked against an empty body (protocol 2.6).
func SignedPart(parts []UploadPart) ([]byte, error) {
	for i := range parts {
		if parts[i].Name == metaPart && parts[i].FileName == "" {
			return parts[i].Content, nil
		}
	}
	return nil, ErrNoMeta
}

// UploadMeta returns the signed bytes of an upload, as [ReadUpload] and [SignedPart] find
// them.
func UploadMeta(contentType string, body []byte) ([]byte, error) {
	parts, _ := ReadUpload(contentType, body) // what follows the meta part does not matter
	return SignedPart(parts)
}

// IsUpload reports whether contentType is multipart/form-data.
func IsUpload(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(media), "multipart/form-data")
}

// uploadBoundary returns the boundary that the Content-Type names, if the body has it,
// otherwise that of the body's first line: quotes around it come in many forms.
func uploadBoundary(contentType string, body []byte) (string, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if named := params["boundary"]; err == nil && named != "" && bytes.Contains(body, []byte("--"+named)) {
		return named, nil
	}
	line, _, _ := bytes.Cut(body, []byte("\n"))
	boundary, found := bytes.CutPrefix(bytes.TrimRight(line, " \t\r"), []byte("--"))
	if !found || len(boundary) == 0 || len(boundary) > maxBoundary {
		return "", ErrNoMeta
	}
	return string(boundary), nil
}
