package call

import (
	"slices"
	"strings"
)

// withHosts returns a hosts file in which some names have an address, and no other.
func withHosts(text, address string, names []string) string {
	var b strings.Builder
	b.WriteString("# favord run --transparent\n" + address + " " + strings.Join(names, " ") + "\n")
	for line := range strings.Lines(text) {
		entry, comment, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "#")
		words := strings.Fields(entry)
		rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(names, strings.ToLower(w)) })
		switch {
		case len(rest) == len(words):
			b.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		case len(rest) > 1: // its other names stay
			b.WriteString(strings.TrimRight(strings.Join(rest, " ")+" #"+comment, " #") + "\n")
		}
	}
	return b.String()
}
