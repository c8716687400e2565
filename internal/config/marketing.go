package config

import (
	"fmt"
	"net/url"

	"github.com/favord/favord/internal/base/fault"
	"github.com/favord/favord/internal/rule/picture"
)

// Who may be the appid of a partnership (partnerships 7).
const (
	// AnyAppID is an appid that is bound to any merchant.
	AnyAppID = "any"
	// OwnAppID is an appid that is bound to the merchant that builds the partnership.
	OwnAppID = "own"
)

// marketingProblem returns the first thing that is wrong about images and partnerships, or nil.
func (s *Serve) marketingProblem() *fault.Error {
	if s.PartnerAppIDs != AnyAppID && s.PartnerAppIDs != OwnAppID {
		return refuse("partner_appids 须为 any 或 own", "partner_appids must be any or own.")
	}
	if s.MediaBaseURL == "" {
		return nil
	}
	base, err := url.Parse(s.MediaBaseURL)
	if err != nil || base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return refuse("media_base_url 须形如 https://主机", "media_base_url must look like https://host.")
	}
	if len(s.MediaBaseURL) > picture.MaxBase {
		return refuse(
			fmt.Sprintf("media_base_url 不能超过 %d 个字符", picture.MaxBase),
			fmt.Sprintf("media_base_url must not have more than %d characters.", picture.MaxBase))
	}
	return nil
}
