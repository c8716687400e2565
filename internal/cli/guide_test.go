package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/busifavor"
	"github.com/favord/favord/wire/favor"
	"github.com/favord/favord/wire/manage"
)

// guided runs a command for a person, who types answers, against a sandbox.
func guided(t *testing.T, s *favordtest.Sandbox, answers []string, args ...string) (out, said string, code int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	if err := os.WriteFile(file, s.Environment, 0o600); err != nil {
		t.Fatal(err)
	}
	return answer(t, t.TempDir(), strings.Join(answers, "\n")+"\n", append(args, "--env", file)...)
}

// stockIn is the id of a stock that was printed.
func stockIn(t *testing.T, out string) string {
	t.Helper()
	id := regexp.MustCompile(`(?m)^[0-9]{16}`).FindString(out)
	if id == "" {
		t.Fatalf("no stock: %s", out)
	}
	return id
}

func TestAPersonIsGuidedToAStockOfCoupons(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	out, said, code := guided(t, s, []string{
		"2", "", strings.Repeat("券", 22), "周年庆", "", "101", "88", "free", "100.50", "2030-01-01", "7d", "0", "500", "", "4", "3", "",
	}, "stocks", "create")
	if code != term.ExitDone {
		t.Fatalf("%d\n%s", code, said)
	}
	for _, want := range []string{
		"needs an answer", "has 22 characters, the most is 21", "above the maximum 100", `"free" is not an amount`,
		"below the minimum 1", "1 to 3", "Send it?",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, said)
		}
	}
	got, err := s.Client().BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: stockIn(t, out)})
	if err != nil {
		t.Fatal(err)
	}
	rule := got.CouponUseRule
	if got.StockName != "周年庆" || got.StockType != "DISCOUNT" ||
		rule.DiscountCoupon.DiscountPercent != 88 || rule.DiscountCoupon.TransactionMinimum != 10050 ||
		got.StockSendRule.MaxCoupons != 500 || got.CouponCodeMode != "MERCHANT_UPLOAD" ||
		rule.CouponAvailableTime.AvailableEndTime.String() != "2030-01-08T00:00:00+08:00" {
		t.Errorf("created %+v", got)
	}
}

func TestAPersonIsGuidedToAStockOfVouchers(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	out, said, code := guided(t, s, []string{"满10减1", "1", "10", "now", "", "20", "3", "apple，pear", "1", "yes", "y"}, "vouchers", "create")
	if code != term.ExitDone {
		t.Fatalf("%d\n%s", code, said)
	}
	got, err := s.Client().Favor().GetStock(t.Context(), &favor.GetStockRequest{StockID: stockIn(t, out), StockCreatorMchID: s.MchID})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != "running" || got.StockUseRule.MaxAmount != 2000 || !got.SingleItem || !got.NoCash {
		t.Errorf("created %+v", got)
	}
}

func TestNothingIsCreatedUntilThePersonSaysSo(t *testing.T) {
	t.Parallel()
	s := favordtest.Start(t)
	all := []string{"1", "周年庆", "", "5", "", "", "", "", "", ""}
	for name, answers := range map[string][]string{
		"no": append(slices.Clip(all), "n"), "gone": all, "gone in the middle": all[:3],
		"never an answer": append([]string{"1"}, make([]string, 20)...),
	} {
		if out, said, code := guided(t, s, answers, "stocks", "create"); code != term.ExitFailed || out != "" {
			t.Errorf("%s: %d\n%s%s", name, code, said, out)
		}
	}
	list, err := s.Management().Stocks(t.Context(), &manage.ListStocksRequest{})
	if err != nil || len(list.Stocks) != 2 { // those of every sandbox
		t.Errorf("%d stocks, %v", len(list.Stocks), err)
	}
}
