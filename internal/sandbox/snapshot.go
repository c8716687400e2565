package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/favord/favord/internal/base/clock"
	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/store"
)

// MaxSnapshots is how many snapshots a sandbox keeps.
const MaxSnapshots = 50

// Snapshots keep states of a sandbox under names: everything in its database and its
// business time. It is safe for concurrent use.
type Snapshots struct {
	// Dir is where they are kept.
	Dir    string
	Store  store.Store
	Travel *clock.Travel

	mu sync.Mutex
}

// Snapshot is a state that was kept.
type Snapshot struct {
	Name  string
	Taken time.Time
	// Size is that of its file in bytes.
	Size int64
}

// Refusals of a snapshot.
var (
	ErrNoSnapshot = fault.New(fault.NotFound, "没有这个快照", "There is no such snapshot.")
	errName       = fault.New(fault.Invalid,
		"快照名须为1到64个小写字母、数字、“-”或“_”，且以字母或数字开头",
		"The name of a snapshot has 1 to 64 lower-case letters, digits, - or _, and begins with a letter or a digit.").At("name", "")
	errManySnapshots = fault.New(fault.Refused,
		fmt.Sprintf("快照最多 %d 个，请先删除", MaxSnapshots), fmt.Sprintf("There are at most %d snapshots; remove some first.", MaxSnapshots))
	errNoCopy = fault.New(fault.Refused,
		"快照只支持SQLite沙箱；PostgreSQL请用pg_dump", "Only a sandbox on SQLite has snapshots; with PostgreSQL use pg_dump.")
)

const (
	databaseSuffix = ".db"
	clockSuffix    = ".clock.json"
)

// file checks a name and returns where its files begin.
func (s *Snapshots) file(name string) (string, error) {
	if !isName(name) {
		return "", errName.At("name", name)
	}
	return filepath.Join(s.Dir, name), nil
}

func (s *Snapshots) copier() (store.Copier, error) {
	c, can := s.Store.(store.Copier)
	if !can {
		return nil, errNoCopy
	}
	return c, nil
}

// Save keeps the present state under a name, in place of what was kept under it before.
func (s *Snapshots) Save(ctx context.Context, name string) (Snapshot, error) {
	path, err := s.file(name)
	if err != nil {
		return Snapshot{}, err
	}
	copier, err := s.copier()
	if err != nil {
		return Snapshot{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.list()
	if err != nil {
		return Snapshot{}, err
	}
	if len(list) >= MaxSnapshots && !slices.ContainsFunc(list, func(one Snapshot) bool { return one.Name == name }) {
		return Snapshot{}, errManySnapshots
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return Snapshot{}, fmt.Errorf("snapshots: %w", err)
	}
	if err := s.save(ctx, copier, path); err != nil {
		return Snapshot{}, fmt.Errorf("save snapshot: %w", err)
	}
	return describe(path + databaseSuffix)
}

// save writes both files beside their places and moves them there.
func (s *Snapshots) save(ctx context.Context, copier store.Copier, path string) error {
	settings, err := json.Marshal(s.Travel.Settings())
	if err != nil {
		return fmt.Errorf("encode business time: %w", err)
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copier.CopyTo(ctx, fresh); err != nil {
		return err
	}
	if err := WritePrivate(path+clockSuffix, settings); err != nil {
		return errors.Join(err, os.Remove(fresh))
	}
	return os.Rename(fresh, path+databaseSuffix)
}

// Restore goes back to the state that was kept under a name: everything that happened since
// is gone.
func (s *Snapshots) Restore(ctx context.Context, name string) (Snapshot, error) {
	path, err := s.file(name)
	if err != nil {
		return Snapshot{}, err
	}
	copier, err := s.copier()
	if err != nil {
		return Snapshot{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := os.ReadFile(path + clockSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return Snapshot{}, ErrNoSnapshot.At("name", name)
	}
	settings := map[string]clock.Setting{}
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("restore snapshot: %w", err)
	}
	if err := copier.CopyFrom(ctx, path+databaseSuffix); err != nil {
		return Snapshot{}, fmt.Errorf("restore snapshot: %w", err)
	}
	if err := s.Travel.Replace(settings); err != nil {
		return Snapshot{}, err
	}
	return describe(path + databaseSuffix)
}

// List lists what is kept, by name.
func (s *Snapshots) List() ([]Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list()
}

func (s *Snapshots) list() ([]Snapshot, error) {
	files, err := filepath.Glob(filepath.Join(s.Dir, "*"+databaseSuffix))
	if err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	list := make([]Snapshot, 0, len(files))
	for _, file := range files {
		one, err := describe(file)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// Remove forgets what was kept under a name.
func (s *Snapshots) Remove(name string) error {
	path, err := s.file(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err = os.Remove(path + databaseSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoSnapshot.At("name", name)
	}
	return errors.Join(err, os.Remove(path+clockSuffix))
}

func describe(file string) (Snapshot, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshots: %w", err)
	}
	return Snapshot{Name: strings.TrimSuffix(filepath.Base(file), databaseSuffix), Taken: info.ModTime(), Size: info.Size()}, nil
}
