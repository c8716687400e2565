// Package backup makes archives of a database on SQLite while a server is at work on it, proves
// them, puts them back, and forgets old ones. It knows the files of a data directory and nothing
// of what the tables mean, so that it does not change with them. Keys are never in an archive.
package backup

import (
	"time"

	"github.com/favord/favord/internal/store"
)

// Names of the files of a data directory, which an archive has by the same names.
const (
	fileDatabase = "favord.db"
	// fileClock is the business time of a sandbox.
	fileClock    = "clock.json"
	fileManifest = "manifest.json"
)

// Format is the newest form of an archive that this release reads, and the one that it writes.
const Format = 1

// Manifest says what is in an archive. It is the first of its files.
type Manifest struct {
	// Program is "favord".
	Program string `json:"program"`
	Format  int    `json:"format"`
	// Version is that of the program that made the archive.
	Version string `json:"version"`
	// Mark is when the copy began: what was acknowledged before is in it.
	Mark time.Time  `json:"mark"`
	Mode store.Mode `json:"mode"`
	// Schema is the version of the database's schema.
	Schema int    `json:"schema"`
	Files  []File `json:"files"`
	// Rows are how many each table has.
	Rows map[string]int64 `json:"rows"`
	// Keys are what the secrets in the database are sealed with: fingerprints, no keys.
	Keys []Key `json:"sealing_keys"`
}

// File is a file of an archive.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Key is a key-encryption key, by what tells it from others.
type Key struct {
	Generation  int    `json:"generation"`
	Fingerprint string `json:"fingerprint"`
}

// Total is how many rows there are.
func (m *Manifest) Total() (n int64) {
	for _, rows := range m.Rows {
		n += rows
	}
	return n
}

// fingerprints tell the keys apart.
func (m *Manifest) fingerprints() []string {
	list := make([]string, len(m.Keys))
	for i, k := range m.Keys {
		list[i] = k.Fingerprint
	}
	return list
}
