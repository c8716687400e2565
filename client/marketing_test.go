package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/favord/favord/client"
	"github.com/favord/favord/wire/media"
	"github.com/favord/favord/wire/partnership"
)

// partners answers a page of n partnerships out of total.
func partners(n, total int) step {
	items := strings.Repeat(`{"partner":{"type":"APPID","appid":"wx"}},`, n)
	return answer(http.StatusOK, fmt.Sprintf(`{"data":[%s],"total_count":%d}`, strings.TrimSuffix(items, ","), total))
}

// TestPartnershipsAreWalkedByTheNumberOfThePage from the page that was asked for.
func TestPartnershipsAreWalkedByTheNumberOfThePage(t *testing.T) {
	t.Parallel()
	s := &script{t: t, steps: []step{partners(50, 161), partners(50, 161), partners(11, 161)}}
	n := 0
	for p, err := range s.client().Partnership().All(t.Context(), &partnership.ListRequest{
		AuthorizedData: partnership.DataFilter{BusinessType: "BUSIFAVOR_STOCK"}, Offset: 1,
	}) {
		if err != nil || p.Partner.AppID != "wx" {
			t.Fatal(p, err)
		}
		n++
	}
	if n != 111 || len(s.asked) != 3 || !strings.HasSuffix(s.asked[2].target, "limit=50&offset=3") {
		t.Errorf("%d partnerships with %+v", n, s.asked)
	}
}

func TestAnImageIsReadWithinItsBound(t *testing.T) {
	t.Parallel()
	s := &script{t: t, steps: []step{answer(http.StatusOK, `{"media_url":"https://qpic.cn/x"}`)}}
	got, err := s.client().Media().UploadImageFrom(t.Context(), "a.png", iotest.HalfReader(strings.NewReader("image")))
	if err != nil || got.MediaURL != "https://qpic.cn/x" {
		t.Errorf("%+v, %v", got, err)
	}
	for name, r := range map[string]io.Reader{
		"too large": io.LimitReader(zeros{}, media.MaxFile+1), "broken": iotest.ErrReader(errors.New("broken")),
	} {
		if _, err := (&script{t: t}).client().Media().UploadImageFrom(t.Context(), "a.png", r); err == nil || errors.As(err, new(*client.TransportError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// zeros is a reader without end.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
