package coupon

import (
	"net/url"
	"strings"

	"github.com/favord/favord/internal/fault"
)

// DefaultLogo is the logo of a card whose merchant gave none (4.6, seen live).
const DefaultLogo = "https://wx.gtimg.com/mch/img/wxpaylogo.png"

// ErrForeignImage refuses an image that did not come from the platform's upload
// (8.2).
var ErrForeignImage = fault.New(fault.Invalid,
	"非法敏感图片",
	"The image URL was not made by the image upload. Upload the image first and use the URL that it answers.")

// platformImageHosts are where the platform's upload puts images (media 4).
const (
	imageHost     = "qpic.cn"
	defaultedHost = "wx.gtimg.com"
)

func (d *Display) check() error {
	if err := CheckImage("display_pattern_info.merchant_logo_url", d.LogoURL); err != nil {
		return err
	}
	if err := CheckImage("display_pattern_info.coupon_image_url", d.ImageURL); err != nil {
		return err
	}
	if d.Finder == nil {
		return nil
	}
	return CheckImage("display_pattern_info.finder_info.finder_video_cover_image_url", d.Finder.CoverImageURL)
}

// CheckImage reports [ErrForeignImage] unless a link is empty or one of the platform's.
func CheckImage(field, link string) error {
	if link == "" || fromPlatform(link) {
		return nil
	}
	return ErrForeignImage.At(field, link)
}

func fromPlatform(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" {
		return false
	}
	return u.Host == imageHost || strings.HasSuffix(u.Host, "."+imageHost) || u.Host == defaultedHost
}
