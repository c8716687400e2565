package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/favord/favord/internal/base/fault"
)

// Public is where people open the management port from elsewhere; nil is nowhere. That it is such a
// URL was checked when the file was loaded.
func (s *Serve) Public() *url.URL {
	if s.ManageURL == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(s.ManageURL, "/"))
	if err != nil {
		panic(err)
	}
	return u
}

func (s *Serve) publicProblem() *fault.Error {
	if !isPageURL(s.ManageURL) {
		return refuse("manage_url 须为 https://域名[:端口]，不含路径", "manage_url must be https://NAME[:PORT], without a path.")
	}
	return nil
}

// isPageURL reports whether a text is empty, or the origin of pages that a browser takes for safe: by
// a name and over TLS, written as browsers write it.
func isPageURL(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.User != nil || strings.TrimSuffix(u.Path, "/") != "" || strings.ContainsAny(text, "?#") {
		return false
	}
	host := u.Hostname()
	_, none := netip.ParseAddr(host)
	return none != nil && isName(host) && !strings.HasSuffix(u.Host, ":") && u.Port() != "443"
}

// isName reports whether a host is a domain in lower-case letters of ASCII.
func isName(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
