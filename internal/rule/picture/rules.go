package picture

import (
	"net/url"
	"slices"
	"strings"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/merchant"
)

// DefaultLogo is the logo of a card whose merchant gave none (4.6, seen live).
const DefaultLogo = "https://wx.gtimg.com/mch/img/wxpaylogo.png"

// ErrForeign refuses an image that did not come from the platform's upload
// (8.2).
var ErrForeign = fault.New(fault.Invalid,
	"非法敏感图片",
	"The image URL does not come from the image upload. Upload the image first and use the URL it returns.")

// Named is an image that a stock names.
type Named struct {
	// Field is where, as a wire name.
	Field string
	// URL is empty where a stock has no such image.
	URL string
}

// Rules says which URLs are images of the platform. The zero value accepts none but the
// default logo.
type Rules struct {
	// Base is how the URLs of uploaded images begin.
	Base Base
	// Samples accepts the URLs of the production service, too: a sandbox knows only what
	// was uploaded to it, but copied samples and recorded requests shall work.
	Samples bool
}

// Check reports [ErrForeign] for the first image that none of the parties has uploaded.
// The function looks up whose uploads are; it is called only if there are any.
func (r Rules) Check(images []Named, owners func([]Token) (map[Token]merchant.ID, error), parties ...merchant.ID) error {
	var tokens []Token
	for _, image := range images {
		if token, is := r.Base.Token(image.URL); is {
			tokens = append(tokens, token)
		}
	}
	var owned map[Token]merchant.ID
	if len(tokens) > 0 {
		var err error
		if owned, err = owners(tokens); err != nil {
			return err
		}
	}
	for _, image := range images {
		token, is := r.Base.Token(image.URL)
		if is && slices.Contains(parties, owned[token]) || r.free(image.URL) {
			continue
		}
		return ErrForeign.At(image.Field, image.URL)
	}
	return nil
}

// free reports whether anybody may name a URL.
func (r Rules) free(link string) bool {
	return link == "" || link == DefaultLogo || r.Samples && isSample(link)
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
