package operator_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/operator"
)

func TestWhatARoleIsNotGivenItMayNotDo(t *testing.T) {
	t.Parallel()
	for _, d := range operator.Duties() {
		if operator.May(nil, d) || operator.May([]operator.Role{"GUEST"}, d) {
			t.Errorf("somebody without a role has the duty %s", d)
		}
	}
	for _, r := range operator.Roles() {
		if operator.May([]operator.Role{r}, "") || operator.May([]operator.Role{r}, "OTHER") {
			t.Errorf("%s has a duty that there is none of", r)
		}
	}
}

func TestOnlyAdminsSayWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	for duty, want := range map[operator.Duty][]operator.Role{
		operator.Operators: {operator.Admin},
		operator.Audit:     {operator.Maintainer, operator.Auditor, operator.Admin},
		operator.Money:     {operator.Finance, operator.Admin},
		operator.Enroll:    {operator.Maintainer, operator.Admin},
		operator.Basic:     operator.Roles(),
	} {
		if diff := cmp.Diff(want, operator.With(duty)); diff != "" {
			t.Errorf("who has %s (-want +got):\n%s", duty, diff)
		}
	}
}

func TestSeveralRolesHaveTheDutiesOfAll(t *testing.T) {
	t.Parallel()
	got := operator.DutiesOf([]operator.Role{operator.Redeemer, operator.Viewer})
	if diff := cmp.Diff([]operator.Duty{operator.Basic, operator.Look, operator.Find, operator.Redeem}, got); diff != "" {
		t.Errorf("duties (-want +got):\n%s", diff)
	}
}

func TestARoleThatThereIsNoneOfIsRefused(t *testing.T) {
	t.Parallel()
	for _, texts := range [][]string{nil, {"ROOT"}, {"VIEWER", ""}, {"viewer"}} {
		if _, err := operator.CheckRoles(texts); !errors.Is(err, operator.ErrRole) {
			t.Errorf("%v gives %v", texts, err)
		}
	}
	got, err := operator.CheckRoles([]string{"AUDITOR", "VIEWER", "AUDITOR"})
	if err != nil || !slices.Equal(got, []operator.Role{operator.Viewer, operator.Auditor}) {
		t.Errorf("roles are %v, %v", got, err)
	}
}

// TestThePagesHaveTheTableOfRoles: what operators read is what holds.
func TestThePagesHaveTheTableOfRoles(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"../../../docs/operators.md", "../../../docs/operators.zh-CN.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, duty := range operator.Duties() {
			if duty == operator.Basic {
				continue
			}
			want := ""
			for _, role := range operator.Roles() {
				if want += " |"; operator.May([]operator.Role{role}, duty) {
					want += " ●"
				}
			}
			row := regexp.MustCompile(`(?m)^\| ` + string(duty) + `[:：][^|]*`).FindString(string(text))
			if !strings.Contains(string(text), strings.TrimSuffix(row, " ")+want+" |\n") {
				t.Errorf("%s: %s is not %s", page, duty, want)
			}
		}
	}
}
