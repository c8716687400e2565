package claim

import (
	"html/template"
	"net/url"
	"strings"

	"github.com/favord/favord/internal/rule/merchant"
)

// jump leads into a mini program.
type jump struct {
	// Aside is true for a way that is not how the coupon is used.
	Aside bool
	// Title is on the button, Guide beside it; the latter may be empty.
	Title, Guide string
	// Address is what a phone opens the mini program with; Target says in words where it leads.
	Address template.URL
	Target  string
}

// jump returns the way to a page of a mini program. Without a title it is where a coupon is
// used.
func (l language) jump(appid merchant.AppID, path, title, guide string) *jump {
	if title == "" {
		title = l.Choose("去小程序使用", "Use it in the mini program")
	}
	return &jump{Title: title, Guide: guide, Address: miniProgramAddress(appid, path), Target: string(appid) + " " + path}
}

// miniProgramAddress is the scheme with which links open a mini program. Its parts are escaped,
// so that nothing else can be reached with it.
func miniProgramAddress(appid merchant.AppID, path string) template.URL {
	path, query, _ := strings.Cut(path, "?")
	values := url.Values{"appid": {string(appid)}, "path": {strings.TrimPrefix(path, "/")}}
	if query != "" {
		values.Set("query", query)
	}
	return template.URL("weixin://dl/business/?" + values.Encode()) //nolint:gosec // the scheme is fixed and the rest escaped
}
