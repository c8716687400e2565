package wire

import "net/http"

// BadCallbackURL returns the failures of a notify_url, which all products share (protocol
// 6.4). The platform's own texts are not known.
func BadCallbackURL() []Failure {
	bad := func(message, when string) Failure {
		return Failure{Status: http.StatusBadRequest, Code: "PARAM_ERROR", Message: message, When: when}
	}
	return []Failure{
		bad("notify_url不是合法的URL，须为完整地址，如https://www.example.com/notify", "notify_url is not a complete URL."),
		bad("notify_url必须以https://开头", "notify_url does not begin with https://."),
		bad("notify_url不能携带参数", "notify_url has a query, a fragment or a user name."),
		bad("notify_url不能使用IP地址、本机地址或内网地址", "The host of notify_url is not a public domain name."),
		bad("notify_url的端口不在允许范围内", "notify_url has a port that is not allowed."),
	}
}
