package sample_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/sandbox/sample"
)

func example() *sample.Call {
	return &sample.Call{
		Method: "POST", Target: "/v3/x?a=1", Body: []byte("{\"名\": \"it's `${x}` \\\\ \\\"\"}\n"),
		Access: sample.Access{
			APIURL: "http://127.0.0.1:1", MchID: "1900000001", SerialNo: "ABCD", PrivateKeyFile: "/k/it's.pem",
			PlatformID: "PUB_KEY_ID_1", PlatformFile: "/k/pub.pem",
		},
	}
}

func TestACallIsWrittenInEveryForm(t *testing.T) {
	t.Parallel()
	for _, language := range sample.Languages() {
		for _, method := range []string{"GET", "POST", "PATCH", "DELETE"} {
			call := example()
			if call.Method = method; method == "GET" || method == "DELETE" {
				call.Body = nil
			}
			text, err := sample.Text(language, call)
			if err != nil {
				t.Fatalf("%s %s: %v", language, method, err)
			}
			if !strings.Contains(text, "x?a=1") || strings.Contains(text, "<no value>") {
				t.Errorf("%s %s:\n%s", language, method, text)
			}
		}
	}
}

// TestWrittenTextKeepsEveryByte asks the languages themselves what they read.
func TestWrittenTextKeepsEveryByte(t *testing.T) {
	t.Parallel()
	want := string(example().Body)
	for language, ask := range map[string]struct{ program, before, from, until, say string }{
		"curl":   {"sh", "body=", "body=", "timestamp=", `printf %s "$body"`},
		"python": {"python3", "BODY =", "BODY =", "def ", "import sys; sys.stdout.write(BODY)"},
		"php":    {"php", "<?php $body =", "'body' =>", ", 'headers'", "; echo $body;"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(ask.program)
			if err != nil {
				t.Skipf("there is no %s here", ask.program)
			}
			text, err := sample.Text(language, example())
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(text, ask.from)
			part, _, _ := strings.Cut(rest, ask.until)
			file := t.TempDir() + "/program"
			if err := os.WriteFile(file, []byte(ask.before+part+ask.say), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := exec.CommandContext(t.Context(), path, file).CombinedOutput()
			if err != nil || string(got) != want {
				t.Errorf("read %q, %v; want %q\n%s%s%s", got, err, want, ask.before, part, ask.say)
			}
		})
	}
}

func TestWhatCannotBeWrittenSaysWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		language string
		change   func(*sample.Call)
	}{
		"an unknown language": {"perl", func(*sample.Call) {}},
		"an upload":           {"curl", func(c *sample.Call) { c.Body = []byte{0xff} }},
		"another method":      {"curl", func(c *sample.Call) { c.Method = "OPTIONS" }},
		"SM2 in Java":         {"java", func(c *sample.Call) { c.IsSM2 = true }},
	} {
		call := example()
		c.change(call)
		_, err := sample.Text(c.language, call)
		if refused := new(fault.Error); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
