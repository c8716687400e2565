package backup

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/favord/favord/internal/base/fault"
)

// fullDisk takes so many bytes and then none.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		return 0, &os.PathError{Op: "write", Path: "archive", Err: syscall.ENOSPC}
	}
	d.room -= len(p)
	return len(p), nil
}

func TestAFullDiskIsSaidWhereverItIsMet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileDatabase), make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := describe(filepath.Join(dir, fileDatabase))
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Program: program, Files: []File{file}}
	whole := &fullDisk{room: 1 << 20}
	if err := pack(whole, m, dir); err != nil {
		t.Fatal(err)
	}
	for room := range 1<<20 - whole.room {
		refusal, is := errors.AsType[*fault.Error](explain(pack(&fullDisk{room: room}, m, dir), "/backups/one"))
		if !is || refusal.Text.EN != "The disk of /backups/one is full, and nothing was left there; free some space or choose another place." {
			t.Fatalf("with room for %d bytes: %v", room, refusal)
		}
	}
}
