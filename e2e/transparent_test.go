//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// classPath is where Debian has the libraries of the Java client.
const classPath = "/usr/share/java/httpclient.jar:/usr/share/java/httpcore.jar:/usr/share/java/commons-logging.jar:/usr/share/java/commons-codec.jar"

// transparently runs a program under `favord run --transparent`.
func transparently(t *testing.T, state string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, append([]string{"run", "--transparent", "--"}, args...)...)
	command.Env = append(os.Environ(), "FAVORD_STATE_DIR="+state, "FAVORD_LANG=en")
	output, err := command.CombinedOutput()
	return string(output), err
}

// TestProgramsThatReadNoVariableReachTheSandbox: by the names of the real service, each in a
// mount namespace of its own, with its exit code. Without the rights that takes, one sentence
// says so.
func TestProgramsThatReadNoVariableReachTheSandbox(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	start(t, t.TempDir(), state)
	before, err := os.ReadFile("/etc/hosts")
	if err != nil {
		t.Fatal(err)
	}
	if output, err := transparently(t, state, "true"); err != nil {
		if !strings.Contains(output, "--transparent needs root") || os.Geteuid() == 0 && !strings.Contains(output, "capabilities") {
			t.Errorf("%v: %s", err, output)
		}
		t.Logf("not run: %s", output)
		return
	}
	for name, args := range map[string][]string{
		"Java":  {"java", "-cp", classPath, "redirect/Client.java", demoStock},
		"fetch": {"node", "redirect/fetch.mjs", demoStock},
		"curl":  {"sh", "redirect/sample.sh", demoStock},
	} {
		if output, err := transparently(t, state, args...); err != nil || !strings.Contains(output, demoStockName) {
			t.Errorf("%s: %v\n%s", name, err, output)
		}
	}
	if output, err := transparently(t, state, "cat", "/etc/hosts"); err != nil || !strings.Contains(output, "api.mch.weixin.qq.com") || !strings.Contains(output, "localhost") {
		t.Errorf("its hosts: %v\n%s", err, output)
	}
	for code, script := range map[int]string{7: "exit 7", 143: "kill -TERM $$"} {
		_, err := transparently(t, state, "sh", "-c", script)
		if failed, is := errors.AsType[*exec.ExitError](err); !is || failed.ExitCode() != code {
			t.Errorf("%s: %v", script, err)
		}
	}
	after, err := os.ReadFile("/etc/hosts")
	if err != nil || !bytes.Equal(after, before) {
		t.Errorf("the machine's own hosts changed: %v", err)
	}
}

// TestASecondThirdPartyClientPlaysWhatItCan: wechatpay-node-v3, whose HTTP library reads no variable and
// which knows platform certificates only.
func TestASecondThirdPartyClientPlaysWhatItCan(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("axios/node_modules/wechatpay-node-v3"); errors.Is(err, os.ErrNotExist) {
		t.Fatal("the third-party client is not installed: run `make test`, or `npm ci` in e2e/axios")
	}
	state := t.TempDir()
	start(t, t.TempDir(), state, "--key-mode", "certificate")
	if output, err := transparently(t, state, "true"); err != nil {
		t.Skipf("favord run --transparent needs rights that this test does not have: %s", output)
	}
	output, err := transparently(t, state, "node", "axios/nodev3.mjs", demoStock)
	if err != nil || !strings.Contains(output, demoStockName) {
		t.Errorf("%v\n%s", err, output)
	}
}
