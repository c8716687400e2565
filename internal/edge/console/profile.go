package console

import (
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"

	"github.com/favord/favord/internal/edge/serve"
	"github.com/favord/favord/wire"
)

// profilePrefix is where profiles of the running program are, for operators.
const profilePrefix = "/debug/pprof/"

// profiles are those that there are, besides profile (of the processor) and trace.
func profiles() []string {
	return []string{"allocs", "block", "goroutine", "heap", "mutex", "threadcreate"}
}

// profile returns what answers at a path of profiles; nil when it is none.
func (s *Server) profile(path string) http.HandlerFunc {
	name, is := strings.CutPrefix(path, profilePrefix)
	var show http.Handler
	switch {
	case !is:
		return nil
	case name == "profile":
		show = http.HandlerFunc(pprof.Profile)
	case name == "trace":
		show = http.HandlerFunc(pprof.Trace)
	case slices.Contains(profiles(), name):
		show = pprof.Handler(name)
	default:
		return nil
	}
	return func(w http.ResponseWriter, r *http.Request) {
		who, err := s.admit(r)
		if err == nil {
			err = who.demand(wire.DutyDevelop)
		}
		if err != nil {
			status, failure := failureOf(err, nil, serve.LanguageOf(r.Header))
			http.Error(w, failure.Message, status)
			return
		}
		show.ServeHTTP(w, r)
	}
}
