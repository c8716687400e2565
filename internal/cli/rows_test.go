package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/favord/favord/favordtest"
	"github.com/favord/favord/internal/cli/term"
	"github.com/favord/favord/wire/manage"
)

// triggered makes an event happen by the command line, and returns what it prints and the callback.
func triggered(t *testing.T, s *favordtest.Sandbox, inbox *favordtest.Inbox, event string) (printed string, e favordtest.Event) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ready.json")
	if err := os.WriteFile(file, s.Environment, 0o600); err != nil {
		t.Fatal(err)
	}
	out, said, code := answer(t, t.TempDir(), "", "trigger", event, "--env", file, "-o", "json")
	if code != term.ExitDone {
		t.Fatalf("%d\n%s", code, said)
	}
	return out, inbox.Wait(func(e favordtest.Event) bool { return e.EventType == event })
}

// The rows of the wire (TestTheRowsOfTheWire) that a callback shows, and what triggers it.
func TestTheRowsOfCallbacks(t *testing.T) {
	t.Parallel()
	t.Run("row 08: attach_info is absent where there is none, and an empty text on demand", func(t *testing.T) {
		t.Parallel()
		s := favordtest.Start(t)
		inbox, once := s.Callbacks(), int64(1)
		if _, e := triggered(t, s, inbox, "COUPON.SEND"); strings.Contains(string(e.Plaintext), "attach_info") {
			t.Errorf("%s", e.Plaintext)
		}
		s.Fault(manage.AddFaultRequest{Kind: "CALLBACK_EMPTY_ATTACH_INFO", Count: &once})
		if _, e := triggered(t, s, inbox, "COUPON.SEND"); !strings.Contains(string(e.Plaintext), `"attach_info":""`) {
			t.Errorf("%s", e.Plaintext)
		}
	})
	t.Run("row 23: a payment has 28 digits, and the callback of a demo stock an openid", func(t *testing.T) {
		t.Parallel()
		s := favordtest.Start(t)
		inbox := s.Callbacks()
		printed, used := triggered(t, s, inbox, "COUPON.USE")
		var paid struct {
			TransactionID string `json:"transaction_id"`
		}
		if err := json.Unmarshal([]byte(printed), &paid); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^4200\d{24}$`).MatchString(paid.TransactionID) || !strings.Contains(string(used.Plaintext), paid.TransactionID) {
			t.Errorf("%s\n%s", printed, used.Plaintext)
		}
		if _, sent := triggered(t, s, inbox, "COUPON.SEND"); sent.Send.OpenID != s.OpenID {
			t.Errorf("%s", sent.Plaintext)
		}
	})
}
