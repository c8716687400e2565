package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/sandbox/journal"
)

func sequences(p journal.Page) []int64 {
	list := []int64{}
	for _, e := range p.Entries {
		list = append(list, e.Sequence)
	}
	return list
}

func TestTheNewestEntriesStayWithinTheBounds(t *testing.T) {
	t.Parallel()
	j := journal.NewBounded(3, 1000)
	for i := range 5 {
		j.Add(journal.Entry{ID: fmt.Sprint("R", i), Target: "/v3/certificates"})
	}
	if got := sequences(j.Newest(journal.Filter{}, 10)); !cmp.Equal(got, []int64{5, 4, 3}) {
		t.Errorf("kept %v", got)
	}
	if _, err := j.ByID("R1"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("one that made room: %v", err)
	}
	if e, err := j.ByID("r4"); err != nil || e.Sequence != 5 {
		t.Errorf("the newest: %+v, %v", e, err)
	}
	j.Add(journal.Entry{ID: "big", Body: make([]byte, 990)})
	if got := sequences(j.Newest(journal.Filter{}, 10)); !cmp.Equal(got, []int64{6}) {
		t.Errorf("beside a big one are %v", got)
	}
	j.Add(journal.Entry{ID: "small"})
	if got := sequences(j.Newest(journal.Filter{}, 10)); !cmp.Equal(got, []int64{7, 6}) {
		t.Errorf("there is room again for %v", got)
	}
	j.Add(journal.Entry{ID: "huge", Body: make([]byte, 5000)})
	if got := sequences(j.Newest(journal.Filter{}, 10)); !cmp.Equal(got, []int64{8}) {
		t.Errorf("the newest is always kept, but %v", got)
	}
}

func TestBodiesAreShortenedAndSecretsConcealed(t *testing.T) {
	t.Parallel()
	j := journal.New()
	j.Add(journal.Entry{
		ID: "1", Body: make([]byte, journal.MaxBody+1), AnswerBody: make([]byte, journal.MaxBody+1),
		Header: []journal.Field{{Name: "COOKIE", Value: "a=secret"}, {Name: "Proxy-Authorization", Value: "Basic secret"}, {Name: "Authorization", Value: "kept"}},
	})
	e, err := j.ByID("1")
	if err != nil || len(e.Body) != journal.MaxBody || len(e.AnswerBody) != journal.MaxBody || e.BodySize != journal.MaxBody+1 {
		t.Errorf("%d, %d of %d, %v", len(e.Body), len(e.AnswerBody), e.BodySize, err)
	}
	want := []journal.Field{{Name: "COOKIE", Value: "…"}, {Name: "Proxy-Authorization", Value: "…"}, {Name: "Authorization", Value: "kept"}}
	if !cmp.Equal(e.Header, want) {
		t.Errorf("%v", e.Header)
	}
}

func TestFiltersChooseEntries(t *testing.T) {
	t.Parallel()
	j := journal.New()
	for _, e := range []journal.Entry{
		{MchID: "1", Operation: "busifavor.coupons.use", Status: 200, Target: "/v3/a"},
		{MchID: "2", Operation: "busifavor.coupons.send", Status: 403, Target: "/v3/b?c"},
		{MchID: "2", Operation: "certificates.list", Status: 401, Target: "/v3/certificates"},
		{MchID: "1", Status: 404, Target: "/V3/a"},
	} {
		j.Add(e)
	}
	for _, c := range []struct {
		filter journal.Filter
		limit  int
		want   []int64
	}{
		{journal.Filter{}, 2, []int64{4, 3}},
		{journal.Filter{MchID: "2"}, 9, []int64{3, 2}},
		{journal.Filter{Operation: "busifavor.*"}, 9, []int64{2, 1}},
		{journal.Filter{Operation: "busifavor.coupons.use"}, 9, []int64{1}},
		{journal.Filter{Operation: "busifavor"}, 9, []int64{}},
		{journal.Filter{Status: 401}, 9, []int64{3}},
		{journal.Filter{Class: 4}, 9, []int64{4, 3, 2}},
		{journal.Filter{Path: "/v3/"}, 9, []int64{3, 2, 1}},
		{journal.Filter{After: 2}, 9, []int64{4, 3}},
		{journal.Filter{MchID: "1", Class: 4}, 9, []int64{4}},
	} {
		if got := sequences(j.Newest(c.filter, c.limit)); !cmp.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.filter, got, c.want)
		}
	}
}

