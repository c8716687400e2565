package coupon_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/favord/favord/internal/rule/coupon"
	"github.com/favord/favord/internal/rule/picture"
)

func TestOnlyNewImagesOfAChangeAreLookedAt(t *testing.T) {
	t.Parallel()
	const image, cover = "display_pattern_info.coupon_image_url", "display_pattern_info.finder_info.finder_video_cover_image_url"
	old := coupon.Display{ImageURL: "old", Finder: &coupon.Finder{CoverImageURL: "cover"}}
	for name, c := range map[string]struct {
		change coupon.Change
		want   []picture.Named
	}{
		"the same":      {coupon.Change{ImageURL: "old", Finder: &coupon.Finder{ID: "x", CoverImageURL: "cover"}}, nil},
		"another image": {coupon.Change{ImageURL: "new"}, []picture.Named{{Field: image, URL: "new"}}},
		"another cover": {coupon.Change{ImageURL: "old", Finder: &coupon.Finder{CoverImageURL: "new"}}, []picture.Named{{Field: cover, URL: "new"}}},
	} {
		if diff := cmp.Diff(c.want, c.change.NewImages(&old)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	first := coupon.Change{Finder: &coupon.Finder{CoverImageURL: "new"}}
	if got := first.NewImages(&coupon.Display{}); len(got) != 1 || got[0].Field != cover {
		t.Errorf("the first cover: %+v", got)
	}
}
