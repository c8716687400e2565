package partner_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/partner"
)

// TestWhatComesLaterIsNeverOlder builds and ends a partnership by clocks that differ.
func TestWhatComesLaterIsNeverOlder(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 5, 4, 0, 0, 0, time.UTC)
	p := partner.New(partner.Key{}, at)
	before := p
	if !p.Terminate(at.Add(-time.Second)) || p.Terminated.Before(before.Built) || p.Updated.Before(before.Updated) {
		t.Errorf("ended by a clock that is slow: %+v", p)
	}
	before = p
	if !p.Build(at.Add(-time.Minute)) || p.Built.Before(p.Created) || p.Built.Before(before.Terminated) || p.Updated.Before(p.Built) {
		t.Errorf("built again by a clock that is slow: %+v", p)
	}
	if !p.Terminate(at.Add(time.Second)) || !p.Terminated.Equal(at.Add(time.Second)) {
		t.Errorf("ended by a clock that is right: %+v", p)
	}
}
