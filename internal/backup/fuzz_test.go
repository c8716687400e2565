package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/favord/favord/internal/backup"
)

// FuzzAnArchiveIsPutBackWholeOrNotAtAll restores whatever somebody may have written into an archive:
// what is refused leaves nothing behind, within the data directory and beside it.
func FuzzAnArchiveIsPutBackWholeOrNotAtAll(f *testing.F) {
	const manifest = `{"program":"favord","format":1,"version":"1","mark":"2026-12-05T12:00:00Z","mode":"sandbox","schema":1,` +
		`"files":[{"name":"favord.db","size":1,"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}],"rows":{}}`
	f.Add([]byte(manifest), "manifest.json", "favord.db", []byte("x"), uint16(0))
	f.Add([]byte(manifest), "manifest.json", "../favord.db", []byte("x"), uint16(0))
	f.Add([]byte(manifest), "manifest.json", "/tmp/favord.db", []byte("x"), uint16(40))
	f.Add([]byte(`{"program":"favord","format":99}`), "manifest.json", "clock.json", []byte("{}"), uint16(0))
	f.Add([]byte(`{"program":"favord","files":[{"name":"clock.json","size":-1}]}`), "manifest.json", "clock.json", []byte(""), uint16(3))
	f.Add([]byte(`[]`), "x", "", []byte(nil), uint16(1))
	f.Fuzz(func(t *testing.T, manifest []byte, first, name string, content []byte, cut uint16) {
		dir := t.TempDir()
		path := filepath.Join(dir, "favord-1.tar.gz")
		text := archived(manifest, first, name, content)
		text = text[:len(text)-min(int(cut), len(text))]
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), path, backup.Place{DataDir: filepath.Join(dir, "data")}); err == nil {
			return // a good one, which is for other tests
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 {
			t.Errorf("%v are left, %v", left, err)
		}
	})
}

// archived is an archive as it was asked for, which may be none.
func archived(manifest []byte, first, name string, content []byte) []byte {
	var text bytes.Buffer
	compressed := gzip.NewWriter(&text)
	out := tar.NewWriter(compressed)
	for _, file := range []struct {
		name    string
		content []byte
	}{{first, manifest}, {name, content}} {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: file.name, Size: int64(len(file.content)), Mode: 0o600, ModTime: time.Unix(0, 0)}
		if out.WriteHeader(h) == nil {
			_, _ = out.Write(file.content)
		}
	}
	_ = out.Close()
	_ = compressed.Close()
	return text.Bytes()
}
