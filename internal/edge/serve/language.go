package serve

import (
	"net/http"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Language is the language of messages and pages.
type Language bool

// The languages that there are.
const (
	Chinese Language = false
	English Language = true
)

// LanguageOf reads Accept-Language: the first tag decides, and anything but English is
// Chinese as mainland China writes it, zh-HK and zh-TW too: the platform has no other text
// for them (protocol 1.2).
func LanguageOf(h http.Header) Language {
	first, _, _ := strings.Cut(h.Get("Accept-Language"), ",")
	tag, _, _ := strings.Cut(first, ";")
	tag = strings.ToLower(strings.TrimSpace(tag))
	return Language(tag == "en" || strings.HasPrefix(tag, "en-"))
}

// Choose returns the text in the language.
func (l Language) Choose(zh, en string) string {
	if l == English {
		return en
	}
	return zh
}

// Of returns a text of a fault in the language.
func (l Language) Of(t fault.Text) string { return l.Choose(t.ZH, t.EN) }

// String is the language as Content-Language and HTML name it.
func (l Language) String() string { return l.Choose("zh-CN", "en") }
