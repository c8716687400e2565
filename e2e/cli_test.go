package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // scripts change a database behind the program's back
)

// TestTheCommandLineDoesWhatItsScriptsSay runs testdata/*.txtar against the binary.
// Besides the usual commands a script has:
//
//	sandbox DIR [FLAG…]  start a sandbox in DIR; its environment is in $ENV_FILE
//	serve FILE           start a server as a configuration file says
//	stop                 end it with SIGTERM, which must succeed
//	sqlite DIR SQL       change its database
//	certificate MCHID CERTIFICATE KEY
//	                     make a key for a merchant, with a certificate
//	browse METHOD ADDRESS
//	                     open an address, or that in a file, and print status and page
//	receiver STATUS      start a program that answers with a status, at $RECEIVER_URL
func TestTheCommandLineDoesWhatItsScriptsSay(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("FAVORD_STATE_DIR", filepath.Join(e.WorkDir, "state"))
			e.Setenv("FAVORD_LANG", "en")
			e.Values[running{}] = &running{}
			return errors.Join(os.Mkdir(filepath.Join(e.WorkDir, "state"), 0o700), drawLogo(filepath.Join(e.WorkDir, "logo.png")))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sandbox": sandboxCommand, "serve": serveCommand, "halt": haltCommand, "sqlite": sqliteCommand,
			"certificate": certificateCommand, "browse": browseCommand, "receiver": receiverCommand,
		},
	})
}

// drawLogo writes the image that every script finds.
func drawLogo(path string) error {
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 120, 120))); err != nil {
		return err
	}
	return os.WriteFile(path, logo.Bytes(), 0o600)
}

// running is the sandbox of a script.
type running struct{ *process }

func sandboxCommand(ts *testscript.TestScript, _ bool, args []string) {
	p, err := launch(ts.MkAbs(args[0]), ts.Getenv("FAVORD_STATE_DIR"), args[1:]...)
	ts.Check(err)
	started(ts, p)
}

func serveCommand(ts *testscript.TestScript, _ bool, args []string) {
	p, err := serve(ts.Getenv("FAVORD_STATE_DIR"), "serve", "--config", ts.MkAbs(args[0]))
	ts.Check(err)
	started(ts, p)
}

// started tells the script how to reach a server.
func started(ts *testscript.TestScript, p *process) {
	ts.Defer(p.kill)
	ts.Value(running{}).(*running).process = p
	ts.Setenv("ENV_FILE", filepath.Join(ts.Getenv("FAVORD_STATE_DIR"), "ready.json"))
	ts.Setenv("MANAGE_URL", p.ManageURL)
	ts.Setenv("MANAGE_FILE", filepath.Join(ts.Getenv("FAVORD_STATE_DIR"), "manage"))
	ts.Check(os.WriteFile(ts.Getenv("MANAGE_FILE"), []byte(p.ManageURL), 0o600))
	ts.Setenv("API_URL", p.APIURL)
	ts.Setenv("PROXY_URL", p.ProxyURL)
	ts.Setenv("API_ADDRESS", strings.TrimPrefix(p.APIURL, "http://"))
}

// haltCommand ends the sandbox. (The command stop of testscript ends the script.)
func haltCommand(ts *testscript.TestScript, _ bool, _ []string) {
	p := ts.Value(running{}).(*running)
	if err := p.stop(); err != nil {
		ts.Fatalf("the sandbox ends with %v\n%s", err, p.errors.String())
	}
}

func sqliteCommand(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "favord.db"))
	ts.Check(err)
	_, err = db.ExecContext(context.Background(), strings.Join(args[1:], " "))
	ts.Check(err)
	ts.Check(db.Close())
}
