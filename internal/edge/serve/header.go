package serve

import (
	"net/http"
	"strings"
)

// IsEncoded reports whether a request says that its body is not what was sent, such as
// compressed. Nothing here decodes bodies, and one that a proxy or a program behind it would
// decode must not mean two things.
func IsEncoded(h http.Header) bool {
	for _, value := range h.Values("Content-Encoding") {
		if value = strings.TrimSpace(value); value != "" && !strings.EqualFold(value, "identity") {
			return true
		}
	}
	return false
}

// IsPlain reports whether the path of a request was sent as it is read: nothing in it is
// escaped, no segment is empty, . or .., and it is no full URL. It is for paths without
// parameters.
func IsPlain(r *http.Request) bool {
	path := r.URL.EscapedPath()
	if path != r.URL.Path || r.URL.Host != "" || !strings.HasPrefix(path, "/") {
		return false
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if isDots(segment) || segment == "" && path != "/" {
			return false
		}
	}
	return true
}

// isDots reports whether a segment is . or .., which programs on the way may take for the
// segment itself or the one above, escaped or not.
func isDots(segment string) bool {
	const escaped = "%2e"
	plain := strings.ReplaceAll(strings.ToLower(segment), escaped, ".")
	return plain == "." || plain == ".."
}
