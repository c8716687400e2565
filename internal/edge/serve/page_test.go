package serve_test

import (
	"testing"

	"github.com/favord/favord/internal/edge/serve"
)

func TestEveryPageHasAHandlerAndEveryHandlerAPage(t *testing.T) {
	t.Parallel()
	pages := []serve.Page{{ID: "a", Method: "GET", Path: "/a"}, {ID: "b", Method: "POST", Path: "/b/{c}"}}
	for name, handlers := range map[string]map[string]int{
		"a page without one": {"a": 1},
		"one without a page": {"a": 1, "b": 2, "c": 3},
		"another":            {"a": 1, "c": 3},
	} {
		if err := serve.EachPage(pages, handlers, func(serve.Page, int) {}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	got := map[string]int{}
	err := serve.EachPage(pages, map[string]int{"a": 1, "b": 2}, func(p serve.Page, n int) { got[p.Pattern()] = n })
	if err != nil || got["GET /a"] != 1 || got["POST /b/{c}"] != 2 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPagesCoverWhatBeginsAsTheyDo(t *testing.T) {
	t.Parallel()
	places := serve.PlacesOf([]serve.Page{{Path: "/wallet"}, {Path: "/busifavor/claim"}})
	for path, want := range map[string]bool{
		"/wallet": true, "/wallet/card": true, "/busifavor/none": true, "/walletx": false, "/v3/busifavor/claim": false, "/": false, "": false,
	} {
		if places.Cover(path) != want {
			t.Errorf("%q: want %t", path, want)
		}
	}
}
