package sandbox

import "regexp"

// names are file names on every system, and no flags of a command: they begin with a letter
// or a digit.
var names = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func isName(text string) bool { return names.MatchString(text) }
