package schema

import (
	"strings"
	"unicode"
)

// checkLine wants a text of one line that shows something: names are printed on cards, on
// receipts and in lists. It returns what is wrong, in Chinese and in English, or nothing.
func checkLine(text string) (zh, issue string) {
	shows := text == ""
	var before rune
	for _, r := range text {
		switch {
		case isBroken(r):
			return "不能包含换行、制表符等控制字符", "must not have line breaks, tabs or other control characters"
		case unicode.Is(unicode.Cf, r) && !joins(before, r):
			return "不能包含零宽字符", "must not have characters without width"
		case !isBlank(r):
			shows = true
		}
		before = r
	}
	if !shows {
		return "不能只包含空白", "must not be blank"
	}
	return "", ""
}

// isBroken reports whether a character ends a line or controls something.
func isBroken(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp)
}

// Characters that make one symbol of several.
const (
	joiner   = '\u200d'
	variant  = '\ufe0f'
	skinFrom = '\U0001f3fb'
	skinTo   = '\U0001f3ff'
)

// joins reports whether a character joins symbols, such as those of a family.
func joins(before, r rune) bool {
	return r == joiner && (unicode.Is(unicode.So, before) || before == variant || before >= skinFrom && before <= skinTo)
}

// isBlank reports whether a character shows nothing.
func isBlank(r rune) bool {
	const fillers = "\u115f\u1160\u2800\u3164\uffa0"
	return unicode.IsSpace(r) || unicode.In(r, unicode.Zs, unicode.Cf, unicode.Mn, unicode.Me) || strings.ContainsRune(fillers, r)
}