func TestTheLastOneIsTheLastThatWasRefused(t *testing.T) {
	t.Parallel()
	j := journal.New()
	last := func() int64 {
		t.Helper()
		e, err := j.LastRefused()
		if err != nil && !errors.Is(err, journal.ErrNotFound) {
			t.Fatal(err)
		}
		return e.Sequence
	}
	for _, c := range []struct {
		status int
		want   int64
	}{{200, 1}, {500, 2}, {200, 2}, {401, 4}, {404, 5}, {200, 5}} {
		if c.status == 200 && c.want == 1 && last() != 0 {
			t.Error("an empty journal has a last one")
		}
		j.Add(journal.Entry{Status: c.status})
		if got := last(); got != c.want {
			t.Errorf("after %d: %d, want %d", c.status, got, c.want)
		}
	}
}

func TestWhoFollowsMissesNothing(t *testing.T) {
	t.Parallel()
	j := journal.New()
	const requests, followers = 500, 4
	var all sync.WaitGroup
	for range followers {
		all.Go(func() {
			var seen int64
			for seen < requests {
				p := j.Following(t.Context(), journal.Filter{After: seen, Class: 2}, 7)
				for _, e := range p.Entries {
					if e.Sequence <= seen {
						t.Errorf("%d comes after %d", e.Sequence, seen)
					}
					if e.Sequence != seen+1 && e.Sequence != seen+2 {
						t.Errorf("%d comes after %d", e.Sequence, seen)
					}
					seen = e.Sequence
				}
			}
		})
	}
	for i := range requests {
		j.Add(journal.Entry{Status: 200 + 200*(i%2^1)}) // every second one is chosen, the last too
	}
	all.Wait()
}

func TestWhatIsMarkedHasAPlaceBetweenRequests(t *testing.T) {
	t.Parallel()
	j := journal.New()
	j.Add(journal.Entry{ID: "a"})
	if at := j.Mark(); at != 2 {
		t.Errorf("a mark after the first request is at %d", at)
	}
	j.Add(journal.Entry{ID: "b"})
	for after, want := range map[int64]int{0: 2, 1: 1, 2: 1, 3: 0} {
		if got := j.Newest(journal.Filter{After: after}, 10); len(got.Entries) != want || got.Last != 3 {
			t.Errorf("after %d there are %d up to %d", after, len(got.Entries), got.Last)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := j.Following(ctx, journal.Filter{After: 1}, 10); len(got.Entries) != 1 || got.Entries[0].ID != "b" {
		t.Errorf("the next one is %+v", got.Entries)
	}
}

func TestAWaitEndsWithItsContextOrTheJournal(t *testing.T) {
	t.Parallel()
	j := journal.New()
	j.Add(journal.Entry{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p := j.Following(ctx, journal.Filter{After: 1}, 9); len(p.Entries) != 0 || p.Last != 1 {
		t.Errorf("%+v", p)
	}
	ended := make(chan journal.Page)
	go func() { ended <- j.Following(t.Context(), journal.Filter{After: 1}, 9) }()
	j.Close()
	j.Close()
	if p := <-ended; len(p.Entries) != 0 {
		t.Errorf("%+v", p)
	}
}

func TestNoJournalHasNothing(t *testing.T) {
	t.Parallel()
	var j *journal.Journal
	j.Add(journal.Entry{})
	j.Close()
	if p := j.Newest(journal.Filter{}, 1); len(p.Entries) != 0 {
		t.Errorf("%+v", p)
	}
	if p := j.Following(t.Context(), journal.Filter{}, 1); len(p.Entries) != 0 {
		t.Errorf("%+v", p)
	}
	if _, err := j.LastRefused(); !errors.Is(err, journal.ErrNotFound) {
		t.Error(err)
	}
}
