package redirect

import (
	"net"
	"strings"
)

// Names that the redirect stands in for (protocol 10). Below the first every host counts:
// api, api2, apihk and apius are in use.
const (
	domain     = "mch.weixin.qq.com"
	wechatPay  = "api.wechatpay.cn"
	wechatPay2 = "api2.wechatpay.cn"
)

// certified are the names in the certificate of the redirect.
func certified() []string { return []string{"*." + domain, wechatPay, wechatPay2} }

// constrained are the names below which its authority may certify anything at all.
func constrained() []string { return []string{domain, wechatPay, wechatPay2} }

// Serves reports whether the redirect stands in for a host, a name without port.
func Serves(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == wechatPay || host == wechatPay2 {
		return true
	}
	label, found := strings.CutSuffix(host, "."+domain)
	return found && label != "" && !strings.Contains(label, ".")
}

// portHTTPS is the only port that the redirect stands in for.
const portHTTPS = "443"

// serves reports the same of host:port.
func serves(authority string) bool {
	host, port, err := net.SplitHostPort(authority)
	return err == nil && port == portHTTPS && Serves(host)
}
