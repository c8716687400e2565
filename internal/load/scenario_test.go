package load

import (
	"context"
	"crypto/rsa"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/favord/favord/apiv3"
	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox"
	"github.com/favord/favord/internal/server"
	"github.com/favord/favord/internal/store"
)

// startSandbox runs a sandbox and returns how to load it.
func startSandbox(t *testing.T) Target {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Mode: store.Sandbox, DataDir: t.TempDir(), APIAddress: "127.0.0.1:0", ManageAddress: "127.0.0.1:0",
		Unlimited: true, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Sandbox(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return targetOf(t, &e)
}

func targetOf(t *testing.T, e *sandbox.Environment) Target {
	t.Helper()
	key, err := apiv3.ParseRSAPrivateKey(readFile(t, e.PrivateKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	public, err := apiv3.ParseRSAPublicKey(readFile(t, e.PublicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := client.New(client.Config{
		BaseURL: e.APIURL, MchID: e.MchID, SerialNo: e.SerialNo, PrivateKey: key,
		PlatformKeys: map[string]*rsa.PublicKey{e.PublicKeyID: public}, WechatpaySerial: e.PublicKeyID,
	})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewSigner(e.SerialNo, key)
	if err != nil {
		t.Fatal(err)
	}
	return Target{
		BaseURL: e.APIURL, Credential: apiv3.Credential{Identity: e.MchID, Signer: signer},
		Client: caller, AppID: e.AppID, Clock: clock.System{},
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryScenarioHoldsTheServerToItsWord(t *testing.T) {
	t.Parallel()
	target := startSandbox(t)
	for _, sc := range Scenarios() {
		s := newSession(&target, Plan{Rate: 200, Duration: 300 * time.Millisecond, Clients: 32}, Options{
			Say: func(text fault.Text) { t.Log(text.EN) },
		})
		s.pace = pace{capacity: 200 * time.Millisecond, before: 100 * time.Millisecond, after: 500 * time.Millisecond}
		s.caller.users = 40
		report, err := s.play(t.Context(), sc)
		if err != nil {
			t.Fatalf("%s: %v", sc.Name, err)
		}
		report.expectSound(t)
		if report.Overload != nil && !t.Failed() {
			t.Logf("proof P14: asked for ten times what it can, the server answers 200 or 429 and %d of %d checks hold",
				len(report.Proofs), len(report.Proofs))
		}
		if (report.Overload != nil) != (sc.Name == "overload") || report.Signed == 0 {
			t.Errorf("%s: %+v", sc.Name, report)
		}
	}
}

func (r *Report) expectSound(t *testing.T) {
	t.Helper()
	if len(r.Phases) == 0 || len(r.Proofs) != 3 {
		t.Fatalf("%s has %d phases and %d proofs", r.Scenario.Name, len(r.Phases), len(r.Proofs))
	}
	for _, p := range r.Proofs {
		if !p.Holds {
			t.Errorf("%s: it does not hold that %s: %s", r.Scenario.Name, p.Title.EN, p.Found.EN)
		}
	}
	for _, phase := range r.Phases {
		if phase.Result.Successes() == 0 {
			t.Errorf("%s: %s had no success: %v", r.Scenario.Name, phase.Name, phase.Result.Answers())
		}
		for _, a := range phase.Result.Answers() {
			if expected := map[int]bool{200: true, 429: r.Overload != nil, 403: r.Scenario.Name == "flash"}; !expected[a.Status] {
				t.Errorf("%s: %s was answered %+v", r.Scenario.Name, phase.Name, a)
			}
		}
	}
}

func TestAFlashSaleSellsOut(t *testing.T) {
	t.Parallel()
	target := startSandbox(t)
	report, err := Play(t.Context(), target, "flash", Plan{Rate: 100, Duration: 500 * time.Millisecond, Clients: 32}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := report.Phases[0].Result.Answers()
	if !slices.Equal(got, []Answer{{Status: 200, Count: 45}, {Status: 403, Code: "RULE_LIMIT", Count: 5}}) {
		t.Errorf("answers %+v", got)
	}
}

func TestAnUnknownScenarioIsRefused(t *testing.T) {
	t.Parallel()
	plan := Plan{Rate: 1, Duration: time.Second, Clients: 1}
	if _, err := Play(t.Context(), Target{}, "none", plan, Options{}); fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
	if _, err := Play(t.Context(), Target{}, "hot", Plan{}, Options{}); fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
}

func TestABookFindsWhatNobodyMayGet(t *testing.T) {
	t.Parallel()
	answer := func(code string) []byte { return []byte(`{"send_coupon_result":{"coupon_code":"` + code + `"}}`) }
	b := newBook()
	for _, step := range []struct {
		number, code string
		wrong        bool
	}{
		{"1", "A", false},
		{"1", "A", false},
		{"2", "B", false},
		{"1", "C", true}, // another coupon for a repeat
		{"3", "B", true}, // one coupon for two
		{"4", "", true},
	} {
		if err := b.enter(grant{stock: "s", number: step.number}, answer(step.code)); (err != nil) != step.wrong {
			t.Errorf("%s with %s: %v", step.number, step.code, err)
		}
	}
	if n := b.count("s"); n != 2 {
		t.Errorf("%d acknowledged", n)
	}
}
