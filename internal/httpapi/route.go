package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/favord/favord/wire"
)

// router finds operations by method and escaped path. It works on the path as it was
// sent, split at literal slashes before anything is decoded: merchants' codes may
// contain a slash (busifavor 3.1). Nothing is cleaned and nobody is redirected; a
// path that is not exactly one of the table is unknown.
type router struct {
	// paths groups routes by the number of their segments.
	paths map[int][]*route
}

// route is one path with its operations by method.
type route struct {
	segments []string // "" for a parameter
	names    []string // the parameters' names, beside segments
	byMethod map[string]*endpoint
}

func newRouter(endpoints []*endpoint) *router {
	r := &router{paths: map[int][]*route{}}
	for _, e := range endpoints {
		r.add(e)
	}
	return r
}

func (r *router) add(e *endpoint) {
	parsed := parsePath(e.operation)
	count := len(parsed.segments)
	for _, known := range r.paths[count] {
		if known.equal(parsed) {
			known.byMethod[e.operation.Method] = e
			return
		}
	}
	parsed.byMethod[e.operation.Method] = e
	r.paths[count] = append(r.paths[count], parsed)
}

func parsePath(op *wire.Operation) *route {
	parsed := &route{byMethod: map[string]*endpoint{}}
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

func (p *route) equal(other *route) bool {
	for i := range p.segments {
		if p.segments[i] != other.segments[i] {
			return false
		}
	}
	return true
}

// match is where a request leads.
type match struct {
	endpoint   *endpoint
	parameters map[string]string
}

// find returns the endpoint of a request, or the status that says why there is none:
// 404 for an unknown path, 405 for a known path with another method.
func (r *router) find(method, path string) (match, int) {
	trimmed, found := strings.CutPrefix(path, "/")
	if !found {
		return match{}, http.StatusNotFound
	}
	segments := strings.Split(trimmed, "/")
	status := http.StatusNotFound
	for _, candidate := range r.paths[len(segments)] {
		parameters, fits := candidate.fit(segments)
		if !fits {
			continue
		}
		if e := candidate.byMethod[method]; e != nil {
			return match{endpoint: e, parameters: parameters}, 0
		}
		status = http.StatusMethodNotAllowed
	}
	return match{}, status
}

// fit returns the decoded parameters of a path that has the form of p.
func (p *route) fit(segments []string) (map[string]string, bool) {
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
