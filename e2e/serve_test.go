package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/favord/favord/internal/store/pgtest"
	"github.com/favord/favord/wire/busifavor"
)

// TestServeSaysWhyItIsNotReady runs a server from a configuration file on a PostgreSQL of
// its own, takes the database away, and gives it back.
func TestServeSaysWhyItIsNotReady(t *testing.T) {
	t.Parallel()
	cluster, err := pgtest.Start(t.Context(), pgtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Stop() })
	p := serveOn(t, cluster)
	stock := createStock(t, p)
	send := func(number string) error {
		_, err := p.caller(t).BusiFavor().SendCoupon(t.Context(), p.send(stock, number))
		return err
	}
	if err := send("serve0001"); err != nil || p.ready(t) != "200 ready\n" {
		t.Fatalf("%v, %s", err, p.ready(t))
	}
	if err := cluster.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := send("serve0002"); !strings.Contains(fmt.Sprint(err), "SYSTEM_ERROR") {
		t.Errorf("without its database the server answers %v", err)
	}
	if got := p.ready(t); !strings.HasPrefix(got, "503 not ready: ") {
		t.Errorf("ready: %s", got)
	}
	if err := cluster.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	for p.ready(t) != "200 ready\n" { // it heals by itself
		if t.Context().Err() != nil {
			t.Fatal("it does not come back")
		}
	}
	if err := send("serve0002"); err != nil {
		t.Errorf("after the database came back: %v", err)
	}
	shown, err := p.caller(t).BusiFavor().GetStock(t.Context(), &busifavor.GetStockRequest{StockID: stock})
	if err != nil || shown.SendCountInformation.TotalSendNum != 2 {
		t.Errorf("the stock shows %+v, %v", shown, err)
	}
}

// serveOn starts `favord serve` with a file of its own.
func serveOn(t *testing.T, cluster *pgtest.Cluster) *process {
	t.Helper()
	return serveFile(t, t.TempDir(), fmt.Sprintf("database: {url: %q}", cluster.Empty(t)))
}

// serveFile starts `favord serve` as a sandbox with a file in a directory, which says more.
func serveFile(t *testing.T, dir string, more ...string) *process {
	t.Helper()
	return serveFileWith(t, binary, dir, more...)
}

// serveFileWith is serveFile for another release of the program.
func serveFileWith(t *testing.T, program, dir string, more ...string) *process {
	t.Helper()
	state := t.TempDir()
	file := filepath.Join(state, "favord.yaml")
	lines := append([]string{
		"mode: sandbox", "api: 127.0.0.1:0", "manage: 127.0.0.1:0", "data: " + dir, "log: {level: error}",
	}, more...)
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := serveWith(program, state, "serve", "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// ready asks the management port.
func (p *process) ready(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.ManageURL+"/readyz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(answer.StatusCode, " ", string(body))
}
