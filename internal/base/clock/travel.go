package clock

import (
	"fmt"
	"maps"
	"sync"
	"time"
)

// Everybody is whom a setting concerns that is no single merchant's. Merchants are named by
// their mchid.
const Everybody = ""

// Setting is how a business time differs from the real one. The zero Setting is the real
// time. The names are stored: never rename one.
type Setting struct {
	// Frozen is where the clock stands; the zero time means that it runs.
	Frozen time.Time `json:"frozen,omitzero"`
	// Offset is by how much a clock that runs is ahead of the real one.
	Offset time.Duration `json:"offset,omitempty"`
}

// At returns the business time at a real time.
func (s Setting) At(now time.Time) time.Time {
	if !s.Frozen.IsZero() {
		return s.Frozen
	}
	return now.Add(s.Offset)
}

// Travel is a business time that can be moved, for everybody and for single merchants. Use
// NewTravel. It is safe for concurrent use.
type Travel struct {
	source Clock
	save   func(map[string]Setting) error

	mu sync.RWMutex
	// settings has an entry for whoever's time is not the real one.
	settings map[string]Setting
}

// NewTravel returns a business time over source that begins with the given settings and
// tells save of every change; a change that cannot be saved does not happen.
func NewTravel(source Clock, settings map[string]Setting, save func(map[string]Setting) error) *Travel {
	return &Travel{source: source, save: save, settings: settings}
}

// For implements [Business].
func (t *Travel) For(owner string) Clock { return traveller{t, owner} }

// traveller is the time of one merchant.
type traveller struct {
	travel *Travel
	owner  string
}

// Now implements [Clock].
func (t traveller) Now() time.Time {
	return t.travel.Setting(t.owner).At(t.travel.source.Now()).Truncate(time.Second)
}

// Setting returns the setting that counts for a merchant: its own or everybody's.
func (t *Travel) Setting(owner string) Setting {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if own, has := t.settings[owner]; has {
		return own
	}
	return t.settings[Everybody]
}

// Change replaces the setting of a merchant, or of everybody who has none, by what change
// makes of the one that counts now. A merchant whose setting becomes the zero Setting
// follows everybody's again.
func (t *Travel) Change(owner string, change func(was Setting, now time.Time) Setting) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	was, has := t.settings[owner]
	if !has {
		was = t.settings[Everybody]
	}
	settings := maps.Clone(t.settings)
	if settings == nil {
		settings = map[string]Setting{}
	}
	if is := change(was, t.source.Now()); is == (Setting{}) {
		delete(settings, owner)
	} else {
		settings[owner] = is
	}
	if err := t.save(settings); err != nil {
		return fmt.Errorf("save business time: %w", err)
	}
	t.settings = settings
	return nil
}

// Settings returns every setting that is not the real time.
func (t *Travel) Settings() map[string]Setting {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return maps.Clone(t.settings)
}

// Replace replaces all settings at once.
func (t *Travel) Replace(settings map[string]Setting) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.save(settings); err != nil {
		return fmt.Errorf("save business time: %w", err)
	}
	t.settings = maps.Clone(settings)
	return nil
}
