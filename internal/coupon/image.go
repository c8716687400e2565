package coupon

import (
	"net/url"
	"slices"
	"strings"

	"github.com/favord/favord/internal/fault"
	"github.com/favord/favord/internal/merchant"
	"github.com/favord/favord/internal/picture"
)

// DefaultLogo is the logo of a card whose merchant gave none (4.6, seen live).
const DefaultLogo = "https://wx.gtimg.com/mch/img/wxpaylogo.png"

// ErrForeignImage refuses an image that did not come from the platform's upload
// (8.2).
var ErrForeignImage = fault.New(fault.Invalid,
	"非法敏感图片",
	"The image URL was not made by the image upload. Upload the image first and use the URL that it answers.")

// Image is an image that a stock names.
type Image struct {
	// Field is where, as a wire name.
	Field string
	// URL is empty where a stock has no such image.
	URL string
}

// Images says which URLs are images of the platform. The zero value accepts none but the
// default logo.
type Images struct {
	// Base is how the URLs of uploaded images begin.
	Base picture.Base
	// Samples accepts the URLs of the production service, too: a sandbox knows only what
	// was uploaded to it, but copied samples and recorded requests shall work.
	Samples bool
}

// Check reports [ErrForeignImage] for the first image that none of the parties has uploaded.
// The function looks up whose uploads are; it is called only if there are any.
func (i Images) Check(images []Image, owners func([]picture.Token) (map[picture.Token]merchant.ID, error), parties ...merchant.ID) error {
	var tokens []picture.Token
	for _, image := range images {
		if token, is := i.Base.Token(image.URL); is {
			tokens = append(tokens, token)
		}
	}
	var owned map[picture.Token]merchant.ID
	if len(tokens) > 0 {
		var err error
		if owned, err = owners(tokens); err != nil {
			return err
		}
	}
	for _, image := range images {
		token, is := i.Base.Token(image.URL)
		if is && slices.Contains(parties, owned[token]) || i.free(image.URL) {
			continue
		}
		return ErrForeignImage.At(image.Field, image.URL)
	}
	return nil
}

// free reports whether anybody may name a URL.
func (i Images) free(link string) bool {
	return link == "" || link == DefaultLogo || i.Samples && isSample(link)
}

// Hosts on which the production service keeps images (media 4).
const (
	imageHost     = "qpic.cn"
	defaultedHost = "wx.gtimg.com"
)

func isSample(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" {
		return false
	}
	return u.Host == imageHost || strings.HasSuffix(u.Host, "."+imageHost) || u.Host == defaultedHost
}

// Images lists the images that a stock names.
func (d *Display) Images() []Image {
	images := []Image{
		{"display_pattern_info.merchant_logo_url", d.LogoURL},
		{fieldImage, d.ImageURL},
	}
	if d.Finder != nil {
		images = append(images, Image{fieldCover, d.Finder.CoverImageURL})
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
func (c *Change) NewImages(old *Display) []Image {
	var images []Image
	if c.ImageURL != old.ImageURL {
		images = append(images, Image{fieldImage, c.ImageURL})
	}
	if c.Finder != nil && (old.Finder == nil || c.Finder.CoverImageURL != old.Finder.CoverImageURL) {
		images = append(images, Image{fieldCover, c.Finder.CoverImageURL})
	}
	return images
}
