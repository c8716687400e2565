package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/wire/manage"
)

// readyPatience is how long the checks may take to say that all is well.
const readyPatience = 3 * time.Second

// serving is the name of the check that the server is neither starting nor ending.
const serving = "serving"

// errNotServing is why a server is not ready though all is well.
var errNotServing = fault.New(fault.Refused, "正在启动或停止", "starting or stopping")

// readiness answers in one sentence or, when it is asked for everything, with each check.
func (s *Server) readiness(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("verbose") {
		s.health(w, r)
		return
	}
	if !s.ready.Load() {
		http.Error(w, "not ready: "+errNotServing.Text.EN+" · 未就绪："+errNotServing.Text.ZH, http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	for _, check := range s.Checks {
		if err := check.Run(ctx); err != nil {
			reason := fault.Of(err).Text
			http.Error(w, fmt.Sprintf("not ready: %s: %s · 未就绪：%s：%s", check.Name, reason.EN, check.Name, reason.ZH), http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// health answers with every check, whatever the others say.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	english := strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en")
	outcomes := s.Health(ctx)
	health := manage.Health{Ready: true}
	for _, name := range s.checkNames() {
		one := manage.HealthCheck{Name: name, Ready: outcomes[name] == nil}
		if err := outcomes[name]; err != nil {
			health.Ready = false
			if one.Reason = fault.Of(err).Text.ZH; english {
				one.Reason = fault.Of(err).Text.EN
			}
		}
		health.Checks = append(health.Checks, one)
	}
	if s.Warnings != nil {
		for _, e := range s.Warnings(ctx) {
			health.Warnings = append(health.Warnings, manage.HealthWarning{Kind: e.Kind, LeftSeconds: int64(e.Left.Seconds())})
		}
	}
	text, err := json.Marshal(&health)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if !health.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write(append(text, '\n'))
}

// checkNames lists the checks in their order.
func (s *Server) checkNames() []string {
	names := []string{serving}
	for _, check := range s.Checks {
		names = append(names, check.Name)
	}
	return names
}

// Health runs the checks of /readyz and returns their outcomes by name.
func (s *Server) Health(ctx context.Context) map[string]error {
	outcomes := map[string]error{serving: nil}
	if !s.ready.Load() {
		outcomes[serving] = errNotServing
	}
	for _, check := range s.Checks {
		outcomes[check.Name] = check.Run(ctx)
	}
	return outcomes
}
