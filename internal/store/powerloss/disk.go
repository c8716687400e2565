// Package powerloss is a disk under SQLite that a test can take the power from. It stands
// before the file system that SQLite uses anyway, hands every call on, and remembers what was
// written and not yet synced: a cut leaves behind what was synced, and of the rest whatever
// chance leaves. Killing a process cannot show that a sync is missing, since the kernel has the
// writes then; this can.
//
// Names in directories are taken for durable as soon as they are there, as SQLite syncs the
// directory of a new file itself.
package powerloss

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// sector is what a disk writes whole or not at all, in bytes.
const sector = 512

// Disk remembers what would be left of the files that SQLite writes. It is safe for concurrent
// use. Use [Install].
type Disk struct {
	mu    sync.Mutex
	files map[string]*file
	// lying is true while syncs are acknowledged and nothing is made durable by them.
	lying bool
	// broken is true while syncs fail.
	broken bool
	vfs    *vfs
}

// file is one file as the disk has it.
type file struct {
	durable []byte
	pending []change
}

// change is a write, or a new length.
type change struct {
	at        int64
	data      []byte
	truncates bool
}

// Lie has the disk acknowledge syncs and do nothing: what happens where syncs are switched off,
// or forgotten.
func (d *Disk) Lie(lying bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lying = lying
}

// Break has syncs fail: nobody knows what is durable then.
func (d *Disk) Break(broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken = broken
}

func (d *Disk) fails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.broken
}

// Cut writes what a loss of power at this moment leaves of the files of one directory into
// another, and returns how many changes had not been synced. Callers go on and notice nothing,
// but what they write from now on is not remembered: the files before the cut are of no more use.
func (d *Disk) Cut(from, to string, chance *rand.Rand) (unsynced int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, path := range slices.Sorted(maps.Keys(d.files)) { // chance decides, and no order of a map
		if filepath.Dir(path) != filepath.Clean(from) {
			continue
		}
		f := d.files[path]
		delete(d.files, path)
		if strings.HasSuffix(path, "-shm") {
			continue
		}
		unsynced += len(f.pending)
		left := f.left(chance)
		errs = append(errs, os.WriteFile(filepath.Join(to, filepath.Base(path)), left, 0o600))
	}
	return unsynced, errors.Join(errs...)
}

// left is what a loss of power leaves: all that is durable, and of each later change every
// sector or not, as chance has it, because a disk writes in any order.
func (f *file) left(chance *rand.Rand) []byte {
	content := append([]byte(nil), f.durable...)
	keep := chance.Float64() // of the changes
	for _, c := range f.pending {
		if chance.Float64() >= keep {
			continue
		}
		if c.truncates {
			content = c.apply(content)
			continue
		}
		for at := 0; at < len(c.data); at += sector {
			if chance.IntN(4) == 0 { // torn
				continue
			}
			part := c.data[at:min(at+sector, len(c.data))]
			content = change{at: c.at + int64(at), data: part}.apply(content)
		}
	}
	return content
}

func (c change) apply(content []byte) []byte {
	end := c.at + int64(len(c.data))
	if grow := end - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	if c.truncates {
		return content[:c.at]
	}
	copy(content[c.at:], c.data)
	return content
}

// opened begins to remember a file, which is durable as it is.
func (d *Disk) opened(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[path] != nil {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("powerloss: %w", err)
	}
	d.files[path] = &file{durable: content}
	return nil
}

func (d *Disk) deleted(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, path)
}

func (d *Disk) changed(path string, c change) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[path]; f != nil {
		f.pending = append(f.pending, c)
	}
}

// pending counts the changes of a file that have not been synced.
func (d *Disk) pending(path string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[path]; f != nil {
		return len(f.pending)
	}
	return 0
}

// synced makes the first changes of a file durable: those that came before its sync.
func (d *Disk) synced(path string, count int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[path]
	if f == nil || d.lying {
		return
	}
	count = min(count, len(f.pending))
	for _, c := range f.pending[:count] {
		f.durable = c.apply(f.durable)
	}
	f.pending = append([]change(nil), f.pending[count:]...)
}
