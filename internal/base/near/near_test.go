package near_test

import (
	"testing"

	"github.com/favord/favord/internal/base/near"
)

func TestTheNearestWordIsFoundUnlessItIsFar(t *testing.T) {
	t.Parallel()
	list := []string{"RULE_LIMIT", "PARAM_ERROR", "SIGN_ERROR", "NO_AUTH"}
	for word, want := range map[string]string{
		"RULE_LIMIT": "RULE_LIMIT", "RULELIMIT": "RULE_LIMIT", "RULE_LIMITS": "RULE_LIMIT", "PRAAM_ERROR": "PARAM_ERROR",
		"SIGN_EROR": "SIGN_ERROR", "NOAUTH": "NO_AUTH", "": "", "X": "", "SOMETHING_ELSE": "", "签名错误": "",
	} {
		if got := near.Word(word, list); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
