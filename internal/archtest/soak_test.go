package archtest

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestEveryGroupOfSoakHasItsTests holds the names in scripts/soak.sh and the tests together.
func TestEveryGroupOfSoakHasItsTests(t *testing.T) {
	t.Parallel()
	groups := regexp.MustCompile(`(?m)^soak "(.+)" (\S+) '?([^'\s]+)`).FindAllStringSubmatch(read(t, "../../scripts/soak.sh"), -1)
	const least = 15
	if len(groups) < least {
		t.Fatalf("soak has %d groups", len(groups))
	}
	tests := testFunctions(t)
	for _, g := range groups {
		what, dir, run := g[1], g[2], regexp.MustCompile(g[3])
		found := false
		for name := range tests {
			in, test, _ := strings.Cut(name, " ")
			found = found || in == dir && run.MatchString(test)
		}
		if !found {
			t.Errorf("%s: no test of %s matches %s", what, dir, run)
		}
	}
}

// TestSoakSaysWhatTestsDidAndWhyTheyFail shows its script the output of a run.
func TestSoakSaysWhatTestsDidAndWhyTheyFail(t *testing.T) {
	t.Parallel()
	const output = `=== RUN   TestSale/postgres
    sale_test.go:7: 40 of 400 crashes
    sale_test.go:9: proof P1: 400 crashes: none lost
=== NAME  TestSale/sqlite
    sale_test.go:7: 20 of 400 crashes
    sale_test.go:9: proof P1: 400 crashes: none lost
=== NAME  TestSale/one_by_one
    sale_test.go:5: n12 is lost:
        a difference
--- FAIL: TestSale (0.10s)
    --- FAIL: TestSale/one_by_one (0.10s)
`
	for want, said := range map[string]string{
		"did":    "postgres, sqlite: 400 crashes: none lost\n",
		"failed": "TestSale/one_by_one\n    n12 is lost:\n            a difference\n",
	} {
		command := exec.CommandContext(t.Context(), "awk", "-v", "want="+want, "-f", "../../scripts/soak.awk")
		command.Stdin = strings.NewReader(output)
		if got, err := command.CombinedOutput(); err != nil || string(got) != said {
			t.Errorf("%s: got %q, want %q, %v", want, got, said, err)
		}
	}
}
