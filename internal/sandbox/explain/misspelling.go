package explain

import (
	"net/url"
	"strings"
)

// misspelling is a way in which base64 comes out wrong, and how to mend it.
type misspelling struct {
	zh, en string
	mend   func(string) string
}

func misspellings() []misspelling {
	urlSafe := strings.NewReplacer("-", "+", "_", "/")
	spaces := strings.NewReplacer("\r", "", "\n", "", `\r`, "", `\n`, "", " ", "", "\t", "")
	unescape := func(s string) string {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return s
		}
		return plain
	}
	pad := func(s string) string {
		s = strings.TrimRight(s, "=")
		return s + strings.Repeat("=", (4-len(s)%4)%4)
	}
	return []misspelling{
		{"缺少末尾的等号", "lacks the equals signs at its end", pad},
		{"使用了URL安全的base64（-和_）", "is written in the base64 of URLs, with - and _", func(s string) string { return pad(urlSafe.Replace(s)) }},
		{"中间有换行或空格", "has line breaks or blanks in it", func(s string) string { return pad(spaces.Replace(s)) }},
		{"中的加号变成了空格", "has blanks where it had plus signs", func(s string) string { return strings.ReplaceAll(s, " ", "+") }},
		{"被做了URL编码", "is percent-encoded", unescape},
	}
}
