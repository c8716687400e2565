package favordtest

import (
	"strings"

	"github.com/favord/favord/internal/sandbox/scenario"
)

// Play plays a scenario file, as `favord scenario run` does, and fails the test at the first
// thing that is not as expected.
func (s *Sandbox) Play(file string) {
	s.t.Helper()
	read, err := scenario.Read(file)
	if err == nil {
		err = read.Play(s.t.Context(), file, scenario.Stage{
			Client: s.client, Manage: s.manage, Run: "t",
			Vars: map[string]string{"mchid": s.MchID, "appid": s.AppID, "openid": s.OpenID, "serial_no": s.SerialNo, "api_url": s.URL},
			Done: func(o scenario.Outcome) { s.t.Logf("%d  %s  %s", o.Number, o.Name, o.Result) },
		})
	}
	if err != nil {
		s.t.Fatal(strings.TrimSpace(err.Error()))
	}
}
