package keep_test

import (
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/keep"
)

func TestASpanIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30d": 720 * time.Hour, "168h": 168 * time.Hour, "": 168 * time.Hour, "3660d": 87840 * time.Hour,
	} {
		if got, err := keep.Deliveries.Span("keep", text); got != want || err != nil {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	for span, want := range map[time.Duration]string{0: "0s", 20 * time.Minute: "20m", 36 * time.Hour: "36h", 720 * time.Hour: "30d"} {
		if got := keep.Text(span); got != want {
			t.Errorf("%s is written %s", span, got)
		}
	}
}

func TestASpanThatIsNoneOrTooShortIsRefusedInOneSentence(t *testing.T) {
	t.Parallel()
	for kind, texts := range map[keep.Kind][]string{
		keep.Deliveries: {"6d", "167h59m", "-7d", "week", "d", "3661d", "99999d", "1e3h", "0"},
		keep.Nonces:     {"19m", "0", "20"},
		keep.Sessions:   {"-1s", "1.5d"},
		keep.Journal:    {"59s"},
	} {
		for _, text := range texts {
			_, err := kind.Span("retention."+string(kind), text)
			if err == nil || strings.Count(err.Error(), ".") != 2 || !strings.HasPrefix(err.Error(), "retention."+string(kind)+" must be ") {
				t.Errorf("%s %q: %v", kind, text, err)
			}
		}
	}
}

func TestEveryKindIsKeptAtLeastAsLongAsItMust(t *testing.T) {
	t.Parallel()
	for kind, span := range keep.Usual() {
		if span < kind.Least() {
			t.Errorf("%s is kept for %s", kind, span)
		}
	}
	if len(keep.Usual()) != len(keep.Kinds()) {
		t.Error("a kind has no span")
	}
}
