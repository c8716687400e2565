package serve

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/favord/favord/wire"
)

// Router finds what serves an operation, an E, by method and escaped path. It works on the path as it was
// sent, split at literal slashes before anything is decoded: merchants' codes may
// contain a slash (busifavor 3.1). Nothing is cleaned and nobody is redirected; a
// path that is not exactly one of the table is unknown.
type Router[E any] struct {
	// paths groups routes by the number of their segments.
	paths map[int][]*route[E]
}

// route is one path with its operations by method.
type route[E any] struct {
	segments []string // "" for a parameter
	names    []string // the parameters' names, beside segments
	byMethod map[string]E
}

// NewRouter returns a router that knows no operation yet.
func NewRouter[E any]() *Router[E] { return &Router[E]{paths: map[int][]*route[E]{}} }

// Add makes e serve an operation. It must not run beside Find.
func (r *Router[E]) Add(op *wire.Operation, e E) {
	parsed := parsePath[E](op)
	count := len(parsed.segments)
	for _, known := range r.paths[count] {
		if known.equal(parsed) {
			known.byMethod[op.Method] = e
			return
		}
	}
	parsed.byMethod[op.Method] = e
	r.paths[count] = append(r.paths[count], parsed)
}

func parsePath[E any](op *wire.Operation) *route[E] {
	parsed := &route[E]{byMethod: map[string]E{}}
	for segment := range strings.SplitSeq(strings.TrimPrefix(op.Path, "/"), "/") {
		name := ""
		if strings.HasPrefix(segment, "{") {
			name, segment = strings.Trim(segment, "{}"), ""
		}
		parsed.segments = append(parsed.segments, segment)
		parsed.names = append(parsed.names, name)
	}
	return parsed
}

func (p *route[E]) equal(other *route[E]) bool {
	for i := range p.segments {
		if p.segments[i] != other.segments[i] {
			return false
		}
	}
	return true
}

// Match is where a request leads.
type Match[E any] struct {
	Endpoint E
	// Parameters are those of the path, decoded.
	Parameters map[string]string
}

// Find returns what serves a request, or the status that says why nothing does: 404 for
// an unknown path, 405 for a known path with another method. The path is escaped, as it
// was sent, without the query.
func (r *Router[E]) Find(method, path string) (Match[E], int) {
	trimmed, found := strings.CutPrefix(path, "/")
	if !found {
		return Match[E]{}, http.StatusNotFound
	}
	segments := strings.Split(trimmed, "/")
	if slices.ContainsFunc(segments, isDots) {
		return Match[E]{}, http.StatusNotFound
	}
	status := http.StatusNotFound
	for _, candidate := range r.paths[len(segments)] {
		parameters, fits := candidate.fit(segments)
		if !fits {
			continue
		}
		if e, known := candidate.byMethod[method]; known {
			return Match[E]{Endpoint: e, Parameters: parameters}, 0
		}
		status = http.StatusMethodNotAllowed
	}
	return Match[E]{}, status
}

// fit returns the decoded parameters of a path that has the form of p.
func (p *route[E]) fit(segments []string) (map[string]string, bool) {
	var parameters map[string]string
	for i, want := range p.segments {
		if want != "" {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		value, ok := decodeSegment(p.names[i], segments[i])
		if !ok {
			return nil, false
		}
		if parameters == nil {
			parameters = make(map[string]string, len(p.segments))
		}
		parameters[p.names[i]] = value
	}
	return parameters, true
}

// codeParameter is the parameter in which one SDK writes a blank as "+"
// (busifavor 3.1). A plus sign itself is no character of codes.
const codeParameter = "coupon_code"

func decodeSegment(name, segment string) (string, bool) {
	if segment == "" || segment == "." || segment == ".." {
		return "", false
	}
	if name == codeParameter {
		segment = strings.ReplaceAll(segment, "+", "%20")
	}
	value, err := url.PathUnescape(segment)
	return value, err == nil
}
