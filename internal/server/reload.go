package server

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/store"
)

// Changeable is what may change while a server runs.
type Changeable struct {
	// ManageToken, Pages and Misses are those of Config.
	ManageToken string
	Pages       Pages
	Misses      Misses
}

// Reload takes up what has changed, and reads the files of keys and certificates again. An error says
// which of them could not be read; the former one then stays in force.
func (s *Server) Reload(ctx context.Context, c Changeable) error {
	s.console.SetToken(c.ManageToken)
	s.pagesEdge.SetRates(c.Pages.rates())
	s.apiEdge.SetMisses(httpapi.Misses(c.Misses))
	errs := []error{s.keyring.Renew(ctx)}
	for _, one := range s.certificates {
		errs = append(errs, one.reread())
	}
	return errors.Join(errs...)
}

// CheckFiles reports what is wrong with the files that a server would read, other than its
// database.
func CheckFiles(c *Config) error {
	path := c.KeyFile
	if path == "" {
		path = filepath.Join(c.DataDir, "kek")
	}
	if c.Mode == store.Production {
		if _, err := keyring.LoadSealer(path); err != nil {
			return err
		}
	}
	for _, files := range []TLSFiles{c.TLS, c.ManageTLS} {
		one := &certificate{files: files, clock: c.Clock}
		if files.given() {
			if err := one.load(); err != nil {
				return err
			}
		}
	}
	return nil
}
