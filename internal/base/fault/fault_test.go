package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/favord/favord/internal/base/fault"
)

func TestARefusalIsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	refused := fault.New(fault.NotFound, "批次不存在", "The stock does not exist.")
	err := fmt.Errorf("load stock 1: %w", refused.At("stock_id", "1"))
	if !errors.Is(err, refused) {
		t.Error("a located copy is not the refusal any more")
	}
	if got := fault.Of(err); got.Field != "stock_id" || got.Value != "1" || got.Kind != fault.NotFound {
		t.Errorf("Of gives %+v", got)
	}
	if refused.Field != "" {
		t.Error("At changed the original")
	}
}

func TestAnythingElseIsInternalAndMute(t *testing.T) {
	t.Parallel()
	for _, err := range []error{io.ErrUnexpectedEOF, fmt.Errorf("secret: %w", io.EOF), nil} {
		if got := fault.Of(err); got.Kind != fault.Internal || got.Text.EN == "" || got.Text.ZH == "" {
			t.Errorf("Of(%v) = %+v", err, got)
		}
	}
}

func TestKindsAreAllListed(t *testing.T) {
	t.Parallel()
	kinds := fault.Kinds()
	if kinds[0] != fault.Internal || kinds[len(kinds)-1] != fault.Unauthenticated {
		t.Errorf("Kinds() = %v", kinds)
	}
}
