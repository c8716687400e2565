package trail_test

import (
	"testing"
	"time"

	"github.com/favord/favord/internal/rule/trail"
)

func TestWhatDiffersIsWhatAChangeSays(t *testing.T) {
	t.Parallel()
	type stock struct {
		Name  string `json:"name"`
		State string `json:"state"`
		Days  []int  `json:"days,omitempty"`
	}
	for name, c := range map[string]struct {
		before, after any
		was, became   string
	}{
		"one member":     {stock{"a", "RUNNING", nil}, stock{"a", "PAUSED", nil}, `{"state":"RUNNING"}`, `{"state":"PAUSED"}`},
		"one more":       {stock{"a", "RUNNING", nil}, stock{"a", "RUNNING", []int{1}}, "", `{"days":[1]}`},
		"one less":       {stock{"a", "RUNNING", []int{1}}, stock{"a", "RUNNING", nil}, `{"days":[1]}`, ""},
		"nothing":        {stock{"a", "b", nil}, stock{"a", "b", nil}, "", ""},
		"a new one":      {nil, stock{"a", "b", nil}, "", `{"name":"a","state":"b"}`},
		"documents":      {[]byte(`{"b":1,"a":{"c":[2]}}`), []byte(`{"b":1,"a":{"c":[3]}}`), `{"a":{"c":[2]}}`, `{"a":{"c":[3]}}`},
		"what is no one": {[]byte(`[1]`), make(chan int), "", ""},
	} {
		if was, became := trail.Between(c.before, c.after); was != c.was || became != c.became {
			t.Errorf("%s: %s and %s, want %s and %s", name, was, became, c.was, c.became)
		}
	}
}

// TestAHashIsOfEverythingInAnEntry, and of where it stands.
func TestAHashIsOfEverythingInAnEntry(t *testing.T) {
	t.Parallel()
	whole := trail.Entry{
		Owner: "1", At: time.Unix(1, 0), Actor: "2", Action: "3", Object: "4", Request: "5", Before: "6", After: "7",
		Batch: trail.Batch{Count: 8, First: 9, Last: 10, Digest: trail.Hash{11}},
	}
	seen := map[trail.Hash]string{whole.SealAt(trail.Seal{}).Hash: "the entry"}
	add := func(name string, e trail.Entry, before trail.Seal) {
		h := e.SealAt(before).Hash
		if other, is := seen[h]; is {
			t.Errorf("%s gives the hash of %s", name, other)
		}
		seen[h] = name
	}
	for name, change := range map[string]func(*trail.Entry){
		"owner": func(e *trail.Entry) { e.Owner = "x" }, "at": func(e *trail.Entry) { e.At = time.Unix(2, 0) },
		"actor": func(e *trail.Entry) { e.Actor = "x" }, "action": func(e *trail.Entry) { e.Action = "x" },
		"object": func(e *trail.Entry) { e.Object = "x" }, "request": func(e *trail.Entry) { e.Request = "x" },
		"before": func(e *trail.Entry) { e.Before = "x" }, "after": func(e *trail.Entry) { e.After = "x" },
		"shifted": func(e *trail.Entry) { e.Actor, e.Action = "23", "" }, "count": func(e *trail.Entry) { e.Batch.Count = 0 },
		"first": func(e *trail.Entry) { e.Batch.First = 0 }, "last": func(e *trail.Entry) { e.Batch.Last = 0 },
		"digest": func(e *trail.Entry) { e.Batch.Digest = trail.Hash{} },
	} {
		e := whole
		change(&e)
		add(name, e, trail.Seal{})
	}
	add("another place", whole, trail.Seal{Place: 1})
	add("behind another", whole, trail.Seal{Hash: trail.Hash{1}})
}
