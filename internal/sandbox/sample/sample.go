// Package sample writes a signed call as a command or a program that makes it: what developers copy
// from a log, from the console and from `favord get --dry-run`. It only writes text: it reads no key,
// so no sample has a secret in it.
package sample

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/favord/favord/internal/base/fault"
)

// Call is a call as it would be made.
type Call struct {
	Method string
	// Target is path and query, escaped as they travel.
	Target string
	// Headers are sent besides those of the protocol, such as Idempotency-Key.
	Headers []Header
	// Body is text; nil is no body.
	Body []byte
	Access
}

// Header is one header.
type Header struct{ Name, Value string }

// IsSpecial reports a header that belongs to one call: it says what the call does, and no client
// sends it by itself.
func IsSpecial(name string) bool {
	return strings.EqualFold(name, "Idempotency-Key") || strings.EqualFold(name, "Favord-Fault")
}

// Access says whom a call reaches and who makes it.
type Access struct {
	// APIURL is scheme and host.
	APIURL   string
	MchID    string
	SerialNo string
	// PrivateKeyFile is where the program finds the merchant's key.
	PrivateKeyFile string
	// PlatformID is the serial of the platform's certificate, or the id of its public key, and
	// PlatformFile where the program finds it.
	PlatformID   string
	PlatformFile string
	// IsCertificate says which of the two it is.
	IsCertificate bool
	// IsSM2 says that the merchant signs with SM2, not with RSA.
	IsSM2 bool
}

// Languages are the forms in which a call can be written, as people type them.
func Languages() []string {
	return []string{"cli", "curl", "go", "java", "php", "node", "python"}
}

// Refusals.
var (
	errLanguage = fault.New(fault.Invalid,
		"没有这种形式，可选："+strings.Join(Languages(), "、"),
		"There is no such form; choose one of "+strings.Join(Languages(), ", ")+".")
	errBody = fault.New(fault.Refused,
		"请求包体不是文本（如图片上传），不能写成代码",
		"The body is no text, such as that of an upload, and cannot be written as code.")
	errMethod = fault.New(fault.Refused,
		"只有 GET、POST、PATCH、DELETE 请求可以写成代码",
		"Only GET, POST, PATCH and DELETE requests can be written as code.")
	errSM2 = fault.New(fault.Refused,
		"该商户使用国密，只能写成 cli 或 curl 形式：其它SDK用RSA签名",
		"The merchant signs with SM2, so the call can be written as cli or curl only: the other SDKs sign with RSA.")
)

//go:embed forms
var forms embed.FS

// Text writes a call in one of the languages.
func Text(language string, call *Call) (string, error) {
	switch {
	case !slices.Contains(Languages(), language):
		return "", errLanguage
	case !slices.Contains([]string{"GET", "POST", "PATCH", "DELETE"}, call.Method):
		return "", errMethod
	case !utf8.Valid(call.Body):
		return "", errBody
	case call.IsSM2 && language != "cli" && language != "curl":
		return "", errSM2
	}
	form, err := template.New(language+".tmpl").Funcs(quotes()).ParseFS(forms, "forms/"+language+".tmpl")
	if err != nil {
		return "", fmt.Errorf("form of %s: %w", language, err)
	}
	var b strings.Builder
	if err := form.Execute(&b, call); err != nil {
		return "", fmt.Errorf("sample in %s: %w", language, err)
	}
	return b.String(), nil
}

// quotes write text as each language does.
func quotes() template.FuncMap {
	return template.FuncMap{
		"text":  func(b []byte) string { return string(b) },
		"lower": strings.ToLower,
		"path":  func(target string) string { return strings.TrimPrefix(target, "/") },
		"sh":    func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
		"php": func(s string) string {
			return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
		},
		"str": quoted,
		"raw": raw,
		"js":  script,
	}
}

// quoted writes a string as Go, Java, JavaScript and Python all read it.
func quoted(s string) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// raw writes a string in Go without escapes, where that is possible.
func raw(s string) (string, error) {
	if strings.ContainsAny(s, "`\r") {
		return quoted(s)
	}
	return "`" + s + "`", nil
}

// script writes a body in JavaScript: JSON is JavaScript.
func script(s string) (string, error) {
	if json.Valid([]byte(s)) {
		return s, nil
	}
	return quoted(s)
}
