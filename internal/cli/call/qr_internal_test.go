package call

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/boombuler/barcode/qr"
)

// modules reads a drawn code back: dark ones are true.
func modules(t *testing.T, drawn string, colours bool) (rows [][]bool) {
	t.Helper()
	for line := range strings.Lines(drawn) {
		line = strings.NewReplacer("\n", "", "\x1b[38;5;16;48;5;231m", "", "\x1b[0m", "").Replace(line)
		upper, lower := []bool{}, []bool{}
		for _, r := range line {
			upper = append(upper, (r == '█' || r == '▀') == colours)
			lower = append(lower, (r == '█' || r == '▄') == colours)
		}
		rows = append(rows, upper, lower)
	}
	return rows
}

func TestADrawnCodeHasTheModulesOfTheCode(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "http://192.168.1.2/?open_id=1#wechat_pay&wechat_redirect", strings.Repeat("券", 200)} {
		code, err := qr.Encode(text, qr.L, qr.Auto)
		if err != nil {
			t.Fatal(err)
		}
		for _, colours := range []bool{true, false} {
			p := picture{code, colours}
			rows := modules(t, p.String(), colours)
			if len(rows) < p.size() || utf8.RuneCountInString(strings.Split(p.String(), "\n")[1]) < p.size() {
				t.Fatalf("%d rows for %d", len(rows), p.size())
			}
			for y, row := range rows {
				for x, dark := range row {
					if dark != p.isDark(x, y) {
						t.Fatalf("%d,%d is %v", x, y, dark)
					}
				}
			}
		}
	}
}
