package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/favord/favord/client"
	"github.com/favord/favord/internal/size"
	"github.com/favord/favord/wire/manage"
)

// TestAnImportOfCodesGoesOnAcrossKill9 kills the server again and again while it imports a file, and
// counts the codes at the end.
func TestAnImportOfCodesGoesOnAcrossKill9(t *testing.T) {
	t.Parallel()
	kills := size.Counts{Usual: 2, Hour: 10, Night: 20}
	onBothEngines(t, engineCounts{kills, kills}, importAcrossKills)
}

func importAcrossKills(t *testing.T, kills int, more ...string) {
	t.Helper()
	const codes = 12_000
	dir, state := t.TempDir(), t.TempDir()
	p := start(t, dir, state, more...)
	req := stockRequest(p)
	req.CouponCodeMode = "MERCHANT_UPLOAD"
	created, err := p.caller(t).BusiFavor().CreateStock(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	stock := created.StockID
	id := p.bring(t, stock, codes)
	until := func(done int64, phases ...string) { p.await(t, stock, done, phases...) }
	until(0, "READY")
	if _, err := p.manager(t).RunCodeImport(t.Context(), &manage.CodeImportRequest{StockID: stock, ImportID: id}); err != nil {
		t.Fatal(err)
	}
	for n := range kills {
		until(int64(500*(n+1)), "RUNNING", "DONE")
		p.kill()
		p = start(t, dir, state, more...)
	}
	until(codes, "DONE")
	got, err := p.manager(t).CodeImport(t.Context(), &manage.StockRequest{StockID: stock})
	if err != nil || got.Stored != codes || got.Existed != 0 || got.Wrong != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	shown, err := p.manager(t).Stock(t.Context(), &manage.StockRequest{StockID: stock})
	if err != nil || shown.Codes != codes || shown.FreeCodes != codes {
		t.Errorf("%+v, %v", shown, err)
	}
	p.checkInvariants(t, dir, more...)
	t.Logf("%d kills while %d codes were imported: each is there once", kills, codes)
}

func (p *process) manager(t *testing.T) *client.Management {
	t.Helper()
	m, err := client.NewManagement(client.ManagementConfig{BaseURL: p.ManageURL})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bring uploads a file of codes, one of which comes twice, and returns the import.
func (p *process) bring(t *testing.T, stock string, codes int) string {
	t.Helper()
	const most = 100_000
	var text strings.Builder
	text.WriteString("KILL-1\n")
	for n := range codes {
		fmt.Fprintf(&text, "KILL-%d\n", n)
	}
	file := text.String()
	i, err := p.manager(t).BeginCodeImport(t.Context(), &manage.BeginCodeImportRequest{
		StockID: stock, Name: "codes.txt", Print: "0123456789", Size: int64(len(file)),
	})
	for err == nil && i.Received < i.Size {
		part := file[i.Received:min(i.Received+most, i.Size)]
		i, err = p.manager(t).AddCodePart(t.Context(), &manage.AddCodePartRequest{
			StockID: stock, ImportID: i.ImportID, Offset: i.Received, Content: base64.StdEncoding.EncodeToString([]byte(part)),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return i.ImportID
}

// await waits until an import is in one of some phases and has brought so many codes.
func (p *process) await(t *testing.T, stock string, done int64, phases ...string) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		i, err := p.manager(t).CodeImport(t.Context(), &manage.StockRequest{StockID: stock})
		if err != nil {
			t.Fatal(err)
		}
		for _, phase := range phases {
			if i.Phase == phase && i.Done >= done {
				return
			}
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the import stays %+v", i)
		case <-ticker.C:
		}
	}
}
