package merchant_test

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/favord/favord/internal/rule/merchant"
)

// TestEveryPermissionCanBeGranted reads the source: a permission that is missing from the
// list could be granted to nobody.
func TestEveryPermissionCanBeGranted(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("merchant.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`Permission = "([A-Z_]+)"`).FindAllSubmatch(source, -1)
	if len(declared) == 0 {
		t.Fatal("no permission is declared")
	}
	for _, found := range declared {
		if !slices.Contains(merchant.AllPermissions(), merchant.Permission(found[1])) {
			t.Errorf("%s is not in AllPermissions", found[1])
		}
	}
}

func TestAnUnknownPermissionIsRefused(t *testing.T) {
	t.Parallel()
	if list, err := merchant.CheckPermissions([]string{"ISSUE_BY_API"}); err != nil || !slices.Equal(list, []merchant.Permission{merchant.IssueByAPI}) {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := merchant.CheckPermissions([]string{"ISSUE_BY_API", "FLY"}); !errors.Is(err, merchant.ErrPermission) {
		t.Errorf("gives %v", err)
	}
}
