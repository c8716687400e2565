package catalogue

import "strings"

// Search returns the entries that have every word, whatever the case and the language: each with the
// cases that have them, or with all where the code itself is about them.
func Search(entries []Entry, words ...string) (found []Entry) {
	for i := range entries {
		e := entries[i]
		about := strings.Join([]string{e.Code, e.Reason.ZH, e.Reason.EN, e.Fix.ZH, e.Fix.EN}, "\n")
		if !hasAll(about, words) {
			e.Cases = nil
			for _, c := range entries[i].Cases {
				said := append([]string{about, c.Message, c.When.ZH, c.When.EN}, c.English...)
				if hasAll(strings.Join(append(said, c.Operations...), "\n"), words) {
					e.Cases = append(e.Cases, c)
				}
			}
		}
		if len(e.Cases) > 0 {
			found = append(found, e)
		}
	}
	return found
}

// SearchNumbers is Search for error numbers.
func SearchNumbers(words ...string) (found []Number) {
	for _, n := range Numbers() {
		if hasAll(strings.Join([]string{n.Code, n.Reason.ZH, n.Reason.EN, n.Fix.ZH, n.Fix.EN}, "\n"), words) {
			found = append(found, n)
		}
	}
	return found
}

func hasAll(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, word := range words {
		if !strings.Contains(text, strings.ToLower(word)) {
			return false
		}
	}
	return true
}
