// Package web holds the console's pages as they were built from the sources beside it, so that
// the binary serves them without Node. `make web` builds them.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built pages: index.html, and what it loads below assets.
func Files() (fs.FS, error) { return fs.Sub(dist, "dist") }
