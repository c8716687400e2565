package call

import "testing"

// TestTheHostsOfThePlatformHaveOneAddress: whatever else the file says of them, and everything
// else stays.
func TestTheHostsOfThePlatformHaveOneAddress(t *testing.T) {
	t.Parallel()
	names := []string{"api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"}
	for text, want := range map[string]string{
		"":                      "",
		"127.0.0.1 localhost\n": "127.0.0.1 localhost\n",
		"127.0.0.1\tlocalhost # own\n10.0.0.1 API.mch.weixin.qq.com\n":  "127.0.0.1\tlocalhost # own\n",
		"10.0.0.1 api.mch.weixin.qq.com other # both\n# api.mch\n::1 x": "10.0.0.1 other # both\n# api.mch\n::1 x\n",
	} {
		if got, head := withHosts(text, "127.64.1.1", names), "# favord run --transparent\n127.64.1.1 api.mch.weixin.qq.com api2.mch.weixin.qq.com\n"; got != head+want {
			t.Errorf("%q gives\n%s", text, got)
		}
	}
}
