package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestProfilesAreForOperators wants the token for what shows the inside of the process, and
// nothing for what shows that it is well.
func TestProfilesAreForOperators(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	c.ManageToken = canaryToken
	r := start(t, c)
	defer r.finish(t)
	get := func(path, token string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.ManageURL()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	for path, want := range map[string][2]int{
		"/debug/pprof/heap":              {http.StatusUnauthorized, http.StatusOK},
		"/debug/pprof/goroutine?debug=2": {http.StatusUnauthorized, http.StatusOK},
		"/debug/pprof/profile?seconds=1": {http.StatusUnauthorized, http.StatusOK},
		"/debug/pprof/cmdline":           {http.StatusNotFound, http.StatusNotFound},
		"/debug/pprof/":                  {http.StatusNotFound, http.StatusNotFound},
		"/metrics":                       {http.StatusOK, http.StatusOK},
		"/livez":                         {http.StatusOK, http.StatusOK},
		"/healthz":                       {http.StatusOK, http.StatusOK},
		"/readyz":                        {http.StatusOK, http.StatusOK},
	} {
		if got := [2]int{get(path, ""), get(path, canaryToken)}; got != want {
			t.Errorf("%s gives %v without and with the token, want %v", path, got, want)
		}
	}
}

// TestEveryCheckIsShownByName asks a server that serves, and one that ends.
func TestEveryCheckIsShownByName(t *testing.T) {
	t.Parallel()
	c := freshConfig(t)
	c.ShutdownDelay = 2 * time.Second
	r := start(t, c)
	const well = `{"name":"database","ready":true},{"name":"disk","ready":true},{"name":"key_file","ready":true}]}`
	if status, body := fetch(t, r.ManageURL()+"/readyz?verbose"); status != http.StatusOK || !strings.Contains(body, `{"ready":true,"checks":[{"name":"serving","ready":true},`+well) {
		t.Errorf("%d %s", status, body)
	}
	r.stop()
	for status := 0; status != http.StatusServiceUnavailable; {
		var body string
		if status, body = fetch(t, r.ManageURL()+"/readyz?verbose"); status == http.StatusServiceUnavailable &&
			!strings.Contains(body, `{"ready":false,"checks":[{"name":"serving","ready":false,"reason":"正在启动或停止"},`+well) || t.Context().Err() != nil {
			t.Errorf("%d %s", status, body)
		}
	}
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
}
