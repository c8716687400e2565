package server

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/favord/favord/internal/edge/httpapi"
	"github.com/favord/favord/internal/platform/keyring"
	"github.com/favord/favord/internal/store"
)

// Changeable is what may change while a server runs.
type Changeable struct {
	// ManageToken, Pages and Misses are those of Config; ManageTokenFile is where the token came from.
	ManageToken     string
	ManageTokenFile string
	Pages           Pages
	Misses          Misses
}

// Reread is a file that was read again.
type Reread struct {
	// Key is the key of the configuration that names the file.
	Key, File string
	// Before and Now name what counted and what counts, by serial numbers and fingerprints; they
	// are empty for a token, of which nothing can be told.
	Before, Now string
	// Changed is whether the file holds something else than before.
	Changed bool
}

// Reload takes up what has changed, and reads the files of keys and certificates again. An error says
// which of them could not be read; everything then stays as it was.
func (s *Server) Reload(ctx context.Context, c Changeable) ([]Reread, error) {
	fresh := make(map[string]*reading, len(s.certificates))
	var errs []error
	for name, one := range s.certificates {
		read, err := one.files.read()
		fresh[name] = read
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	before := s.keyring.SealedBy()
	if err := s.keyring.Renew(ctx); err != nil {
		return nil, err
	}
	var list []Reread
	if path := s.keyring.KeyFile(); path != "" {
		list = append(list, rereadOf("key_file", path, strings.Join(before, " "), strings.Join(s.keyring.SealedBy(), " ")))
	}
	for _, name := range slices.Sorted(maps.Keys(s.certificates)) {
		one := s.certificates[name]
		list = append(list, rereadOf(name+".certificate", one.files.Certificate, one.take(fresh[name]), fresh[name].name()))
	}
	s.pagesEdge.SetRates(c.Pages.rates())
	s.apiEdge.SetMisses(httpapi.Misses(c.Misses))
	if replaced := s.console.SetToken(c.ManageToken); c.ManageTokenFile != "" || replaced {
		list = append(list, Reread{Key: "manage_token_file", File: c.ManageTokenFile, Changed: replaced})
	}
	return list, nil
}

func rereadOf(key, file, before, now string) Reread {
	return Reread{Key: key, File: file, Before: before, Now: now, Changed: before != now}
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
		if !files.given() {
			continue
		}
		if _, err := files.read(); err != nil {
			return err
		}
	}
	return nil
}
