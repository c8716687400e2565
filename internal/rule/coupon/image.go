package coupon

import "github.com/favord/favord/internal/rule/picture"

// Images lists the images that a stock names.
func (d *Display) Images() []picture.Named {
	images := []picture.Named{
		{Field: "display_pattern_info.merchant_logo_url", URL: d.LogoURL},
		{Field: fieldImage, URL: d.ImageURL},
	}
	if d.Finder != nil {
		images = append(images, picture.Named{Field: fieldCover, URL: d.Finder.CoverImageURL})
	}
	return images
}

// Images of a stock that may be changed.
const (
	fieldImage = "display_pattern_info.coupon_image_url"
	fieldCover = "display_pattern_info.finder_info.finder_video_cover_image_url"
)

// NewImages lists the images that the change would bring to a stock that shows old. What a
// stock has was accepted once.
func (c *Change) NewImages(old *Display) []picture.Named {
	var images []picture.Named
	if c.ImageURL != old.ImageURL {
		images = append(images, picture.Named{Field: fieldImage, URL: c.ImageURL})
	}
	if c.Finder != nil && (old.Finder == nil || c.Finder.CoverImageURL != old.Finder.CoverImageURL) {
		images = append(images, picture.Named{Field: fieldCover, URL: c.Finder.CoverImageURL})
	}
	return images
}
