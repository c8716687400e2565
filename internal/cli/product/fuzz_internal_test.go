package product

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzCodesAreReadAsTheyStand reads whatever a file of codes may be: each code is text of the file,
// comes once, and has the number of its line.
func FuzzCodesAreReadAsTheyStand(f *testing.F) {
	for _, seed := range []string{
		"coupon_code\nA\nB\n", "A\r\nB\r\nA\r\n", "\xef\xbb\xbfcode\n\"A,\"\"B\",2\n", "\"A\nB\"\n", ",\n,\n", "\"",
		"A,\"B\"x\n", "\x00\n", "\xff\n", "A\rB\r",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		lines, notes, err := codesOf(content)
		if err != nil {
			return
		}
		plain := strings.ReplaceAll(string(content), `""`, `"`)
		rows := bytes.Count(content, []byte("\n")) + 1
		seen := map[string]bool{}
		for _, l := range lines {
			if seen[l.code] || l.code == "" || l.number < 1 || l.number > rows {
				t.Errorf("%q gives %+v", content, l)
			}
			if first, _, _ := strings.Cut(l.code, "\n"); !strings.Contains(plain, first) && !bytes.Contains(content, []byte(first)) {
				t.Errorf("%q does not have %q", content, l.code)
			}
			seen[l.code] = true
		}
		for _, n := range notes {
			if !seen[n.Code] {
				t.Errorf("%q: %+v is noted, and no line has it", content, n)
			}
		}
	})
}
