package serve

import (
	"testing"

	"github.com/favord/favord/internal/store/memstore"
)

func TestEveryInvariantHasAChineseName(t *testing.T) {
	t.Parallel()
	list, err := memstore.New().Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		if invariants()[one.Name] == "" {
			t.Errorf("%q has no Chinese name", one.Name)
		}
	}
}
