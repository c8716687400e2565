// Package near finds what somebody may have meant to write.
package near

// Word returns the one of a list that is nearest to a word, "" when none is near: when more than
// a quarter of the word, and more than two characters, would have to change.
func Word(word string, list []string) string {
	best, least := "", max(2, len(word)/4)+1
	for _, one := range list {
		if d := distance(word, one, least); d < least {
			best, least = one, d
		}
	}
	return best
}

// distance is how many characters must be added, taken away, replaced or swapped with their
// neighbour to make b of a; the bound when it is no less.
func distance(a, b string, bound int) int {
	if len(a)-len(b) >= bound || len(b)-len(a) >= bound {
		return bound
	}
	before, last, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(last[j+1]+1, next[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, last, next = last, next, before
	}
	return last[len(b)]
}
