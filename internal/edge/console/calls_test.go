package console_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/favord/favord/internal/edge/console"
)

func TestACallAsAMerchantMayHaveAnIdempotencyKey(t *testing.T) {
	t.Parallel()
	p := newPort(t, nil)
	var seen []string
	p.Make = func(_ context.Context, c console.Call) (console.Answer, error) {
		seen = append(seen, c.Header.Get("Idempotency-Key"))
		return console.Answer{Status: http.StatusOK}, nil
	}
	target := "/manage/v1/merchants/" + string(p.shop.Stock.Creator) + "/calls"
	for _, key := range []string{"", `,"idempotency_key":"once-1"`} {
		body := `{"method":"POST","target":"/v3/marketing/partnerships/build","body":"{}"` + key + `}`
		if status, got := p.call(http.MethodPost, target, body); status != http.StatusOK {
			t.Fatalf("%s gives %d %v", body, status, got)
		}
	}
	if len(seen) != 2 || seen[0] != "" || seen[1] != "once-1" {
		t.Errorf("the calls had %q", seen)
	}
	body := `{"method":"POST","target":"/v3/marketing/partnerships/build","idempotency_key":"a\nb"}`
	if status, got := p.call(http.MethodPost, target, body); status != http.StatusBadRequest {
		t.Errorf("a line break gives %d %v", status, got)
	}
}
