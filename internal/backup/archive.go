package backup

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/favord/favord/internal/base/planted"
)

// An archive is a tar of the manifest and then the files that it lists, in its order, compressed
// with gzip: without this program, tar opens it as well.

// maxManifest bounds a manifest, in bytes.
const maxManifest = 1 << 20

// pack writes an archive of files in a directory.
func pack(w io.Writer, m *Manifest, dir string) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	out := tar.NewWriter(compressed)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode manifest: %w", err)
	}
	text = append(text, '\n')
	if err := out.WriteHeader(header(fileManifest, int64(len(text)), m.Mark)); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if _, err := out.Write(text); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	for _, file := range m.Files {
		if err := packFile(out, filepath.Join(dir, file.Name), header(file.Name, file.Size, m.Mark)); err != nil {
			return fmt.Errorf("pack %s: %w", file.Name, err)
		}
	}
	return errors.Join(out.Close(), compressed.Close())
}

func packFile(out *tar.Writer, path string, h *tar.Header) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}

func header(name string, size int64, at time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: at, Format: tar.FormatPAX}
}

// describe says of a file what the manifest has of it.
func describe(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	digest := sha256.New()
	n, err := io.Copy(digest, f)
	return File{Name: filepath.Base(path), Size: n, SHA256: hex.EncodeToString(digest.Sum(nil))}, err
}

// archive is an archive that is being read.
type archive struct {
	path     string
	file     *os.File
	tar      *tar.Reader
	manifest Manifest
}

// open reads the manifest of an archive, and refuses what this release cannot read.
func open(path string) (a *archive, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it was only read
		}
	}()
	compressed, err := gzip.NewReader(f)
	if err != nil {
		return nil, errForeign(path)
	}
	a = &archive{path: path, file: f, tar: tar.NewReader(compressed)}
	h, err := a.tar.Next()
	switch {
	case isCut(err):
		return nil, errDamaged(path)
	case err != nil || h.Name != fileManifest || h.Size > maxManifest:
		return nil, errForeign(path)
	}
	text, err := io.ReadAll(a.tar)
	if err != nil {
		return nil, errDamaged(path)
	}
	if json.Unmarshal(text, &a.manifest) != nil || a.manifest.Program != program {
		return nil, errForeign(path)
	}
	if a.manifest.Format > Format {
		return nil, errNewerFormat(path, a.manifest.Version)
	}
	return a, nil
}

func (a *archive) close() { _ = a.file.Close() } // it was only read

// isCut reports that a file ended where it must not, or has other bytes than were written.
func isCut(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, gzip.ErrChecksum)
}

// unpack writes the files of the archive into a directory, for their owner only, and holds them to
// the manifest.
func (a *archive) unpack(dir string) error {
	for _, want := range a.manifest.Files {
		h, err := a.tar.Next()
		switch {
		case err != nil:
			return errDamaged(a.path)
		case h.Name != want.Name || h.Size != want.Size || !slices.Contains([]string{fileDatabase, fileClock}, h.Name):
			return errForeign(a.path)
		}
		if err := a.unpackFile(filepath.Join(dir, want.Name), want); err != nil {
			return err
		}
	}
	// The rest has the sums of the whole.
	if _, err := a.tar.Next(); !errors.Is(err, io.EOF) {
		return errDamaged(a.path)
	}
	return nil
}

func (a *archive) unpackFile(path string, want File) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	digest := sha256.New()
	source := &reading{Reader: a.tar}
	_, err = io.Copy(io.MultiWriter(f, digest), source)
	if source.failed != nil {
		err = errDamaged(a.path)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if hex.EncodeToString(digest.Sum(nil)) != want.SHA256 && !planted.BackupUnchecked.In() {
		return errDamaged(a.path)
	}
	return nil
}

// reading tells failures of the archive from those of the disk that is written to.
type reading struct {
	io.Reader
	failed error
}

// Read implements io.Reader.
func (r *reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.failed = err
	}
	return n, err
}
