package catalogue

import (
	_ "embed" // a table of texts
	"strings"
)

//go:embed messages.txt
var messageTable string

// messages are the texts by which programs that ask for English are told what others are told by a
// documented message. There may be several for one, as they say more.
func messages() map[string][]string {
	texts := map[string][]string{}
	for line := range strings.Lines(messageTable) {
		chinese, english, _ := strings.Cut(strings.TrimSpace(line), " = ")
		texts[chinese] = append(texts[chinese], english)
	}
	return texts
}
