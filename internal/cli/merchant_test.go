package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/internal/sandbox"
)

// registered is a management port that knows merchants and answers whose data was asked for.
func registered(t *testing.T, mchids ...string) (url string, asked func() string) {
	t.Helper()
	whose := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/manage/v1/merchants" {
			rows := make([]string, len(mchids))
			for i, id := range mchids {
				rows[i] = fmt.Sprintf(`{"mchid":%q}`, id)
			}
			_, _ = fmt.Fprintf(w, `{"merchants":[%s]}`, strings.Join(rows, ","))
			return
		}
		whose <- r.URL.Query().Get("mchid") + strings.TrimPrefix(r.URL.Path, "/manage/v1/")
		_, _ = fmt.Fprint(w, "{}")
	}))
	t.Cleanup(s.Close)
	return s.URL, func() string {
		select {
		case one := <-whose:
			return one
		default:
			return ""
		}
	}
}

func TestAListIsAboutTheMerchantOfTheEnvironmentOrTheOnlyOne(t *testing.T) {
	t.Parallel()
	const own, one, two = "1900000007", "1900000001", "1900000002"
	for _, k := range []struct {
		args, environment string
		known             []string
		asked, said       string
	}{
		{"vouchers list", "", []string{one}, one + "voucher-stocks", ""},
		{"vouchers list", own, []string{one, two}, own + "voucher-stocks", ""},
		{"vouchers list " + two, own, []string{one}, two + "voucher-stocks", ""},
		{"payments list", own, []string{one, two}, own + "payments", ""},
		{"deliveries list", "", []string{one}, one + "deliveries", ""},
		{"balances show", "", []string{one}, "balances/" + one, ""},
		{"vouchers list", "", []string{one, two}, "", "name a merchant: 1900000001, 1900000002"},
		{"vouchers list", "", nil, "", "there is no merchant yet"},
		{"vouchers list", "", make([]string, 10), "", "`favord merchants list` lists them"},
		{"coupons list", own, []string{one}, "", "name the user by the openid"},
	} {
		url, asked := registered(t, k.known...)
		file := filepath.Join(t.TempDir(), "env.json")
		e := sandbox.Environment{APIURL: url, ManageURL: url, MchID: k.environment}
		if err := e.WriteFile(file); err != nil {
			t.Fatal(err)
		}
		_, said, code := answer(t, t.TempDir(), "", append(strings.Fields(k.args), "--env", file)...)
		if got := asked(); got != k.asked || !strings.Contains(said, k.said) || (code == term.ExitDone) != (k.said == "") {
			t.Errorf("%s as %q among %v: asked about %q, %d %s", k.args, k.environment, k.known, got, code, said)
		}
	}
}
